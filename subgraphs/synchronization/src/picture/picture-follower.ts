import { startConsumer, type LogConsumer } from '@takt/log-consumer';
import { itemLocationId } from '@takt/products/contract';
import { replica, type ReplicaChange } from '@takt/replica';
import { releaseAll, type DomainRuntime } from '@takt/subgraph-server';
import type { Trigger } from '../judgement/observation.ts';
import { affected, type Concern } from './affected.ts';
import { refreshedUnits, unitsConcerned, type RefreshedUnit } from './concerned-store.ts';
import { openHeardDomains } from './heard-store.ts';
import { TRIGGERS_KEPT, type Mark, type PendingUnits } from './pending-store.ts';
import { openReplicas, type Replicas } from './picture-store.ts';
import { HEARD_DOMAINS, REPLICAS, type HeardDomainName } from './replicas.ts';
import type { PlanningUnitKey } from './unit-facts.ts';

export interface PictureFollowerOptions {
  readonly runtime: Pick<DomainRuntime, 'store' | 'clock' | 'neighbours'>;
  readonly pending: Pick<PendingUnits, 'mark'>;
  /** When a unit is to be judged for something that was heard then; RFC 3339, in UTC with milliseconds. */
  readonly dueAt: (unit: RefreshedUnit, trigger: Trigger, heardAt: string) => string;
  /**
   * Also hear what changes in a domain, in the order of its log, before it is kept: again if the process dies or one of
   * them rejects, and not once it is kept.
   */
  readonly listeners?: readonly ((domain: HeardDomainName, changes: readonly ReplicaChange[]) => Promise<void>)[];
  /** Hears what goes wrong and is tried again. */
  readonly onFault: (fault: string) => void;
}

/**
 * Keeps the replicas of the other domains up to date, each from its log, and marks the units that what happens there
 * concerns. One batch of one domain at a time: whom it concerns is found in the replicas as they are then, and who is
 * marked for it is judged after it is written.
 */
export async function followDomains(options: PictureFollowerOptions): Promise<{ close(): Promise<void> }> {
  const { store, neighbours } = options.runtime;
  const replicas = await openReplicas(store);
  const heard = await openHeardDomains(store);
  const inTurn = oneAtATime();
  const started: { close(): Promise<void> }[] = [];
  const close = () => releaseAll(started.map((consumer) => () => consumer.close()));
  try {
    for (const domain of Object.keys(HEARD_DOMAINS) as HeardDomainName[]) {
      let told = 0;
      const copying = await replica({
        name: `replica-of-${domain}`,
        store,
        parts: HEARD_DOMAINS[domain].map((part) => REPLICAS[part]),
        async snapshot(collection, after) {
          const page = await neighbours.snapshot(domain, {
            collection,
            limit: PAGE,
            ...(after !== undefined && { after }),
          });
          told = page.position;
          return page;
        },
        onChanges: (changes, write) => inTurn(() => take(options, replicas, { domain, changes, write })),
      });
      const consumer: LogConsumer = {
        name: copying.name,
        async apply(events) {
          await copying.apply(events);
          const last = events.at(-1);
          if (last) await heard.note({ domain, position: last.position, occurredAt: last.event.time });
        },
        async catchUp(signal) {
          await copying.catchUp(signal);
          if (!signal.aborted) await heard.note({ domain, position: told });
        },
      };
      const log = () => neighbours.log(domain);
      const onFault = (fault: unknown) => options.onFault(`${consumer.name} is late: ${String(fault)}`);
      started.push(await startConsumer({ store, log, consumer, onFault }));
    }
    return { close };
  } catch (error) {
    await close();
    throw error;
  }
}

interface Taken {
  readonly domain: HeardDomainName;
  readonly changes: readonly ReplicaChange[];
  readonly write: () => Promise<void>;
}

async function take(
  { runtime, pending, dueAt, listeners = [] }: PictureFollowerOptions,
  replicas: Replicas,
  { domain, changes, write }: Taken,
): Promise<void> {
  for (const hear of listeners) await hear(domain, changes);
  const heardAt = runtime.clock().toISOString();
  const marksOf = async (units: readonly Concerned[]): Promise<Mark[]> => {
    const refreshed = await refreshedUnits(replicas, units, changes);
    return units.map((unit, index) => {
      const times = unit.triggers.map((trigger) => dueAt(refreshed[index] as RefreshedUnit, trigger, heardAt));
      return { ...unit, dueAt: times.sort()[0] ?? heardAt };
    });
  };
  const parts = concernedBy(replicas, domain, changes, heardAt);
  const markRest = async (): Promise<void> => {
    const part = await parts.next();
    if (part.done === true) await write();
    else await pending.mark(await marksOf(part.value), markRest);
  };
  await markRest();
}

/** Whom the changes concern, and by what, so many at a time. A unit may come in more than one part. */
async function* concernedBy(
  replicas: Replicas,
  domain: HeardDomainName,
  changes: readonly ReplicaChange[],
  heardAt: string,
): AsyncGenerator<Concerned[], void, undefined> {
  let units = new Map<string, Concerned>();
  for (const { concern, ...by } of groupedByConcern(domain, changes, heardAt)) {
    for await (const keys of unitsConcerned(replicas, concern)) {
      for (const { sku, location } of keys) {
        const id = itemLocationId(sku, location);
        units.set(id, joined({ sku, location, ...by }, units.get(id)));
      }
      if (units.size >= PART) {
        yield [...units.values()];
        units = new Map();
      }
    }
  }
  if (units.size > 0) yield [...units.values()];
}

/** Each concern once, however many changes have it. */
function groupedByConcern(domain: HeardDomainName, changes: readonly ReplicaChange[], heardAt: string) {
  const grouped = new Map<string, By & { readonly concern: Concern }>();
  for (const change of changes) {
    const { concerns, movesCadence } = affected(change);
    const by = { triggers: [triggerOf(domain, change, heardAt)], moves: movesCadence };
    for (const concern of concerns) {
      const key = JSON.stringify(concern);
      grouped.set(key, joined({ concern, ...by }, grouped.get(key)));
    }
  }
  return grouped.values();
}

function joined<Later extends By>(later: Later, earlier: By | undefined): Later {
  if (!earlier) return later;
  // What concerns a unit in several ways, such as by several orders, is told of once.
  const triggers = [...new Set([...earlier.triggers, ...later.triggers])].slice(-TRIGGERS_KEPT);
  return { ...later, triggers, moves: earlier.moves || later.moves };
}

function triggerOf(domain: HeardDomainName, { id, event, position }: ReplicaChange, heardAt: string): Trigger {
  if (!event) {
    const correlationId = `${domain}/snapshot/${position}`;
    return { domain, type: 'SnapshotTaken', subject: id, position, correlationId, occurredAt: heardAt };
  }
  const { type, subject = id, correlationid: correlationId, time: occurredAt } = event;
  return { domain, type, subject, position, correlationId, occurredAt };
}

/** Answers how to do things one after the other, in the order in which they are asked for. */
function oneAtATime(): (work: () => Promise<void>) => Promise<void> {
  let last: Promise<void> = Promise.resolve();
  return (work) => {
    const done = last.then(work);
    last = done.catch(() => undefined);
    return done;
  };
}

interface By {
  readonly triggers: readonly Trigger[];
  readonly moves: boolean;
}

type Concerned = PlanningUnitKey & By;

/** Units that are marked together. */
const PART = 1_000;
/** Documents of a page of a snapshot. */
const PAGE = 256;

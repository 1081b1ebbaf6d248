import { OutboundQueue, Sender, type BackingSystem, type Placed, type Settlement } from '@takt/backing-system';
import type { Collection } from '@takt/document-store';
import type { CloudEvent, LoggedEvent } from '@takt/event-log';
import { inboundMessage, type Governed } from '@takt/intake';
import { startConsumer, type LogConsumer } from '@takt/log-consumer';
import { COMMAND_SETTLED, releaseAll, type DomainRuntime } from '@takt/subgraph-server';
import { applyScheduleRevision, revisionsToSend } from './apply-schedule-revision.ts';
import type { FactData } from './events.ts';
import type { ScheduleRevisionAnswer, WriteBackAnswer } from './messages.ts';
import type { ProductionOrder } from './order.ts';
import { productionOrder } from './production-order.ts';
import { writeBacksToSend } from './write-back.ts';
import { writeBackCommand } from './write-back-command.ts';

/**
 * Tells the backing systems that own orders of their revisions, releases and confirmations: each system has a consumer of its own, which puts what
 * the log says into the system's queue and stands still while that is full, and a sender, whose answers come in as messages.
 */
export async function sendRevisions(runtime: DomainRuntime): Promise<{ close(): Promise<void> }> {
  const started: (() => Promise<void>)[] = [];
  const close = () => releaseAll(started.reverse().splice(0));
  try {
    const orders = await runtime.store.collection(productionOrder.collection);
    for (const { connect, ...system } of runtime.backingSystems) {
      if (connect) started.push(await sendTo({ ...system, connect }, orders, runtime));
    }
    return { close };
  } catch (error) {
    await close();
    throw error;
  }
}

type TakesCommands = BackingSystem & { readonly connect: NonNullable<BackingSystem['connect']> };

async function sendTo(
  { system, connector, bucket, timeoutMs, connect }: TakesCommands,
  orders: Orders,
  { store, log, intake, clock, neighbours }: DomainRuntime,
): Promise<() => Promise<void>> {
  const queue = await OutboundQueue.open(store, system);
  const onFault = reporter(system);
  const sender = await Sender.start({
    store,
    queue,
    connector: connect({ crossReferences: neighbours.crossReferences }),
    bucket,
    timeoutMs,
    isWanted: async ({ subject = '', id }) => {
      const [order] = await orders.getMany([subject]);
      return order !== undefined && commandsFor(order.document).some((command) => command.id === id);
    },
    tell: async (settled) => {
      const { command, settlement, settledAt } = settled;
      const [outcome] = await intake.receive([answerOf(command, settlement, settledAt)]);
      if (outcome?.status === 'DEAD_LETTERED' || outcome?.status === 'REJECTED') onFault(outcome.refusal.reason);
      const integration = await neighbours.operations?.('integration');
      await integration?.ask(COMMAND_SETTLED, { system, connector, entity: 'ProductionOrder', ...settled });
    },
    onFault,
    clock,
  });
  const consumer: LogConsumer = {
    name: `outbound ${system}`,
    apply: async (events) => queue.enqueue(await placedOf(events, system, orders), clock()),
    catchUp: async (signal) => enqueueAll(queue, orders, await log.head(), clock, signal),
  };
  const following = await startConsumer({ store, log, consumer, onFault }).catch(async (error: unknown) => {
    await sender.close();
    throw error;
  });
  return () => releaseAll([() => following.close(), () => sender.close()]);
}

/** What events ask of a system, as far as its orders still say so. */
async function placedOf(events: readonly LoggedEvent[], system: string, orders: Orders): Promise<Placed[]> {
  const asking = events.flatMap(({ position, event }) => {
    const isAsked = askedBy(event);
    return isAsked && event.subject !== undefined ? [{ position, event, subject: event.subject, isAsked }] : [];
  });
  if (asking.length === 0) return [];
  const subjects = [...new Set(asking.map(({ subject }) => subject))];
  const found = await orders.getMany(subjects);
  const owned = new Map(
    found.flatMap((stored) => (stored?.document.ownerSystem === system ? [[stored.id, stored.document]] : [])),
  );
  return asking.flatMap(({ position, event, subject, isAsked }) => {
    const order = owned.get(subject);
    if (!order) return [];
    return toTell(order, event.correlationid)
      .filter(({ what }) => isAsked(what))
      .map(({ command }, part) => ({ place: { position, part }, command }));
  });
}

/** What an order's owner has to hear of: a revision of its schedule, or what became of it here. */
interface Told {
  readonly kind: 'REVISION' | 'WRITE_BACK';
  readonly number: number;
}

/** Picks what an event makes known to the order's owner; undefined if nothing. */
function askedBy({ type, data }: CloudEvent): ((what: Told) => boolean) | undefined {
  switch (type) {
    case 'ProductionOrderAdopted':
      return () => true;
    case 'ProductionOrderRescheduled': {
      const { revision } = data as FactData<'ProductionOrderRescheduled'>;
      return revision.state === 'APPROVED' ? picking('REVISION', revision.number) : undefined;
    }
    case 'ProductionOrderReleased':
    case 'CompletionConfirmed':
    case 'ConfirmationReversed':
      return picking('WRITE_BACK', (data as FactData<'ProductionOrderReleased'>).writeBack);
    default:
      return undefined;
  }
}

function picking(kind: Told['kind'], number: number | undefined): ((what: Told) => boolean) | undefined {
  return number === undefined ? undefined : (what) => what.kind === kind && what.number === number;
}

/** Everything that an order's owner has yet to hear of, in the order of its decisions as far as that is known. */
function toTell(order: ProductionOrder, correlationId?: string): { what: Told; command: CloudEvent }[] {
  const revisions = revisionsToSend(order).map((revision) => ({
    what: { kind: 'REVISION' as const, number: revision.number },
    command: applyScheduleRevision(order, revision, correlationId),
  }));
  const writeBacks = writeBacksToSend(order).flatMap((writeBack) => {
    const command = writeBackCommand(order, writeBack, correlationId);
    return command ? [{ what: { kind: 'WRITE_BACK' as const, number: writeBack.number }, command }] : [];
  });
  return [...revisions, ...writeBacks];
}

/** Takes every order as it is now: the log no longer has what was to be read. */
async function enqueueAll(
  queue: OutboundQueue,
  orders: Orders,
  position: number,
  clock: () => Date,
  signal: AbortSignal,
): Promise<void> {
  let after: readonly [string] | undefined;
  let part = 0;
  while (!signal.aborted) {
    const page = await orders.page({ orderBy: [], first: BATCH, ...(after && { after }) });
    const commands = page.entries
      .filter(({ document }) => document.ownerSystem === queue.system)
      .flatMap(({ document }) => commandsFor(document));
    await queue.enqueue(
      commands.map((command) => ({ place: { position, part: part++ }, command })),
      clock(),
    );
    const last = page.entries.at(-1)?.id;
    if (!page.hasNextPage || last === undefined) return;
    after = [last];
  }
}

function commandsFor(order: ProductionOrder): CloudEvent[] {
  return toTell(order).map(({ command }) => command);
}

function answerOf(command: CloudEvent, settlement: Settlement, at: string) {
  const isRevision = command.type === 'ApplyScheduleRevision';
  const data: ScheduleRevisionAnswer | WriteBackAnswer = {
    id: command.subject ?? '',
    number: Number(command.id.slice(command.id.lastIndexOf('/') + 1)),
    outcome: settlement.kind,
    ...(settlement.kind === 'REFUSED' && { reason: settlement.reason }),
  };
  const message = {
    type: isRevision ? 'ScheduleRevisionAnswered' : 'WriteBackAnswered',
    source: ANSWERS,
    id: `${command.id}/${settlement.kind}`,
    time: at,
    correlationId: command.correlationid,
    data,
  };
  return inboundMessage(message, () => new Date(at));
}

/** Prints what goes wrong, once for as long as it is the same. */
function reporter(system: string): (fault: unknown) => void {
  let last = '';
  return (fault) => {
    const text = String(fault);
    if (text !== last) process.stderr.write(`production-orders: sending to ${system}: ${text}\n`);
    last = text;
  };
}

/** Of its own, not the system's: what that reports of an earlier time, after it has answered, is still news. */
const ANSWERS = 'takt/outbound';
const BATCH = 512;

type Orders = Collection<Governed<ProductionOrder>>;

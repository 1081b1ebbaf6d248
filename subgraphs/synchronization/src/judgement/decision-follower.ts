import type { Collection, CollectionDefinition, DocumentStore, PageQuery } from '@takt/document-store';
import type { LoggedEvent } from '@takt/event-log';
import type { LogConsumer } from '@takt/log-consumer';
import { itemLocationId } from '@takt/products/contract';
import { DecisionSchema, type Decision } from './decision.ts';
import { planningUnit, type DecisionDropped } from './planning-unit.ts';

/** A decision as it is looked up. */
export interface DecisionRecord extends Decision {
  /** Id of the planning unit. */
  readonly planningUnit: string;
  readonly sku: string;
  readonly location: string;
  readonly family?: string;
  readonly region?: string;
  readonly correlationId: string;
  /** The decision that took its place while it waited. */
  readonly supersededBy?: string;
  /** Why it was never acted on. */
  readonly dropped?: string;
}

export interface KeptDecision extends DecisionRecord {
  /** Of its event in the domain's log. */
  readonly position: number;
}

export const DECISIONS: CollectionDefinition<KeptDecision> = {
  name: 'decisions',
  indexes: [
    ['decidedAt', 'position'],
    ['location', 'decidedAt', 'position'],
    ['outcome', 'decidedAt', 'position'],
    ['location', 'outcome', 'decidedAt', 'position'],
    ['sku', 'location', 'decidedAt', 'position'],
    ['planningUnit', 'against'],
    ['location', 'planningUnit', 'against'],
    ['position'],
  ],
};

/** How long decisions are kept to be looked up; the log has older ones as long as it keeps them. */
interface DecisionRetention {
  /** Before the latest decision. */
  readonly days: number;
  /** Before the newest position in the log that brought a decision: no more decisions than this are ever kept. */
  readonly positions: number;
}

const DECISION_RETENTION: DecisionRetention = { days: 35, positions: 500_000 };

/**
 * Keeps decisions to be looked up, by following the domain's own log. What is kept depends on the log alone, however it is
 * read, so that it can be made again from it.
 */
export async function decisionRecords(store: DocumentStore, retention = DECISION_RETENTION): Promise<LogConsumer> {
  const records = await store.collection(DECISIONS);
  return {
    name: 'decisions',
    replay: { collections: [DECISIONS] },
    apply: async (events) => {
      await write(records, changesOf(events));
      await removeOld(records, retention);
    },
    // What was decided before is gone with its events; what is kept of it stays.
    catchUp: () => Promise.resolve(),
  };
}

/** What events do to records: whole ones, and fields that are added to one that may be kept already. */
interface RecordChanges {
  readonly made: ReadonlyMap<string, KeptDecision>;
  readonly added: ReadonlyMap<string, Pick<DecisionRecord, 'supersededBy' | 'dropped'>>;
}

function changesOf(events: readonly LoggedEvent[]): RecordChanges {
  const made = new Map<string, KeptDecision>();
  const added = new Map<string, Pick<DecisionRecord, 'supersededBy' | 'dropped'>>();
  const add = (id: string, fields: Pick<DecisionRecord, 'supersededBy' | 'dropped'>) =>
    added.set(id, { ...added.get(id), ...fields });
  for (const { position, event } of events) {
    if (!(event.type in planningUnit.events)) continue;
    if (event.type === 'DecisionDropped') {
      const { decision, reason } = event.data as DecisionDropped;
      add(decision, { dropped: reason });
      continue;
    }
    const decision = event.data as Decision;
    made.set(decision.id, { ...decisionRecord(decision, event.correlationid), position });
    if (decision.supersedes !== undefined) add(decision.supersedes, { supersededBy: decision.id });
  }
  return { made, added };
}

export function decisionRecord(decision: Decision, correlationId: string): DecisionRecord {
  const { sku, location, family, region } = decision.observation;
  return {
    ...decision,
    planningUnit: itemLocationId(sku, location),
    sku,
    location,
    ...(family !== undefined && { family }),
    ...(region !== undefined && { region }),
    correlationId,
  };
}

/** The decision as it was made. */
export function decisionOf(record: KeptDecision): Decision {
  const fields = Object.entries(record).filter(([name]) => name in DecisionSchema.properties);
  return Object.fromEntries(fields) as unknown as Decision;
}

/** What was added to a record stays when its decision is seen again. */
async function write(records: Collection<KeptDecision>, { made, added }: RecordChanges): Promise<void> {
  const ids = [...new Set([...made.keys(), ...added.keys()])];
  const stored = await records.getMany(ids);
  const changes = ids.flatMap((id, index) => {
    const kept = stored[index]?.document;
    const record = made.get(id) ?? kept;
    if (!record) return [];
    const { supersededBy, dropped } = { ...kept, ...added.get(id) };
    const document = {
      ...record,
      ...(supersededBy !== undefined && { supersededBy }),
      ...(dropped !== undefined && { dropped }),
    };
    return [{ id, expectedVersion: stored[index]?.version ?? 0, document, events: [], messageIds: [] }];
  });
  const results = await records.commit(changes);
  const lost = changes.find((_, index) => results[index]?.status !== 'committed');
  if (lost) throw new Error(`Somebody else wrote the decision ${lost.id} in between.`);
}

async function removeOld(records: Collection<KeptDecision>, { days, positions }: DecisionRetention): Promise<void> {
  const [latest] = (await records.page({ orderBy: ['decidedAt', 'position'], descending: true, first: 1 })).entries;
  const [newest] = (await records.page({ orderBy: ['position'], descending: true, first: 1 })).entries;
  if (!latest || !newest) return;
  const oldestDay = new Date(Date.parse(latest.document.decidedAt) - days * DAY_MS).toISOString();
  await removeAll(records, { where: { decidedAt: { to: oldestDay } }, orderBy: ['decidedAt', 'position'] });
  const oldestPosition = newest.document.position - positions;
  await removeAll(records, { where: { position: { to: oldestPosition } }, orderBy: ['position'] });
}

async function removeAll(
  records: Collection<KeptDecision>,
  query: Pick<PageQuery<KeptDecision>, 'where' | 'orderBy'>,
): Promise<void> {
  for (;;) {
    const { entries } = await records.page({ ...query, first: BATCH });
    if (entries.length === 0) return;
    await records.remove(entries.map(({ id }) => id));
  }
}

const DAY_MS = 86_400_000;
const BATCH = 500;

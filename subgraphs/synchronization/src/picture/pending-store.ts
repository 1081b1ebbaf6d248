import type { Change, Collection, CollectionDefinition, DocumentStore, Stored } from '@takt/document-store';
import { itemLocationId } from '@takt/products/contract';
import type { Trigger } from '../judgement/observation.ts';
import type { PlanningUnitKey } from './unit-facts.ts';

/** Units that wait to be judged. */
export interface PendingUnits {
  /**
   * Has units wait, then does `work`; none of them is {@link due} before that has ended, however it ends. So whoever judges a
   * unit sees what it was marked for, or is told to look again.
   */
  mark(marks: readonly Mark[], work?: () => Promise<void>): Promise<void>;
  /** Those that are due at an instant, those that were due first at the beginning. */
  due(now: string, limit: number): Promise<PendingUnit[]>;
  /**
   * The unit has been judged for what it waited for: it waits no more, or until `again` with what it was marked for. If it
   * was marked since, nothing changes. Answers whether that was so.
   */
  done(unit: PendingUnit, again?: string): Promise<boolean>;
  /** How many wait. */
  count(): Promise<number>;
}

export interface Mark extends PlanningUnitKey {
  /** RFC 3339, in UTC with milliseconds. */
  readonly dueAt: string;
  readonly triggers: readonly Trigger[];
  /** The unit is judged then, also if it waits for another time already; else at the earlier one. */
  readonly moves?: boolean;
}

export interface PendingUnit extends PlanningUnitKey {
  readonly dueAt: string;
  /** When it began to wait. */
  readonly since: string;
  /** What it was marked for, newest last, at most {@link TRIGGERS_KEPT}. */
  readonly triggers: readonly Trigger[];
  /** Changes with each mark. */
  readonly version: number;
}

export const TRIGGERS_KEPT = 10;
/** Where more are under way, fewer may be answered than are due: they come next time. */
const MOST_UNDER_WAY = 1_000;

/** Stays when the unit has been judged, so that its versions never begin anew. */
interface PendingDocument extends PlanningUnitKey {
  /** Null while it does not wait. */
  readonly dueAt: string | null;
  readonly since: string;
  readonly triggers: readonly Trigger[];
}

const PENDING_UNITS: CollectionDefinition<PendingDocument> = { name: 'pending-units', indexes: [['dueAt']] };

export async function openPendingUnits(store: DocumentStore, clock: () => Date): Promise<PendingUnits> {
  const collection = await store.collection(PENDING_UNITS);
  /** By unit: for how many works it was marked that have not ended. */
  const underWay = new Map<string, number>();
  const count = (id: string, by: number) => {
    const left = (underWay.get(id) ?? 0) + by;
    if (left === 0) underWay.delete(id);
    else underWay.set(id, left);
  };
  return {
    async mark(marks, work = () => Promise.resolve()) {
      const byUnit = together(marks);
      for (const id of byUnit.keys()) count(id, 1);
      try {
        await write(collection, byUnit, clock().toISOString());
        await work();
      } finally {
        for (const id of byUnit.keys()) count(id, -1);
      }
    },
    async due(now, limit) {
      const to = new Date(Date.parse(now) + 1).toISOString();
      const page = await collection.page({
        where: { dueAt: { from: '', to } },
        orderBy: ['dueAt'],
        first: limit + Math.min(underWay.size, MOST_UNDER_WAY),
      });
      return page.entries.flatMap((entry) => (underWay.has(entry.id) ? [] : (waiting(entry) ?? []))).slice(0, limit);
    },
    async done(unit, again) {
      const { sku, location, since, version } = unit;
      const document = {
        sku,
        location,
        since,
        dueAt: again ?? null,
        triggers: again === undefined ? [] : unit.triggers,
      };
      const change = { id: idOf(unit), expectedVersion: version, document, events: [], messageIds: [] };
      const [result] = await collection.commit([change]);
      return result?.status === 'committed';
    },
    count: () => collection.count({ dueAt: { from: '' } }),
  };
}

function waiting({ document, version }: Stored<PendingDocument>): PendingUnit | undefined {
  const { dueAt } = document;
  return dueAt === null ? undefined : { ...document, dueAt, version };
}

/** One mark for each unit; what it is marked for in the order given. */
function together(marks: readonly Mark[]): Map<string, Mark> {
  const byUnit = new Map<string, Mark>();
  for (const mark of marks) {
    const id = idOf(mark);
    const before = byUnit.get(id);
    byUnit.set(id, before ? merged(before, mark) : mark);
  }
  return byUnit;
}

function merged<Before extends Pick<Mark, 'dueAt' | 'triggers'>>(before: Before, mark: Mark): Before {
  const triggers = [...before.triggers, ...mark.triggers].slice(-TRIGGERS_KEPT);
  const dueAt = mark.moves === true || mark.dueAt < before.dueAt ? mark.dueAt : before.dueAt;
  return { ...before, dueAt, triggers, ...(mark.moves === true && { moves: true }) };
}

/** Somebody may be done with a unit in between: what is not written is written again on what is there then. */
async function write(
  collection: Collection<PendingDocument>,
  byUnit: ReadonlyMap<string, Mark>,
  now: string,
): Promise<void> {
  for (let ids = [...byUnit.keys()]; ids.length > 0;) {
    const stored = await collection.getMany(ids);
    const changes = ids.map((id, index) => changeOf(id, stored[index], byUnit.get(id) as Mark, now));
    const results = await collection.commit(changes);
    ids = ids.filter((_id, index) => results[index]?.status !== 'committed');
  }
}

function changeOf(
  id: string,
  stored: Stored<PendingDocument> | undefined,
  mark: Mark,
  now: string,
): Change<PendingDocument> {
  const { sku, location } = mark;
  const before = stored && waiting(stored);
  const { dueAt, triggers } = before ? merged({ dueAt: before.dueAt, triggers: before.triggers }, mark) : mark;
  const document = { sku, location, dueAt, since: before?.since ?? now, triggers: triggers.slice(-TRIGGERS_KEPT) };
  return { id, expectedVersion: stored?.version ?? 0, document, events: [], messageIds: [] };
}

function idOf({ sku, location }: PlanningUnitKey): string {
  return itemLocationId(sku, location);
}

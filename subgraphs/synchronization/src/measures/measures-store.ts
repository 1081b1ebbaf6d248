import type { Collection, Conditions, DocumentStore, FieldPath, PageEntry } from '@takt/document-store';
import type { Governed } from '@takt/intake';
import { localDateAt } from '@takt/planning-time';
import { planningException, type PlanningException } from '../exceptions/planning-exception.ts';
import type { Picture } from '../picture/picture.ts';
import {
  groupsOf,
  resolutionOf,
  type ExceptionGroup,
  type ExceptionGrouping,
  type ExceptionResolution,
} from './exception-measures.ts';
import { inventoryTurnsOf, type InventoryTurns } from './inventory-turns.ts';
import { decisionLatencyOf, forecastSynchronizationOf, suppressionOf, type JudgementDay } from './judgement-day.ts';
import type { Latency } from './latency.ts';
import type { MeasuredOrder } from './measured-order.ts';
import type { MeasuredStock } from './measured-stock.ts';
import { ACTED_DECISIONS, JUDGEMENT_DAYS, type ActedDecision } from './measures-follower.ts';
import {
  confirmationCompletenessOf,
  decidedMoves,
  moveLatenciesOf,
  nervousnessOf,
  scheduleAdherenceOf,
  type Nervousness,
} from './order-measures.ts';
import type { Period } from './period.ts';
import { MEASURED_ORDERS, MEASURED_STOCK, STOCK_LEDGERS, UNKNOWN_TIME_ZONE } from './plant-follower.ts';
import type { Share } from './share.ts';
import type { StockLedger } from './stock-ledger.ts';
import { stockoutDays, stockoutsOf, type Stockouts } from './stockouts.ts';

/** How well planning follows what changes, and how well the plant follows planning. */
export interface Measures {
  /** Reads nothing before it is asked for, and nothing twice. */
  ofPlant(asked: MeasuredPlant): PlantMeasures;
  /** Exceptions that are open now, of one plant or of all. */
  openExceptions(asked: {
    readonly plant?: string | undefined;
    readonly groupings: readonly ExceptionGrouping[];
    readonly now: Date;
  }): Promise<ExceptionGroup[]>;
}

interface MeasuredPlant extends Period {
  readonly plant: string;
  /** All families unless given. */
  readonly family?: string | undefined;
  readonly now: Date;
}

/** Null: there is nothing to measure. */
export interface PlantMeasures {
  scheduleUpdateLatency(): Promise<ScheduleUpdateLatency>;
  forecastSynchronization(): Promise<Share | null>;
  suppression(): Promise<Share | null>;
  confirmationCompleteness(): Promise<Share | null>;
  scheduleAdherence(toleranceDays: number): Promise<Share | null>;
  nervousness(): Promise<Nervousness | null>;
  stockouts(): Promise<Stockouts | null>;
  inventoryTurns(): Promise<InventoryTurns | null>;
  /** Items whose stock has no value that is known: they are not in the turns. */
  itemsWithoutCost(): Promise<number>;
  exceptionResolution(): Promise<ExceptionResolution | null>;
}

interface ScheduleUpdateLatency {
  readonly toDecision: Latency | null;
  readonly toCommand: Latency | null;
  readonly toApplied: Latency | null;
}

/** Opens what the measures are kept in, once; the answer makes them for each request. */
export async function openMeasures(
  store: DocumentStore,
): Promise<(picture: Pick<Picture, 'units' | 'locations'>) => Measures> {
  const kept: Kept = {
    judgementDays: await store.collection(JUDGEMENT_DAYS),
    actedDecisions: await store.collection(ACTED_DECISIONS),
    orders: await store.collection(MEASURED_ORDERS),
    stock: await store.collection(MEASURED_STOCK),
    ledgers: await store.collection(STOCK_LEDGERS),
    exceptions: await store.collection(planningException.collection),
  };
  return (picture) => ({
    ofPlant: (asked) => plantMeasures(kept, picture, asked),
    async openExceptions({ plant, groupings, now }) {
      const where = { status: { in: ['OPEN', 'SNOOZED'] }, ...(plant !== undefined && { location: plant }) };
      return groupsOf(await all(kept.exceptions, where, ['dueAt', 'id']), groupings, now);
    },
  });
}

interface Kept {
  readonly judgementDays: Collection<JudgementDay>;
  readonly actedDecisions: Collection<ActedDecision>;
  readonly orders: Collection<MeasuredOrder>;
  readonly stock: Collection<MeasuredStock>;
  readonly ledgers: Collection<StockLedger>;
  readonly exceptions: Collection<Governed<PlanningException>>;
}

function plantMeasures(kept: Kept, picture: Pick<Picture, 'units' | 'locations'>, asked: MeasuredPlant): PlantMeasures {
  const { plant, from, to, family, now } = asked;
  const period = { from, to };
  const place = { plant, ...(family !== undefined && { family }) };
  const timeZone = once(async () => (await picture.locations([plant]))[0]?.timeZone ?? UNKNOWN_TIME_ZONE);
  const today = once(async () => localDateAt(await timeZone(), now.toISOString()));
  const judgementDays = once(() => all(kept.judgementDays, { ...place, day: period }, ['day']));
  const orders = once(() => all(kept.orders, { ...place, closedOn: { from } }, ['closedOn']));

  return {
    async scheduleUpdateLatency() {
      const moves = decidedMoves(await orders(), period);
      const changedAt = await changesOf(
        kept.actedDecisions,
        moves.map(({ decision }) => decision),
      );
      return { toDecision: decisionLatencyOf(await judgementDays()), ...moveLatenciesOf(moves, changedAt) };
    },
    forecastSynchronization: async () => forecastSynchronizationOf(await judgementDays()),
    suppression: async () => suppressionOf(await judgementDays()),
    confirmationCompleteness: async () => confirmationCompletenessOf(await orders(), period),
    scheduleAdherence: async (toleranceDays) => scheduleAdherenceOf(await orders(), period, toleranceDays),
    nervousness: async () => nervousnessOf(await orders(), period),
    async stockouts() {
      const items = await kept.stock.count(place);
      const out = await all(kept.stock, { ...place, outUntil: { from: beforeDay(from) } }, ['outUntil']);
      const about = { today: await today(), timeZone: await timeZone() };
      const days: number[] = [];
      for (let start = 0; start < out.length; start += PAGE) {
        const some = out.slice(start, start + PAGE);
        const facts = await picture.units(some.map(({ sku }) => ({ sku, location: plant })));
        facts.forEach((each, index) => days.push(stockoutDays(some[index]?.spells ?? [], each, period, about)));
      }
      return stockoutsOf(days, items);
    },
    async inventoryTurns() {
      return inventoryTurnsOf(await all(kept.ledgers, place, ['family']), period, await today());
    },
    itemsWithoutCost: () => kept.stock.count({ ...place, isValued: false }),
    async exceptionResolution() {
      const ofPlant = { location: plant, ...(family !== undefined && { family }) };
      const closedAt = { from: beforeDay(from), to: afterDay(to) };
      const closed = await all(kept.exceptions, { ...ofPlant, closedAt }, ['closedAt']);
      return resolutionOf(closed, period, await timeZone());
    },
  };
}

/** When what led to decisions was true in its source, as far as it is known. */
async function changesOf(acted: Collection<ActedDecision>, decisions: readonly string[]): Promise<Map<string, string>> {
  const ids = [...new Set(decisions)];
  const known = new Map<string, string>();
  for (let start = 0; start < ids.length; start += PAGE) {
    const found = await acted.getMany(ids.slice(start, start + PAGE));
    for (const each of found) if (each) known.set(each.id, each.document.changedAt);
  }
  return known;
}

async function all<T extends object>(
  collection: Collection<T>,
  where: Conditions<T>,
  orderBy: readonly FieldPath<T>[],
): Promise<T[]> {
  const documents: T[] = [];
  for (let after: PageEntry<T>['key'] | undefined; ;) {
    const { entries, hasNextPage } = await collection.page({ where, orderBy, first: PAGE, ...(after && { after }) });
    documents.push(...entries.map(({ document }) => document));
    after = entries.at(-1)?.key;
    if (!hasNextPage || !after) return documents;
  }
}

/** Not later than the beginning of a day in any time zone, and not later than its text with any offset. */
function beforeDay(day: string): string {
  return new Date(Date.parse(day) - 2 * DAY_MS).toISOString();
}

/** Not earlier than the beginning of a day in any time zone, and not earlier than its text with any offset. */
function afterDay(day: string): string {
  return new Date(Date.parse(day) + 2 * DAY_MS).toISOString();
}

function once<Value>(read: () => Promise<Value>): () => Promise<Value> {
  let value: Promise<Value> | undefined;
  return () => (value ??= read());
}

const DAY_MS = 24 * 60 * 60 * 1000;
const PAGE = 500;

import { DecisionMadeDocument, ExceptionRaisedDocument } from '@takt/client';
import type { DecisionMadeSubscription, ExceptionRaisedSubscription } from '@takt/client';
import type { System, SystemOptions } from '@takt/cli';
import type { DocumentStore } from '@takt/document-store';
import { encodeCursor } from '@takt/event-log';
import { inboundMessage, type Outcome } from '@takt/intake';
import { watchSynchronization } from './at-rest.ts';
import { bootSystem, take } from './system.ts';

/**
 * A plant of one value stream, small enough to be checked by hand, on Monday 2026-11-23, 08:00 UTC (09:00 in Berlin):
 * P1 makes PUMP from one MOTOR and two SEALs on ASSEMBLY, an alternate of which is ASSEMBLY-2. PUMP is frozen for five
 * working days (until Monday 30th) and slushy for fifteen (until Monday, December 14th).
 */
export async function planningPlant(options: Partial<SystemOptions> = {}): Promise<PlanningPlant> {
  let now = Date.parse(MONDAY);
  const stores = new Map<string, DocumentStore>();
  const { system, client } = await bootSystem({
    clock: () => new Date(now),
    refresh: { criticalSeconds: 2, stableMinutes: 15, batchHour: 4, settleSeconds: 2, dueEverySeconds: NEVER },
    ...options,
    decorateStore: (store, domain) => {
      const decorated = options.decorateStore?.(store, domain) ?? store;
      stores.set(domain, decorated);
      return decorated;
    },
  });
  const beginning = encodeCursor(system.domains.get('synchronization')?.log.id ?? '', 0);
  const watch = watchSynchronization(system, stores);
  let told = 0;
  const tell = async (domain: string, type: string, data: object, more: Told = {}): Promise<Outcome> => {
    const { source = 'erp/p1', time = new Date(now).toISOString(), id = `told-${++told}` } = more;
    const message = inboundMessage({ type, source, data, id, time }, () => new Date(now));
    const [outcome] = await system.intake(domain).receive([message]);
    if (!outcome) throw new Error('The intake answered nothing.');
    return outcome;
  };
  const tellTaken = async (domain: string, type: string, data: object, more: Told = {}): Promise<void> => {
    const outcome = await tell(domain, type, data, more);
    if (outcome.status !== 'APPLIED') throw new Error(`${type} was not taken: ${JSON.stringify(outcome)}`);
  };
  const plant: PlanningPlant = {
    system,
    tell,
    now: () => new Date(now),
    async advance(minutes) {
      await watch.rest(new Date(now));
      now += minutes * 60_000;
    },
    async settle() {
      for (let wait = 0; wait < MOST_WAITS; wait++) {
        await watch.rest(new Date(now));
        const dueAt = await watch.nextDue();
        if (!dueAt || dueAt.getTime() > now + MOMENT_MS) return;
        now = Math.max(now, dueAt.getTime());
      }
      throw new Error('What is decided leads to decisions without end.');
    },
    async decisionsMade(count, after = beginning) {
      const news = client.subscribe(DecisionMadeDocument, { plant: 'P1', after });
      const heard = await take(count, news);
      await news.return?.();
      return heard.map(({ decisionMade }) => decisionMade);
    },
    async exceptionsRaised(count, after = beginning) {
      const news = client.subscribe(ExceptionRaisedDocument, { plant: 'P1', after });
      const heard = await take(count, news);
      await news.return?.();
      return heard.map(({ exceptionRaised }) => exceptionRaised);
    },
    async decisions(sku) {
      const { decisions } = await plant.graph<{ decisions: { nodes: SeenDecision[] } }>(
        `query ($sku: [String!]) { decisions(first: 500, filter: { sku: $sku, location: ["P1"] }) { nodes {
          id outcome explanation policyVersion decidedAt againAt triggers { type }
          lines { week measure zone baseline now change outcome rule because }
        } } }`,
        { sku: sku === undefined ? null : [sku] },
      );
      return decisions.nodes.reverse();
    },
    async replays() {
      return Promise.all(
        (await plant.decisions()).map(async ({ id }) => {
          const { replayDecision } = await plant.graph<{ replayDecision: object }>(
            'query ($id: ID!) { replayDecision(id: $id) { isSame differences { path decided replayed } } }',
            { id },
          );
          return { id, ...replayDecision };
        }),
      );
    },
    async exceptions(sku) {
      const { itemLocation } = await plant.graph<{ itemLocation: { exceptions: { nodes: SeenException[] } } }>(
        `query ($sku: String!) { itemLocation(sku: $sku, location: "P1") { exceptions(first: 500) { nodes {
          id kind status severity zone summary owner revision approvalsNeeded decisionIds
          approvals { by } orders { id } settlement { outcome reason }
          proposal { kind orderId scheduledStart scheduledEnd quantity { value } reason }
        } } } }`,
        { sku },
      );
      return itemLocation.exceptions.nodes;
    },
    async command(name, input, { revision = null } = {}) {
      const { result } = await plant.graph<{ result: Answered }>(
        `mutation ($key: String!, $revision: Int, $input: ${name[0]?.toUpperCase()}${name.slice(1)}Input!) {
          result: ${name}(idempotencyKey: $key, expectedRevision: $revision, input: $input) {
            __typename ... on CommandRefused { code } ... on RevisionConflict { currentRevision }
          }
        }`,
        { key: `command-${++told}`, revision, input },
      );
      return result;
    },
    async order(id) {
      const { productionOrder } = await plant.graph<{ productionOrder: SeenOrder }>(
        `query ($id: ID!) { productionOrder(id: $id) {
          id revision state scheduledStart scheduledEnd quantity { value }
          operations { sequence workCenter { code } scheduledStart scheduledEnd }
          scheduleRevisions { number state cause policyDecision approvedBy }
        } }`,
        { id },
      );
      return productionOrder;
    },
    async graph(query, variables = {}) {
      const { data, errors } = await system.gateway.execute({ query, variables });
      if (errors) throw new Error(JSON.stringify(errors));
      return data as never;
    },
    fences: (demandTimeFenceDays, planningTimeFenceDays) =>
      tellTaken('products', 'ItemLocationReported', { ...PUMP_AT_P1, demandTimeFenceDays, planningTimeFenceDays }),
    stock: (sku, pieces) =>
      tellTaken(
        'inventory',
        'StockReported',
        { sku, location: 'P1', unit: 'EA', stock: [{ status: 'UNRESTRICTED', quantity: EA(pieces) }] },
        { source: 'wms/p1' },
      ),
    customerOrder: (id, quantity, dueOn, priority = 5) =>
      tellTaken('forecasts', 'CustomerOrderReported', {
        ...{ id, sku: 'PUMP', location: 'P1', customer: 'WATERWORKS', status: 'OPEN', priority },
        quantity: EA(quantity),
        dueAt: `${dueOn}T11:00:00Z`,
      }),
    makeOrder: (id, { quantity = 50, workCenter = 'ASSEMBLY', start, end }) =>
      tellTaken('production-orders', 'CreateProductionOrder', {
        id,
        sku: 'PUMP',
        location: 'P1',
        quantity: EA(quantity),
        scheduledStart: start,
        scheduledEnd: end,
        routing: 'R-PUMP',
        state: 'FIRMED',
        operations: [
          {
            sequence: 10,
            name: 'Assemble',
            workCenter,
            plannedMinutes: 30 + 9 * quantity,
            scheduledStart: start,
            scheduledEnd: end,
          },
        ],
        components: [
          { position: 10, sku: 'MOTOR', required: EA(quantity) },
          { position: 20, sku: 'SEAL', required: EA(2 * quantity) },
        ],
      }),
    forecast: (quantities, more = {}) =>
      tell(
        'forecasts',
        'ForecastReported',
        {
          sku: 'PUMP',
          location: 'P1',
          granularity: 'WEEK',
          unit: 'EA',
          version: `v${++told}`,
          publishedAt: new Date(now).toISOString(),
          status: 'PUBLISHED',
          complete: true,
          buckets: Object.entries(quantities).map(([start, baseline]) => ({ start, baseline: String(baseline) })),
          ...more,
        },
        { source: 'planning/main' },
      ),
  };
  for (const [domain, type, data] of MASTER_DATA) await tellTaken(domain, type, data);
  return plant;
}

export interface PlanningPlant {
  readonly system: System;
  now(): Date;
  /**
   * Moves the clock on, behind all that was told: heard after that, it would be heard as long late, and who was never judged
   * would begin without it.
   */
  advance(minutes: number): Promise<void>;
  /**
   * Resolves when all that was told is heard, judged and acted on, and all that came of that as well. Moves the clock on by
   * the seconds that changes of an item are gathered before they are judged.
   */
  settle(): Promise<void>;
  /** What a backing system tells a domain now. */
  tell(domain: string, type: string, data: object, more?: Told): Promise<Outcome>;
  /** Gives PUMP other fences, in working days. */
  fences(demandTimeFenceDays: number, planningTimeFenceDays: number): Promise<void>;
  /** All of an item that is there, and may be used. */
  stock(sku: string, pieces: number): Promise<void>;
  /** A customer's order for pumps, to be delivered on a day. */
  customerOrder(id: string, quantity: number, dueOn: string, priority?: number): Promise<void>;
  /** An order for PUMP that is firmed and belongs to Takt; 50 take eight hours. */
  makeOrder(
    id: string,
    order: { readonly quantity?: number; readonly workCenter?: string; readonly start: string; readonly end: string },
  ): Promise<void>;
  /** A weekly forecast of PUMP at P1: quantity by Monday. */
  forecast(quantities: Readonly<Record<string, number>>, more?: object): Promise<Outcome>;
  graph<Data = Record<string, unknown>>(query: string, variables?: Readonly<Record<string, unknown>>): Promise<Data>;
  /** What was decided about an item, or about all, the first decision first. */
  decisions(sku?: string): Promise<SeenDecision[]>;
  exceptions(sku: string): Promise<SeenException[]>;
  /** Every decision that was made, judged again, the first decision first. */
  replays(): Promise<{ readonly id: string }[]>;
  order(id: string): Promise<SeenOrder>;
  /** What a person does about an exception. */
  command(
    name: 'approveException' | 'rejectException',
    input: object,
    seen?: { readonly revision?: number },
  ): Promise<Answered>;
  /** What whoever subscribes hears of P1: so many, from the very beginning unless behind a cursor. */
  decisionsMade(count: number, after?: string): Promise<DecisionMadeSubscription['decisionMade'][]>;
  exceptionsRaised(count: number, after?: string): Promise<ExceptionRaisedSubscription['exceptionRaised'][]>;
}

interface Answered {
  readonly __typename: string;
  /** Why it was refused. */
  readonly code?: string;
  readonly currentRevision?: number;
}

export interface SeenDecision {
  readonly id: string;
  readonly outcome: string;
  readonly explanation: readonly string[];
  readonly policyVersion: number;
  readonly decidedAt: string;
  readonly againAt: string | null;
  readonly triggers: readonly { readonly type: string }[];
  readonly lines: readonly {
    readonly week: string;
    readonly measure: string;
    readonly zone: string;
    readonly baseline: string;
    readonly now: string;
    readonly change: string;
    readonly outcome: string;
    readonly rule: string | null;
    readonly because: string | null;
  }[];
}

export interface SeenException {
  readonly id: string;
  readonly kind: string;
  readonly status: string;
  readonly severity: string;
  readonly zone: string;
  readonly summary: string;
  readonly owner: string;
  readonly revision: number;
  readonly approvalsNeeded: number;
  readonly decisionIds: readonly string[];
  readonly approvals: readonly { readonly by: string }[];
  readonly orders: readonly { readonly id: string }[];
  readonly settlement: { readonly outcome: string; readonly reason: string } | null;
  readonly proposal: readonly {
    readonly kind: string;
    readonly orderId: string;
    readonly scheduledStart: string | null;
    readonly scheduledEnd: string | null;
    readonly quantity: { readonly value: string } | null;
    readonly reason: string;
  }[];
}

interface SeenOrder {
  readonly id: string;
  readonly revision: number;
  readonly state: string;
  readonly scheduledStart: string;
  readonly scheduledEnd: string;
  readonly quantity: { readonly value: string };
  readonly operations: readonly {
    readonly sequence: number;
    readonly workCenter: { readonly code: string } | null;
    readonly scheduledStart: string;
    readonly scheduledEnd: string;
  }[];
  readonly scheduleRevisions: readonly {
    readonly number: number;
    readonly state: string;
    readonly cause: string;
    readonly policyDecision: string | null;
    readonly approvedBy: string | null;
  }[];
}

/** How `replays` answers for decisions that come out again as they were. */
export const SAME = { isSame: true, differences: [] };

/** How long changes of the items here are gathered before they are judged together, and a little more. */
const MOMENT_MS = 5_000;
const MOST_WAITS = 20;
/** These stories wait for days within seconds: who has what by then depends on how busy the machine is, and is no part of them. */
const NEVER = 24 * 3600;

interface Told {
  readonly source?: string;
  readonly time?: string;
  readonly id?: string;
}

const MONDAY = '2026-11-23T08:00:00Z';

const WORKDAYS = ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY'];
const EA = (value: number) => ({ value: String(value), unit: 'EA' });

/** Early, late and a night shift that crosses midnight. */
const SHIFTS = [
  { name: 'early', days: WORKDAYS, startTime: '06:00', endTime: '14:00' },
  { name: 'late', days: WORKDAYS, startTime: '14:00', endTime: '22:00' },
  { name: 'night', days: WORKDAYS, startTime: '22:00', endTime: '06:00' },
];

const workCenter = (code: string, alternates: readonly string[]) => ({
  code,
  name: code,
  location: 'P1',
  level: 'WORK_CENTER',
  type: 'LINE',
  capacity: '1',
  capacityUnit: 'line',
  shifts: SHIFTS,
  timeZone: 'Europe/Berlin',
  criticalLoadPercent: 90,
  alternates,
});

const PUMP_AT_P1 = {
  sku: 'PUMP',
  location: 'P1',
  type: 'FINISHED',
  planner: 'ada',
  lotSizeRule: 'FIXED',
  lotSizeMinimum: EA(50),
  lotSizeMultiple: EA(50),
  leadTimeDays: 5,
  demandTimeFenceDays: 5,
  planningTimeFenceDays: 15,
  strategy: 'MAKE_TO_STOCK',
  refreshClass: 'CRITICAL',
};

const MASTER_DATA: readonly (readonly [domain: string, type: string, data: object])[] = [
  [
    'products',
    'CalendarReported',
    {
      code: 'P1-DAYS',
      timeZone: 'Europe/Berlin',
      defaultValue: 0,
      periods: [{ days: WORKDAYS, value: 1, priority: 1 }],
    },
  ],
  [
    'products',
    'LocationReported',
    { code: 'P1', name: 'Plant 1', type: 'PLANT', region: 'EMEA', timeZone: 'Europe/Berlin', calendar: 'P1-DAYS' },
  ],
  [
    'products',
    'ProductReported',
    {
      sku: 'PUMP',
      name: 'Pump',
      type: 'FINISHED',
      baseUnit: 'EA',
      family: 'Pumps',
      procurement: 'MAKE',
      criticality: 'CRITICAL',
      unitCost: '200',
    },
  ],
  ['products', 'ProductReported', { sku: 'MOTOR', name: 'Motor', type: 'RAW', baseUnit: 'EA', procurement: 'BUY' }],
  ['products', 'ProductReported', { sku: 'SEAL', name: 'Seal', type: 'RAW', baseUnit: 'EA', procurement: 'BUY' }],
  [
    'products',
    'ProductReported',
    { sku: 'SEAL-B', name: 'Seal of another maker', type: 'RAW', baseUnit: 'EA', procurement: 'BUY' },
  ],
  ['products', 'ItemLocationReported', PUMP_AT_P1],
  ...['MOTOR', 'SEAL', 'SEAL-B'].map(
    (sku) =>
      [
        'products',
        'ItemLocationReported',
        {
          sku,
          location: 'P1',
          type: 'RAW',
          planner: 'grace',
          leadTimeDays: 10,
          demandTimeFenceDays: 5,
          planningTimeFenceDays: 15,
          refreshClass: 'CRITICAL',
        },
      ] as const,
  ),
  ['work-centers', 'WorkCenterReported', workCenter('ASSEMBLY', ['ASSEMBLY-2'])],
  ['work-centers', 'WorkCenterReported', workCenter('ASSEMBLY-2', [])],
  [
    'products',
    'RoutingReported',
    {
      id: 'R-PUMP',
      name: 'Make a pump',
      sku: 'PUMP',
      location: 'P1',
      kind: 'SINGLE',
      operations: [
        {
          id: 'R-PUMP-10',
          sequence: 10,
          name: 'Assemble',
          setupSeconds: '1800',
          secondsPerUnit: '540',
          workCenters: [{ code: 'ASSEMBLY', quantity: '1' }],
        },
      ],
    },
  ],
  [
    'products',
    'BillOfMaterialReported',
    {
      id: 'B-PUMP',
      sku: 'PUMP',
      location: 'P1',
      version: '1',
      routing: 'R-PUMP',
      baseQuantity: EA(1),
      lines: [
        { position: 10, component: 'MOTOR', quantity: EA(1) },
        {
          position: 20,
          component: 'SEAL',
          quantity: EA(2),
          substitutes: [{ component: 'SEAL-B', group: 'seals', priority: 1, ratio: '1', approvalNeeded: true }],
        },
      ],
    },
  ],
];

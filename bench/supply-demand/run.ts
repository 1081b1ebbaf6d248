import type { InboundMessage } from '@takt/intake';
import { schemaOf } from '@takt/subgraph-server';
import { supplyDemandEntities, supplyDemandResolvers } from '@takt/synchronization/supply-demand';
import { execute, parse, type DocumentNode } from 'graphql';
import { demoBatches, plantClock, TODAY } from '../plant.ts';
import type { Table } from '../report.ts';
import type { BenchOptions } from '../run.ts';
import { interleaved, repeated, summary, type Summary } from '../statistics.ts';
import { demoPicture, type DemoPicture } from './demo-picture.ts';

const ITEMS = [10, 50, 200] as const;
const WORK_CENTERS = [5, 10, 20] as const;
const TO = '2027-05-24';
/** Segments of the `large` demo until more than 200 items at locations are forecast. */
const MESSAGES = 20_000;

/**
 * Supply and demand of 50 items over 26 weeks, as the subgraph answers it in this process: from parsed query to result,
 * over the demo plant in memory. What the store adds is not in it.
 */
export async function run({ seconds, rounds, quick }: BenchOptions): Promise<Table[]> {
  const picture = demoPicture(messages(quick ? 4000 : MESSAGES));
  const { schema } = schemaOf({
    name: 'synchronization',
    aggregates: [],
    resolvers: [...supplyDemandResolvers],
    entities: supplyDemandEntities,
    references: {},
    connect: () => Promise.reject(new Error('Only its schema is asked for.')),
  });
  const contenders = [
    ...ITEMS.map((rows) => ({ question: 'supplyDemand', rows, document: itemQuery(picture, rows, RECORD) })),
    ...ITEMS.map((rows) => ({ question: 'pegging', rows, document: itemQuery(picture, rows, PEGGING) })),
    ...WORK_CENTERS.map((rows) => ({ question: 'load', rows, document: workCenterQuery(picture, rows) })),
  ];
  const nameOf = ({ question, rows }: (typeof contenders)[number]) => `${question} ${rows}`;
  const answer = async (document: DocumentNode, rows: number) => {
    const contextValue = { picture: { ...picture }, clock: plantClock };
    const { data, errors } = await execute({ schema, document, contextValue });
    const got = (data?.['_entities'] as unknown[] | undefined)?.length;
    if (errors || got !== rows) throw new Error(`Expected ${rows} rows, got ${got}: ${JSON.stringify(errors)}`);
  };
  const measured = await interleaved(
    new Map(
      contenders.map((contender) => [
        nameOf(contender),
        (warmUp: boolean) =>
          repeated(() => answer(contender.document, contender.rows), { seconds: warmUp ? seconds / 4 : seconds / 2 }),
      ]),
    ),
    rounds,
  );
  const figures = contenders.map((contender) => ({ ...contender, ...summary(measured.get(nameOf(contender)) ?? []) }));
  const tableOf = (question: string, title: string, what: string): Table => {
    const of = figures.filter((each) => each.question === question);
    return { title, bar: 'CPU ms', rows: of.map((each) => rowOf(each, what)) };
  };
  return [
    tableOf('supplyDemand', 'Supply and demand by week, 26 weeks, all figures of each', 'items'),
    tableOf('pegging', 'Pegging of 26 weeks, one level', 'items'),
    tableOf('load', 'Load of work centers by week, 26 weeks', 'work centers'),
  ];
}

function* messages(limit: number): Generator<InboundMessage> {
  for (const batch of demoBatches('large', limit)) yield* batch.messages;
}

function itemQuery({ keys }: DemoPicture, rows: number, fields: string): DocumentNode {
  const representations = keys.slice(0, rows).map(({ sku, location }) => {
    return `{ __typename: "ItemLocation", sku: ${JSON.stringify(sku)}, location: { code: ${JSON.stringify(location)} } }`;
  });
  return parse(`{ _entities(representations: [${representations.join()}]) { ... on ItemLocation { ${fields} } } }`);
}

function workCenterQuery({ workCenterCodes }: DemoPicture, rows: number): DocumentNode {
  const representations = workCenterCodes.slice(0, rows).map((code) => {
    return `{ __typename: "WorkCenter", code: ${JSON.stringify(code)} }`;
  });
  return parse(
    `{ _entities(representations: [${representations.join()}]) { ... on WorkCenter { load(${RANGE}, granularity: WEEK) {
      overdueMinutes buckets { bucketStart loadMinutes availableMinutes utilizationPercent overloadMinutes critical }
    } } } }`,
  );
}

const RANGE = `from: "${TODAY}", to: "${TO}"`;
const QUANTITIES = [
  'forecast',
  'netForecast',
  'customerOrders',
  'dependentDemand',
  'grossDemand',
  'netDemand',
  'scheduledReceipts',
  'plannedReceipts',
  'projectedAvailableBalance',
  'availableToPromise',
  'shortage',
];
const RECORD = `supplyDemand(${RANGE}, granularity: WEEK) {
  unit buckets { bucketStart belowSafetyStock ${QUANTITIES.map((name) => `${name} { value unit }`).join(' ')} }
}`;
const PEGGING = `pegging(${RANGE}) {
  demands { kind dueOn quantity { value unit } uncovered { value unit } covers { kind availableOn late quantity { value unit } } }
}`;

function rowOf(
  { rows, perSecond, p50Ms, p95Ms, cpuMsPerOperation }: Summary & { readonly rows: number },
  what: string,
) {
  return {
    [what]: String(rows),
    'requests/s': perSecond,
    'p50 ms': p50Ms,
    'p95 ms': p95Ms,
    'CPU ms': cpuMsPerOperation,
    'CPU ms of each': cpuMsPerOperation / rows,
  };
}

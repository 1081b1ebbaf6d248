import { upTo } from './subgraphs/world.ts';
import type { WorldName } from './subgraphs/worlds.ts';

/** What a gateway is asked. Requests vary, so that no cache of answers and no deduplication gives them. */
export interface Workload {
  readonly name: string;
  readonly title: string;
  readonly world: WorldName;
  /** Requests at once, each on a connection of its own; or subscribers. */
  readonly connections: number;
  readonly requests: readonly Request[];
  /** Requests are subscriptions, one for each subscriber in turn. */
  readonly subscriptions?: boolean;
  /** Every request is another operation: none is repeated, also not to warm up. */
  readonly distinct?: boolean;
}

export interface Request {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly operationName: string;
}

const SUBSCRIBERS = 2000;
const CONNECTIONS = 8;

const PLANTS = upTo(64, (index) => `P1${String(index).padStart(2, '0')}`);
const TO = '2027-02-08';

const supplyDemand = `
query SupplyDemand($plant: ID!, $from: Date!, $to: Date!, $first: Int!) {
  location(code: $plant) {
    code
    name
    timeZone
    items(first: $first) {
      totalCount
      pageInfo { hasNextPage endCursor }
      nodes {
        sku
        product { name family abcClass baseUnit }
        planning {
          planner
          lotSizeRule
          safetyStock { value unit }
          leadTimeDays
          demandTimeFenceDays
          planningTimeFenceDays
        }
        forecast(from: $from, to: $to, granularity: WEEK) { bucketStart quantity { value unit } version }
        inventory {
          onHand { value unit }
          available { value unit }
          onQualityInspection { value unit }
          asOf
          freshness
        }
        productionOrders(first: 5, states: [FIRMED, RELEASED, IN_PROGRESS]) {
          totalCount
          nodes {
            id
            state
            quantity { value unit }
            scheduledStart
            scheduledEnd
            onHold
            operations { sequence state workCenter { code name state utilization(from: $from, to: $to) } }
          }
        }
        supplierCommitments(first: 5) {
          nodes {
            id
            supplier { id name }
            requiredOn
            committedOn
            required { value }
            committed { value }
            confirmation
          }
        }
      }
    }
  }
}`;

const nested = `
query Reviews($catalog: String!) {
  users(catalog: $catalog) {
    ...UserParts
    reviews {
      ...ReviewParts
      product {
        ...ProductParts
        reviews { ...ReviewParts author { ...UserParts reviews { ...ReviewParts product { ...ProductParts } } } }
      }
    }
  }
  topProducts(catalog: $catalog, first: 5) {
    ...ProductParts
    reviews { ...ReviewParts author { ...UserParts reviews { ...ReviewParts product { ...ProductParts } } } }
  }
}
fragment UserParts on User { id username name }
fragment ReviewParts on Review { id body }
fragment ProductParts on Product { inStock name price shippingEstimate upc weight }`;

const reviseCommitment = `
mutation ReviseCommitment($id: ID!, $committedOn: Date!) {
  reviseCommitment(id: $id, committedOn: $committedOn) {
    id
    committedOn
    confirmation
    supplier { id name }
    item { sku product { name family } inventory { onHand { value unit } available { value unit } } }
  }
}`;

const commitmentRevised = `
subscription CommitmentRevised($minDaysLate: Int!) {
  supplierCommitmentRevised(minDaysLate: $minDaysLate) {
    revision
    id
    committedOn
    confirmation
    supplier { id name }
    item {
      sku
      product { name family }
      inventory { onHand { value unit } available { value unit } }
      productionOrders(first: 5) { nodes { id state scheduledStart operations { workCenter { name state } } } }
    }
  }
}`;

/** Those of other subgraphs first, so that neighbouring numbers differ in their plans. */
const OPTIONAL_FIELDS = [
  'inventory { onHand { value } freshness }',
  'forecast(from: "2026-11-23", to: "2026-12-07") { bucketStart quantity { value unit } }',
  'supplierCommitments(first: 2) { nodes { id committedOn supplier { name } } }',
  'productionOrders(first: 2) { nodes { id state operations { sequence workCenter { code name state } } } }',
  'onHand: inventory { onHand { unit } asOf }',
  'weekly: forecast(from: "2026-11-23", to: "2026-11-30", granularity: WEEK) { version }',
  'confirmed: supplierCommitments(first: 1) { nodes { confirmation requiredOn } }',
  'held: productionOrders(first: 1, states: [FIRMED]) { totalCount nodes { onHold quantity { value } } }',
  'product { name }',
  'classified: product { abcClass family }',
  'unit: product { baseUnit }',
  'planning { planner leadTimeDays }',
  'fences: planning { demandTimeFenceDays planningTimeFenceDays }',
  'stock: planning { safetyStock { value unit } lotSizeRule }',
  'id',
] as const;

/** Those that run to see whether it runs, unless others are named. */
export const QUICK_WORKLOADS = ['large', 'nested', 'mutation', 'subscribers'];

/** In the order in which they run. */
export const workloads: readonly Workload[] = [
  {
    name: 'large',
    title: 'Large: the flagship query, 50 items of six subgraphs',
    world: 'plant',
    connections: CONNECTIONS,
    requests: PLANTS.map((code) => supply(code, 50)),
  },
  {
    name: 'small',
    title: 'Small: the flagship query, one item',
    world: 'plant',
    connections: CONNECTIONS,
    requests: PLANTS.flatMap((code) => upTo(4, (week) => supply(code, 1, `2026-11-2${week}`))),
  },
  {
    name: 'nested',
    title: "Nested: the shape of the public gateway benchmark's query",
    world: 'shop',
    connections: CONNECTIONS,
    requests: upTo(64, (index) => ({
      query: nested,
      variables: { catalog: `c${10 + index}` },
      operationName: 'Reviews',
    })),
  },
  {
    name: 'distinct',
    title: 'Distinct: every request another operation, none planned before',
    world: 'plant',
    connections: CONNECTIONS,
    requests: upTo(20_000, distinctOperation),
    distinct: true,
  },
  {
    name: 'huge',
    title: 'Huge: an answer of 8 MiB, 2,985 items',
    world: 'plant',
    connections: 2,
    requests: PLANTS.slice(0, 4).map((code) => supply(code, 2985)),
  },
  {
    name: 'mutation',
    title: 'Mutation: one commitment revised, its item from two more subgraphs',
    world: 'plant',
    connections: CONNECTIONS,
    requests: upTo(256, (index) => ({
      query: reviseCommitment,
      variables: { id: `P1${10 + (index % 64)}/FG-1000/SC-${index}`, committedOn: '2026-12-24' },
      operationName: 'ReviseCommitment',
    })),
  },
  {
    name: 'subscribers',
    title: `Subscribers: ${SUBSCRIBERS} of one subscription, each event with data of four more subgraphs`,
    world: 'plant',
    connections: SUBSCRIBERS,
    requests: [revised(0)],
    subscriptions: true,
  },
  {
    name: 'subscriptions',
    title: `Subscriptions: ${SUBSCRIBERS} different ones, each event with data of four more subgraphs`,
    world: 'plant',
    connections: SUBSCRIBERS,
    requests: upTo(SUBSCRIBERS, revised),
    subscriptions: true,
  },
];

function supply(plant: string, first: number, from = '2026-11-23'): Request {
  return { query: supplyDemand, variables: { plant, from, to: TO, first }, operationName: 'SupplyDemand' };
}

export function revised(minDaysLate: number): Request {
  return { query: commitmentRevised, variables: { minDaysLate }, operationName: 'CommitmentRevised' };
}

/** Each number chooses other fields of three items: its bits say which. */
export function distinctOperation(number: number): Request {
  const fields = OPTIONAL_FIELDS.filter((_, bit) => (number >> bit) & 1);
  const query = `query Items($plant: ID!) { location(code: $plant) { items(first: 3) { nodes { sku ${fields.join(' ')} } } } }`;
  return { query, variables: { plant: 'P100' }, operationName: 'Items' };
}

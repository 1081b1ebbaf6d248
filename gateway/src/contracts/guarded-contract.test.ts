import { beforeAll, describe, expect, test } from 'vitest';
import { buildSubgraph } from '../../test-subgraphs/build-subgraph.ts';
import { planner } from '../../test-subgraphs/guarded-machines.ts';
import {
  contractList,
  lifecycleLinks,
  transportsOf,
  versionedSupergraph,
} from '../../test-subgraphs/versioned-machines.ts';
import { createGateway } from '../index.ts';
import type { Supergraph } from '../index.ts';

const links = lifecycleLinks.replace('"@tag"', '"@tag", "@authenticated", "@cost", "@listSize"');
const subgraph = buildSubgraph(
  'prices',
  `${links}
  type Query {
    offers: [Offer!]! @listSize(assumedSize: 10)
    page(first: Int @lifecycle(since: "2026-11"), last: Int @lifecycle(since: "2027-02")): [Offer!]!
      @listSize(slicingArguments: ["first", "last"])
  }
  type Offer {
    id: ID!
    price: Float @authenticated @cost(weight: 5) @lifecycle(removed: "2026-11", replacement: "Offer.amount")
    amount: Amount @authenticated @cost(weight: 7) @lifecycle(since: "2026-11")
    state: OfferState
  }
  type Amount @lifecycle(since: "2026-11") { value: Float }
  enum OfferState { OPEN DONE @lifecycle(removed: "2026-11", reason: "Renamed.") CLOSED @lifecycle(since: "2026-11", formerly: "DONE") }`,
  { Query: { offers: () => [{ id: '1', price: 3, amount: { value: 3 }, state: 'CLOSED' }], page: () => [] } },
);

let supergraph: Supergraph;
beforeAll(async () => {
  supergraph = await versionedSupergraph([subgraph], { ...contractList, audiences: {} });
});

function gatewayOf(version: string) {
  return createGateway({
    supergraph: supergraph.as(supergraph.contracts!.get({ version })!),
    transports: transportsOf([subgraph]),
    cost: { max: 1_000 },
  });
}

const asked = [
  ['2026-08', '{ offers { id price state } }', { price: 3 }, { price: null }, 'DONE'],
  ['2026-11', '{ offers { id amount { value } state } }', { amount: { value: 3 } }, { amount: null }, 'CLOSED'],
] as const;

describe('what the graph says of callers and costs holds in each contract', () => {
  test.each(asked)(
    '%s: who is not authenticated sees nothing of what is guarded',
    async (version, query, open, withheld, state) => {
      const gateway = gatewayOf(version);
      expect(await gateway.execute({ query, caller: planner })).toMatchObject({
        data: { offers: [{ id: '1', ...open, state }] },
      });
      expect(await gateway.execute({ query })).toMatchObject({
        data: { offers: [{ id: '1', ...withheld, state }] },
        errors: [{ path: ['offers', 0, Object.keys(open)[0]] }],
      });
    },
  );

  test('what says how long a list is does so in the contracts that have it', async () => {
    const query = '{ page { id } }';
    expect(await gatewayOf('2026-08').execute({ query })).toEqual({ data: { page: [] } });
    expect(await gatewayOf('2026-11').execute({ query })).toMatchObject({
      errors: [{ message: "The operation's cost cannot be told: Query.page needs exactly one of: first." }],
    });
  });

  test.each(asked)('%s: an operation costs what its fields cost', async (version, query) => {
    const { estimatedCost } = await gatewayOf(version).prepare({
      query,
      caller: planner,
    });
    expect(estimatedCost).toBeGreaterThanOrEqual(version === '2026-08' ? 50 : 70);
  });
});

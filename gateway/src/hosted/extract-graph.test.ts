import { GraphFault, type GraphAnswer, type KeptAsker } from '@takt/extraction';
import { expect, it } from 'vitest';
import { buildSubgraph } from '../../test-subgraphs/build-subgraph.ts';
import { composeGateway } from '../../test-subgraphs/compose-gateway.ts';
import { extractGraph } from './extract-graph.ts';

const never = new AbortController().signal;
const asker = (contract?: string): KeptAsker => ({ scopes: [], sharingKey: '', contract });

async function answersOf(served: (contract?: string) => boolean, contract?: string): Promise<GraphAnswer> {
  const subgraph = buildSubgraph('orders', 'type Query { orders: Int }', { Query: { orders: () => 3 } });
  const gateway = await composeGateway([subgraph]);
  const graph = extractGraph({
    gateway: (of) => (served(of) ? gateway : undefined),
    isBusy: () => false,
    mayExtract: () => true,
  });
  return graph.run({ query: '{ orders }', variables: {}, asker: asker(contract) }, never);
}

const mayPass = (answer: GraphAnswer): boolean[] =>
  'refused' in answer ? answer.refused.map(({ code, message }) => new GraphFault(code, message).mayPass) : [];

it('answers an extract by the contract of who has asked for it, and says where that was answered', async () => {
  expect(await answersOf((contract) => contract === '2026-11', '2026-11')).toEqual({
    data: { orders: 3 },
    errors: [],
    subgraph: 'orders',
    isPartial: false,
  });
});

it.each([undefined, '2026-11'])(
  'has it asked again while the gateway is starting, by contract %s',
  async (contract) => {
    const answer = await answersOf(() => false, contract);
    expect(answer).toMatchObject({ refused: [{ code: 'GATEWAY_UNAVAILABLE' }] });
    expect(mayPass(answer)).toEqual([true]);
  },
);

it('ends it if its contract is not served any more', async () => {
  const answer = await answersOf((contract) => contract === undefined, '2026-11');
  expect(answer).toMatchObject({
    refused: [{ code: 'EXTRACT_CONTRACT_GONE', message: expect.stringContaining('2026-11 is not served') as string }],
  });
  expect(mayPass(answer)).toEqual([false]);
});

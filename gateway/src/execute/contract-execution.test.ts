import fc from 'fast-check';
import { GraphQLError } from 'graphql';
import { beforeAll, describe, expect, test } from 'vitest';
import { buildSubgraph } from '../../test-subgraphs/build-subgraph.ts';
import {
  contractList,
  lifecycleLinks,
  machineSubgraphs,
  transportsOf,
  versionedSupergraph,
} from '../../test-subgraphs/versioned-machines.ts';
import type { MachineData } from '../../test-subgraphs/versioned-machines.ts';
import { createGateway } from '../index.ts';
import type { ContractName, Gateway, Supergraph } from '../index.ts';
import type { Compilation } from './compiled/compiled-runner.ts';

const states = ['IDLE', 'STOPPED', 'HALTED', 'PAUSED'];
let machines: readonly MachineData[] = [];
let changes: readonly MachineData[] = [];
const subgraphs = machineSubgraphs(
  () => machines,
  async function* () {
    yield* await Promise.resolve(changes);
  },
);

let supergraph: Supergraph;
beforeAll(async () => {
  supergraph = await versionedSupergraph(subgraphs);
});

/** A gateway of a contract, and the ways in which it has run operations. */
function gatewayOf(name: ContractName, compilation: Compilation): { gateway: Gateway; ways: string[] } {
  const ways: string[] = [];
  const gateway = createGateway({
    supergraph: supergraph.as(supergraph.contracts!.get(name)!),
    transports: transportsOf(subgraphs),
    compilation,
    onWay: (way) => void ways.push(way),
  });
  return { gateway, ways };
}

const mill: MachineData = {
  id: '1',
  name: 'Mill',
  load: 'PAUSED',
  history: ['IDLE', 'HALTED', 'PAUSED'],
  alarm: 'HALTED',
  alarms: [{ after: 'PAUSED', text: 'hot' }],
};
const query = '{ machines { id load history alarm alarms { text after } name } }';

describe('an enum that changed', () => {
  test.each([
    ['2026-08', { load: 'STOPPED', history: ['IDLE', 'STOPPED', 'STOPPED'], alarm: 'STOPPED', after: 'STOPPED' }],
    ['2026-11', { load: 'HALTED', history: ['IDLE', 'HALTED', 'HALTED'], alarm: 'HALTED', after: 'HALTED' }],
    ['next', { load: 'PAUSED', history: ['IDLE', 'HALTED', 'PAUSED'], alarm: 'HALTED', after: 'PAUSED' }],
  ])('is answered in %s with the values of that version, on text', async (version, { after, ...expected }) => {
    machines = [mill];
    const { gateway, ways } = gatewayOf({ version }, 'always');

    const response = await gateway.execute({ query });

    const machine = { id: '1', name: 'Mill', ...expected, alarms: [{ text: 'hot', after }] };
    expect(response).toEqual({ data: { machines: [machine] } });
    expect(ways).toEqual(['text']);
  });

  test('is refused where its value is one that the version has no other for', async () => {
    machines = [{ ...mill, load: 'STOPPED' }];
    for (const compilation of ['never', 'always'] as const) {
      const { gateway } = gatewayOf({ version: '2026-11' }, compilation);
      const { data, errors } = await gateway.execute({ query: '{ machines { load } }' });
      expect(JSON.parse(JSON.stringify(data))).toEqual({ machines: [{ load: null }] });
      expect(errors).toMatchObject([{ extensions: { code: 'INVALID_VALUE' }, path: ['machines', 0, 'load'] }]);
    }
  });

  test('is answered alike in parts and by subscriptions', async () => {
    machines = [mill];
    changes = [mill, { ...mill, load: 'HALTED' }];
    const { gateway } = gatewayOf({ version: '2026-08' }, 'repeated');

    const deferred = await gateway.prepare({ query: '{ machines { id ... @defer { load alarm } } }' });
    const parts: string[] = [];
    for await (const part of gateway.runIncrementally(deferred, { signal: new AbortController().signal }))
      parts.push(part);
    expect(parts.join()).toContain('"load":"STOPPED"');
    expect(parts.join()).toContain('"alarm":"STOPPED"');
    expect(parts.join()).not.toMatch(/HALTED|PAUSED/);

    const seen: unknown[] = [];
    for await (const { data } of gateway.subscribe({ query: 'subscription { machineChanged { load alarm } }' }))
      seen.push(data);
    expect(JSON.parse(JSON.stringify(seen))).toEqual(
      Array(2).fill({ machineChanged: { load: 'STOPPED', alarm: 'STOPPED' } }),
    );
    await gateway.close();
  });

  test('is taken from clients with the values of their version', async () => {
    machines = [{ ...mill, load: 'STOPPED' }];
    const { gateway } = gatewayOf({ version: '2026-08' }, 'repeated');
    const find = 'query ($state: MachineState) { find(filter: { state: $state }) { id } }';
    expect(await gateway.execute({ query: find, variables: { state: 'STOPPED' } })).toEqual({
      data: { find: [{ id: '1' }] },
    });
    expect(await gateway.execute({ query: find, variables: { state: 'HALTED' } })).toMatchObject({
      errors: [{ extensions: { code: 'BAD_USER_INPUT' } }],
    });
  });

  test('is answered alike on text, on objects and interpreted', async () => {
    const gateways = ['2026-08', '2026-11', 'next'].map((version) =>
      (['always', 'checked', 'never'] as const).map((compilation) => gatewayOf({ version }, compilation).gateway),
    );
    const state = fc.constantFrom(...states, 'NONSENSE');
    const machine = fc.record({
      id: fc.constantFrom('1', '2'),
      name: fc.string(),
      load: fc.option(state),
      history: fc.array(state, { maxLength: 4 }),
      alarm: fc.option(state),
      alarms: fc.array(fc.record({ after: state, text: fc.string() }), { maxLength: 3 }),
    });
    const queries = [
      query,
      '{ machines { name } }',
      '{ machines { load } named { name ... on Machine { alarm history } } }',
      '{ machines { alarms { after } again: history forecast { hours } id } }',
    ];
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(machine, { selector: ({ id }) => id, maxLength: 2 }),
        fc.constantFrom(...queries),
        fc.constantFrom(...gateways),
        async (given, asked, ways) => {
          machines = given;
          const options = { signal: new AbortController().signal };
          const [text, objects, interpreted] = await Promise.all(
            ways.map(async (gateway) => gateway.run(await gateway.prepare({ query: asked }), options)),
          );
          expect(text).toBe(objects);
          expect(JSON.parse(text!).data).toEqual(JSON.parse(interpreted!).data);
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe('an error at what the client did not ask for', () => {
  const analytics = contractList.audiences['analytics']!;
  const links = lifecycleLinks.replace('"@tag"', '"@tag", "@requires", "@external"');
  const hiding = [
    buildSubgraph(
      'plants',
      `${links}
      type Query { plants: [Plant!]! }
      type Plant @key(fields: "id") { id: ID! plan: Int! @tag(name: "planning") }`,
      {
        Query: { plants: () => [{ id: '1' }] },
        Plant: { plan: () => Promise.reject(new GraphQLError('There is no plan.')) },
      },
    ),
    buildSubgraph(
      'loads',
      `${links}
      type Plant @key(fields: "id") { id: ID! plan: Int! @external load: Int @requires(fields: "plan") }`,
      { Plant: { load: () => 1 } },
    ),
  ];

  test.each(['never', 'checked', 'always'] as const)('is told without what it says (%s)', async (compilation) => {
    const graph = await versionedSupergraph(hiding, { ...contractList, audiences: { analytics } });
    const gateway = createGateway({
      supergraph: graph.as(graph.contracts!.get({ version: '2026-11', audience: 'analytics' })!),
      transports: transportsOf(hiding),
      compilation,
    });
    const { errors } = await gateway.execute({ query: '{ plants { id load } }' });
    expect(errors).toMatchObject([{ path: ['plants', 0], extensions: { service: 'plants' } }]);
    expect(JSON.stringify(errors)).not.toMatch(/\bplan\b/);
  });
});

describe('an object whose type the version does not have', () => {
  test.each(['never', 'checked', 'always'] as const)('is null with an error at its place (%s)', async (compilation) => {
    machines = [mill];
    const { gateway } = gatewayOf({ version: '2026-08' }, compilation);

    const { data, errors } = await gateway.execute({ query: '{ named { __typename name } }' });

    expect(data).toBeNull();
    expect(errors).toMatchObject([{ extensions: { code: 'INVALID_VALUE' }, path: ['named', 1] }]);
  });

  test('is there in a version that has it', async () => {
    const { gateway } = gatewayOf({ version: '2026-11' }, 'always');
    expect(await gateway.execute({ query: '{ named { __typename name } assets { ... on Robot { name } } }' })).toEqual({
      data: {
        named: [
          { __typename: 'Machine', name: 'Mill' },
          { __typename: 'Robot', name: 'Rob' },
        ],
        assets: [{}, { name: 'Rob' }],
      },
    });
  });
});

import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { machineSubgraphs, transportsOf, versionedSupergraph } from '../../test-subgraphs/versioned-machines.ts';
import { createGateway, loadSupergraph } from '../index.ts';
import type { ContractName, OperationRefused, Supergraph } from '../index.ts';
import { createOperationPlanner } from './operation-planner.ts';
import { inlinePlanMaker, lentPlanMaker } from './plan-maker.ts';
import { createPlanningPool } from './planning-pool.ts';
import type { PlanningPool } from './planning-pool.ts';

// A thread takes seconds to start on a busy machine.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const subgraphs = machineSubgraphs(() => [
  { id: '1', name: 'Mill', load: 'HALTED', history: [], alarm: null, alarms: [] },
]);
let supergraph: Supergraph;
let pool: PlanningPool;
beforeAll(async () => {
  const { sdl } = await versionedSupergraph(subgraphs);
  supergraph = loadSupergraph(sdl, { plansElsewhere: true });
  pool = createPlanningPool(sdl);
});
afterAll(() => pool.close());

const view = (name: ContractName) => supergraph.as(supergraph.contracts!.get(name)!);
const plannerOf = (name: ContractName) => createOperationPlanner(view(name), undefined, lentPlanMaker(pool));
const refusalOf = (planning: Promise<unknown>) =>
  planning.then(
    () => 'not refused',
    (error: unknown) => (error as OperationRefused).errors.map(({ message }) => message).join('\n'),
  );

describe('an operation of a contract', () => {
  test('is planned if the contract has what it asks for', async () => {
    await expect(plannerOf({ version: '2026-08' }).plan('{ machines { status } }', undefined)).resolves.toBeDefined();
    await expect(
      plannerOf({ version: 'next' }).plan('{ machines { dueIn(unit: DAYS) } }', undefined),
    ).resolves.toBeDefined();
  });

  test.each([
    [
      '2026-08',
      undefined,
      '{ machines { state } }',
      'Cannot query field "state" on type "Machine". Did you mean "status" or "name"?',
    ],
    [
      '2026-11',
      undefined,
      '{ machines { status } }',
      'Cannot query field "status" on type "Machine". Did you mean "state"?',
    ],
    [
      '2026-11',
      undefined,
      '{ machine(id: 1, state: STOPPED) { id } }',
      'Value "STOPPED" does not exist in "MachineState" enum.',
    ],
    ['2026-11', 'suppliers', '{ forecast { hours } }', 'Cannot query field "forecast" on type "Query".'],
  ])('in %s %s is refused in that contract’s words', async (version, audience, query, message) => {
    const refusal = await refusalOf(plannerOf({ version, audience }).plan(query, undefined));
    expect(refusal).toContain(message);
  });

  test('is refused alike where it is planned on the calling thread', async () => {
    const planner = createOperationPlanner(view({ version: '2026-08' }), undefined, inlinePlanMaker(supergraph));
    expect(await refusalOf(planner.plan('{ machines { state } }', undefined))).toContain('Did you mean "status"');
  });

  test('is planned by one pool that planners leave open', async () => {
    const one = plannerOf({ version: '2026-08' });
    one.rest();
    await one.close();
    await expect(plannerOf({ version: '2026-11' }).plan('{ machines { state } }', undefined)).resolves.toBeDefined();
  });
});

describe('what an operation uses that is deprecated', () => {
  const deprecationsOf = async (query: string, version = '2026-11') =>
    (await plannerOf({ version }).plan(query, 'Q')).deprecations;

  test.each([
    ['nothing', 'query Q { machines { size { width } } }', undefined],
    ['a field', 'query Q { machines { width } }', { deprecated: '2026-11', removed: '2027-02' }],
    [
      'a field of a fragment',
      'query Q { machines { ...F } } fragment F on Machine { height }',
      { deprecated: '2026-11', removed: '2027-02' },
    ],
    ['a field of another operation', 'query Q { machines { id } } query Other { machines { width } }', undefined],
    [
      'an input field',
      'query Q { find(filter: { minWidth: 1 }) { id } }',
      { deprecated: '2026-11', removed: '2027-02' },
    ],
  ])('%s', async (_, query, expected) => {
    expect(await deprecationsOf(query)).toEqual(expected);
  });

  test('an enum value that is not known to go', async () => {
    expect(await deprecationsOf('query Q { machine(id: 1, state: HALTED) { id } }', 'next')).toEqual({
      deprecated: '2027-02',
      removed: undefined,
    });
  });

  test('is nothing in a version that does not warn of it', async () => {
    expect(await deprecationsOf('query Q { machines { width } }', '2026-08')).toBeUndefined();
  });
});

describe('introspection through a gateway of a contract', () => {
  test('tells that contract only', async () => {
    const gatewayOf = (version: string) =>
      createGateway({
        supergraph: view({ version }),
        planner: plannerOf({ version }),
        transports: transportsOf(subgraphs),
      });
    const query = '{ __type(name: "Machine") { fields { name } } __schema { types { name } } }';
    const [old, stable] = await Promise.all(
      ['2026-08', '2026-11'].map((version) => gatewayOf(version).execute({ query })),
    );
    expect(JSON.stringify(old)).toContain('"status"');
    expect(JSON.stringify(old)).not.toContain('"Size"');
    expect(JSON.stringify(stable)).toContain('"Size"');
    expect(JSON.stringify(stable)).not.toContain('"status"');
  });
});

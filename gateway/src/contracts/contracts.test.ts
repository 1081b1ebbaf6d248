import { assertValidSchema, GraphQLEnumType, isEnumType, isObjectType } from 'graphql';
import { beforeAll, describe, expect, test } from 'vitest';
import { buildSubgraph } from '../../test-subgraphs/build-subgraph.ts';
import {
  contractList,
  lifecycleLinks,
  machineSubgraphs,
  versionedSupergraph,
} from '../../test-subgraphs/versioned-machines.ts';
import type { Contracts, Supergraph } from '../index.ts';
import { contractSdl } from './derive-contract.ts';

let supergraph: Supergraph;
let contracts: Contracts;
beforeAll(async () => {
  supergraph = await versionedSupergraph(machineSubgraphs(() => []));
  contracts = supergraph.contracts!;
});

const schemaOf = (version: string, audience?: string) => contracts.get({ version, audience })!.schema;
const fieldsOf = (type: string, version: string, audience?: string) => {
  const found = schemaOf(version, audience).getType(type);
  return isObjectType(found) ? Object.keys(found.getFields()) : undefined;
};
const valuesOf = (version: string) =>
  (schemaOf(version).getType('MachineState') as GraphQLEnumType).getValues().map(({ name }) => name);

describe('the contracts of a supergraph', () => {
  test('are those of the list that was put into it', () => {
    expect(contracts.list).toEqual(contractList);
    expect(contracts.names().map((name) => contracts.get(name)?.label)).toEqual([
      '2026-08',
      '2026-11',
      'next',
      'suppliers/2026-08',
      'suppliers/2026-11',
      'suppliers/next',
      'analytics/2026-08',
      'analytics/2026-11',
      'analytics/next',
    ]);
  });

  test('have the elements that are alive in their version', () => {
    expect(fieldsOf('Machine', '2026-08')).toContain('status');
    expect(fieldsOf('Machine', '2026-08')).not.toContain('state');
    expect(fieldsOf('Machine', '2026-11')).not.toContain('status');
    expect(fieldsOf('Machine', '2026-11')).toContain('state');
    expect(fieldsOf('Size', '2026-08')).toBeUndefined();
    expect(fieldsOf('Machine', 'next')).not.toContain('width');
    expect(valuesOf('2026-08')).toEqual(['IDLE', 'STOPPED']);
    expect(valuesOf('2026-11')).toEqual(['IDLE', 'HALTED']);
    expect(valuesOf('next')).toEqual(['IDLE', 'HALTED', 'PAUSED']);
  });

  test('print what they show', () => {
    expect(contractSdl({ schema: schemaOf('2026-11') })).toMatchInlineSnapshot(`
      "directive @defer(if: Boolean! = true, label: String) on FRAGMENT_SPREAD | INLINE_FRAGMENT

      type Alarm {
        after: MachineState!
        text: String!
      }

      union Asset = Machine | Robot

      type Forecast {
        hours: Float
      }

      """A machine of the plant."""
      type Machine implements Named {
        alarm: MachineState
        alarms: [Alarm!]!
        forecast: Forecast
        height: Float @deprecated(reason: "Use Machine.size.")
        history: [MachineState!]!
        id: ID!
        load: MachineState
        name: String!
        size: Size
        state: MachineState!
        width: Float @deprecated(reason: "Sizes have a unit. Use Machine.size.")
      }

      input MachineFilter {
        minSize: Float
        minWidth: Float @deprecated(reason: "Use MachineFilter.minSize.")
        state: MachineState = HALTED
      }

      """What a machine does."""
      enum MachineState {
        HALTED
        IDLE
      }

      interface Named {
        name: String!
      }

      """What can be asked."""
      type Query {
        assets: [Asset!]!
        find(filter: MachineFilter): [Machine!]!
        forecast: Forecast
        machine(id: ID!, state: MachineState): Machine
        machines: [Machine!]!
        named: [Named!]!
      }

      type Robot implements Named {
        name: String!
      }

      type Size {
        height: Float
        unit: String
        width: Float
      }

      type Subscription {
        machineChanged: Machine!
      }"
    `);
  });

  test('say what takes the place of what is deprecated', () => {
    const machine = schemaOf('2026-11').getType('Machine');
    const { width, state } = isObjectType(machine) ? machine.getFields() : {};
    expect(width?.deprecationReason).toBe('Sizes have a unit. Use Machine.size.');
    expect(width?.extensions['lifecycle']).toMatchObject({ deprecated: '2026-11', removed: '2027-02' });
    expect(state?.extensions['lifecycle']).toEqual({ since: '2026-11' });
  });

  test('tell which values of the graph an enum shows as others', () => {
    const shownAs = (version: string) => {
      const type = schemaOf(version).getType('MachineState');
      return isEnumType(type) ? { ...(type.extensions['shownAs'] as object | undefined) } : undefined;
    };
    expect(shownAs('2026-08')).toEqual({ HALTED: 'STOPPED', PAUSED: 'STOPPED' });
    expect(shownAs('2026-11')).toEqual({ PAUSED: 'HALTED' });
    expect(shownAs('next')).toEqual({});
  });

  test('name what takes the place of a default that they do not show', () => {
    expect(contractSdl({ schema: schemaOf('2026-08') })).toContain('state: MachineState = STOPPED');
  });

  test('of an audience have what it may see', () => {
    expect(fieldsOf('Query', '2026-11', 'suppliers')).toEqual(['machine']);
    expect(fieldsOf('Machine', '2026-11', 'suppliers')).not.toContain('forecast');
    expect(fieldsOf('Machine', '2026-11', 'suppliers')).toContain('size');
    for (const audience of ['suppliers', 'analytics']) {
      expect(contractSdl({ schema: schemaOf('next', audience) })).not.toContain('orecast');
    }
    expect(fieldsOf('Query', '2026-11', 'analytics')).toContain('assets');
  });

  test('are valid schemas with the directives that the gateway offers', () => {
    for (const name of contracts.names()) {
      const { schema } = contracts.get(name)!;
      assertValidSchema(schema);
      expect(schema.getDirective('defer')).toBeDefined();
    }
  });

  test('share their schema where they show the same', async () => {
    const more = { version: '2026-12', released: '2026-12-31' };
    const list = { ...contractList, releases: [...contractList.releases, more] };
    const { contracts: twelve } = await versionedSupergraph(
      machineSubgraphs(() => []),
      list,
    );
    expect(twelve!.get({ version: '2026-12' })!.schema).toBe(twelve!.get({ version: '2026-11' })!.schema);
    expect(twelve!.get({ version: '2026-12' })).toBe(twelve!.get({ version: '2026-12' }));
  });

  test('are none under other names', () => {
    expect(contracts.get({ version: '2026-09' })).toBeUndefined();
    expect(contracts.get({ version: '2027-02' })).toBeUndefined();
    expect(contracts.get({ version: '2026-11', audience: 'toString' })).toBeUndefined();
  });

  test('name no replacement that they do not show', async () => {
    const sdl = `${lifecycleLinks}
      type Query {
        open: Int @lifecycle(deprecated: "2026-08", removed: "2027-02", replacement: "Plan.hours")
        told: Int @lifecycle(deprecated: "2026-08", removed: "2027-02", reason: "Too coarse.", replacement: "Query.plan")
        plan: Plan
        stays: Int
      }
      type Plan @tag(name: "planning") { hours: Int }`;
    const { contracts: hiding } = await versionedSupergraph([buildSubgraph('graph', sdl)], {
      ...contractList,
      audiences: { analytics: contractList.audiences['analytics']! },
    });
    const whole = hiding!.get({ version: '2026-11' })!;
    const hidden = hiding!.get({ version: '2026-11', audience: 'analytics' })!;
    expect(contractSdl(whole)).toContain('open: Int @deprecated(reason: "Use Plan.hours.")');
    expect(contractSdl(hidden)).toContain('open: Int @deprecated\n');
    expect(contractSdl(hidden)).toContain('told: Int @deprecated(reason: "Too coarse.")\n');
    const lives = Object.values(hidden.schema.getQueryType()!.getFields()).map(({ extensions }) => extensions);
    expect(JSON.stringify(lives)).not.toMatch(/replacement|plan/i);
  });

  test('say from when on there is a replacement that comes later, to whom it will be shown', async () => {
    const sdl = `${lifecycleLinks}
      type Query {
        old: Int @lifecycle(deprecated: "2026-08", removed: "2026-11", reason: "Too coarse.", replacement: "Query.new")
        new: Int @lifecycle(since: "2026-11")
        open: Int @lifecycle(deprecated: "2026-08", replacement: "Plan.hours")
        kept: Int @lifecycle(deprecated: "2026-11", replacement: "Plan.hours")
        plan: Plan @lifecycle(since: "2027-02")
      }
      type Plan @lifecycle(since: "2027-02") @tag(name: "planning") { hours: Int }`;
    const { contracts: coming } = await versionedSupergraph([buildSubgraph('graph', sdl)], {
      ...contractList,
      audiences: { analytics: contractList.audiences['analytics']! },
    });
    const told = (version: string, audience?: string) =>
      contractSdl(coming!.get({ version, audience })!)
        .split('\n')
        .filter((line) => line.includes('Int'))
        .map((line) => line.trim());
    expect(told('2026-08')).toEqual([
      'kept: Int',
      'old: Int @deprecated(reason: "Too coarse. Use Query.new from 2026-11 on.")',
      'open: Int @deprecated(reason: "Use Plan.hours from 2027-02 on.")',
    ]);
    expect(told('2026-11')).toEqual([
      'kept: Int @deprecated(reason: "Use Plan.hours from 2027-02 on.")',
      'new: Int',
      'open: Int @deprecated(reason: "Use Plan.hours from 2027-02 on.")',
    ]);
    expect(told('next')).toContain('open: Int @deprecated(reason: "Use Plan.hours.")');
    expect(told('2026-08', 'analytics')).toEqual([
      'kept: Int',
      'old: Int @deprecated(reason: "Too coarse. Use Query.new from 2026-11 on.")',
      'open: Int @deprecated',
    ]);
    for (const version of ['2026-08', '2026-11', 'next']) {
      const { schema } = coming!.get({ version, audience: 'analytics' })!;
      const lives = Object.values(schema.getQueryType()!.getFields()).map(({ extensions }) => extensions);
      expect(contractSdl({ schema }) + JSON.stringify(lives)).not.toMatch(/plan/i);
    }
  });
});

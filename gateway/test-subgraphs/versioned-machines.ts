import { composeSupergraph, inProcessTransport, loadSupergraph, stampContracts } from '../src/index.ts';
import type { ContractList, InProcessSubgraph, Supergraph } from '../src/index.ts';
import { buildSubgraph } from './build-subgraph.ts';

/** What a subgraph begins with whose elements have lives. */
export const lifecycleLinks = `
  extend schema
    @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable", "@tag", "@composeDirective"])
    @link(url: "https://takt.example/lifecycle/v1.0", import: ["@lifecycle"])
    @composeDirective(name: "@lifecycle")
  directive @lifecycle(since: String, deprecated: String, removed: String, reason: String, replacement: String, formerly: String)
    repeatable on SCALAR | OBJECT | FIELD_DEFINITION | ARGUMENT_DEFINITION | INTERFACE | UNION | ENUM | ENUM_VALUE | INPUT_OBJECT | INPUT_FIELD_DEFINITION
`;

/** A renamed field (`status`), a split type (`width`, `height`), a changed enum (`STOPPED`), twice, and a coming field. */
const machinesSdl = `${lifecycleLinks}
  "What can be asked."
  type Query {
    machines: [Machine!]!
    machine(id: ID!, state: MachineState): Machine @tag(name: "suppliers")
    find(filter: MachineFilter): [Machine!]!
    assets: [Asset!]! @lifecycle(since: "2026-11")
    named: [Named!]!
    forecast: Forecast @tag(name: "planning")
  }
  type Subscription { machineChanged: Machine! }
  interface Named { name: String! }
  union Asset = Machine | Robot
  type Robot implements Named @lifecycle(since: "2026-11") { name: String! }
  "A machine of the plant."
  type Machine implements Named @key(fields: "id") @tag(name: "suppliers") {
    id: ID!
    name: String!
    status: String! @lifecycle(removed: "2026-11", replacement: "Machine.state")
    state: MachineState! @lifecycle(since: "2026-11")
    load: MachineState
    history: [MachineState!]!
    width: Float @lifecycle(deprecated: "2026-11", removed: "2027-02", reason: "Sizes have a unit.", replacement: "Machine.size")
    height: Float @lifecycle(deprecated: "2026-11", removed: "2027-02", replacement: "Machine.size")
    size: Size @lifecycle(since: "2026-11")
    forecast: Forecast
    dueIn(unit: Unit = HOURS): Float @lifecycle(since: "2027-02")
  }
  type Forecast @tag(name: "planning") { hours: Float }
  type Size @lifecycle(since: "2026-11") @tag(name: "suppliers") { width: Float height: Float unit: String }
  enum Unit @lifecycle(since: "2027-02") { HOURS DAYS }
  input MachineFilter {
    state: MachineState = HALTED
    minWidth: Float @lifecycle(deprecated: "2026-11", removed: "2027-02", replacement: "MachineFilter.minSize")
    minSize: Float @lifecycle(since: "2026-11")
  }
  "What a machine does."
  enum MachineState {
    IDLE
    "It does nothing, and not by its own will."
    STOPPED @lifecycle(removed: "2026-11", replacement: "MachineState.HALTED")
    HALTED @lifecycle(since: "2026-11", deprecated: "2027-02", formerly: "STOPPED", reason: "Too many meanings.")
    PAUSED @lifecycle(since: "2027-02", formerly: "HALTED")
  }
`;

/** Knows the states, but not when they came; adds what alarms a machine gives. */
const alarmsSdl = `${lifecycleLinks}
  type Machine @key(fields: "id") { id: ID! alarm: MachineState alarms: [Alarm!]! }
  type Alarm { after: MachineState! text: String! }
  enum MachineState { IDLE STOPPED HALTED PAUSED }
`;

export const contractList: ContractList = {
  stable: '2026-11',
  next: '2027-02',
  releases: [
    { version: '2026-08', released: '2026-08-31', sunset: '2027-08-31' },
    { version: '2026-11', released: '2026-11-26' },
  ],
  audiences: {
    suppliers: { description: 'What suppliers see.', include: ['suppliers'], exclude: ['planning'] },
    analytics: { description: 'Everything but forecasts.', exclude: ['planning'] },
  },
};

export interface MachineData {
  readonly id: string;
  readonly name: string;
  readonly load: string | null;
  readonly history: readonly string[];
  readonly alarm: string | null;
  readonly alarms: readonly { readonly after: string; readonly text: string }[];
}

/** Two subgraphs over the machines; `changes` gives what `machineChanged` tells. */
export function machineSubgraphs(
  current: () => readonly MachineData[],
  changes: () => AsyncIterable<MachineData> = noChanges,
): InProcessSubgraph[] {
  const byId = (id: string) => current().find((machine) => machine.id === id) ?? null;
  const resolveReference = { __resolveReference: ({ id }: { id: string }) => byId(id) };
  return [
    buildSubgraph('machines', machinesSdl, {
      Query: {
        machines: current,
        machine: (_: unknown, { id }: { id: string }) => byId(id),
        find: (_: unknown, { filter }: { filter: { state: string | null } | undefined }) =>
          current().filter(({ load }) => load === filter?.state),
        assets: () => [...current().map((each) => ({ __typename: 'Machine', ...each })), robot],
        named: () => [...current().map((each) => ({ __typename: 'Machine', ...each })), robot],
        forecast: () => ({ hours: 8 }),
      },
      Subscription: {
        machineChanged: {
          subscribe: async function* () {
            for await (const machineChanged of changes()) yield { machineChanged };
          },
        },
      },
      Machine: {
        ...resolveReference,
        status: ({ load }: MachineData) => load ?? 'IDLE',
        state: ({ load }: MachineData) => load ?? 'IDLE',
        width: () => 2,
        height: () => 3,
        size: () => ({ width: 2, height: 3, unit: 'm' }),
        dueIn: () => 4,
      },
    }),
    buildSubgraph('alarms', alarmsSdl, { Machine: resolveReference }),
  ];
}

/** The supergraph of such subgraphs with its list of contracts. */
export async function versionedSupergraph(
  subgraphs: readonly Pick<InProcessSubgraph, 'name' | 'sdl'>[],
  list: ContractList = contractList,
): Promise<Supergraph> {
  const sources = subgraphs.map(({ name, sdl }) => ({ name, transport: { sdl: () => Promise.resolve(sdl) } }));
  return loadSupergraph(stampContracts(await composeSupergraph(sources, new AbortController().signal), list));
}

export function transportsOf(subgraphs: readonly InProcessSubgraph[]) {
  return new Map(subgraphs.map((subgraph) => [subgraph.name, inProcessTransport(subgraph, () => undefined)]));
}

const robot = { __typename: 'Robot', name: 'Rob' };

async function* noChanges(): AsyncGenerator<never> {
  // Nothing ever changes.
}

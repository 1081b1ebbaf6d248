import type { Caller, InProcessSubgraph } from '../src/index.ts';
import { buildSubgraph } from './build-subgraph.ts';

export const planner: Caller = {
  subject: 'ada',
  scopes: new Set(['stock', 'cost:read']),
  expiresAt: undefined,
  sharingKey: 'ada',
};
export const visitor: Caller = { ...planner, subject: 'bob', scopes: new Set() };

const directives = ['authenticated', 'requiresScopes', 'policy'] as const;

/** Ways to name the directives in the subgraphs, and what a supergraph can do to them after that. */
export const namings: Record<string, { link: string; named: (sdl: string) => string; edit?: (sdl: string) => string }> =
  {
    'under their own names': {
      link: '"@authenticated", "@requiresScopes", "@policy"',
      named: (sdl) => sdl,
    },
    'under names that a subgraph gives them': {
      link: directives.map((name) => `{ name: "@${name}", as: "@${name}Here" }`).join(' '),
      named: (sdl) => sdl.replaceAll(/@(authenticated|requiresScopes|policy)\b/g, '@$1Here'),
    },
    'without an import': {
      link: '',
      named: (sdl) => sdl.replaceAll(/@(authenticated|requiresScopes|policy)\b/g, '@federation__$1'),
    },
    'under names that the supergraph gives their specification': {
      link: '"@authenticated", "@requiresScopes", "@policy"',
      named: (sdl) => sdl,
      edit: (sdl) =>
        sdl
          .replaceAll(/specs.apollo.dev\/(authenticated|requiresScopes|policy)\/v0.1"/g, '$&, as: "my_$1"')
          .replaceAll(/@(authenticated|requiresScopes|policy)\b/g, '@my_$1')
          .replaceAll(/\b(requiresScopes|policy)__/g, 'my_$1__'),
    },
  };

type Resolvers = Parameters<typeof buildSubgraph>[2];

export function subgraphOf(name: string, naming: string, sdl: string, resolvers?: Resolvers): InProcessSubgraph {
  const { link = '', named = String } = namings[naming] ?? {};
  const imports = `"@key" "@requires" "@external" "@shareable" "@context" "@fromContext" "@interfaceObject" ${link}`;
  const header = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9" import: [${imports}])`;
  return buildSubgraph(name, `${header}\n${named(sdl)}`, resolvers);
}

export const own = 'under their own names';

const drill = { __typename: 'Drill', id: 'm1', name: 'Drill', price: 100, serial: 7, secret: 's1', torque: 3 };
const press = { __typename: 'Press', id: 'm2', name: 'Press', price: 200, serial: 8, secret: 's2' };

export function machines(naming: string): InProcessSubgraph {
  return subgraphOf(
    'machines',
    naming,
    `type Query {
       machines: [Machine!]!
       drills: [Drill!]!
       drill: Drill
       press: Press
       search: [Hit!]!
       nodes: [Node!]!
       report: Report @authenticated
       must: Int! @authenticated
       open: Int
       planted: Plant
     }
     type Mutation { scrap: Int @requiresScopes(scopes: [["stock"]]) keep: Int }
     type Subscription { ticks: Tick! secretTicks: Tick! @authenticated }
     type Tick { at: Int! secret: Int @authenticated }
     interface Node { id: ID! }
     interface Machine implements Node { id: ID! name: String serial: Int secret: String }
     type Drill implements Machine & Node @key(fields: "id") {
       id: ID! name: String
       price(currency: String): Int @requiresScopes(scopes: [["cost:read", "stock"], ["admin"]])
       serial: Int
       secret: String @policy(policies: [["night shift"], ["owner", "insured"]])
       torque: Int! @authenticated
     }
     type Press implements Machine & Node @key(fields: "id") @authenticated { id: ID! name: String price: Int serial: Int secret: String }
     type Plan { id: ID! }
     type Kit { name: String }
     union Hit = Drill | Press | Kit
     type Report { title: String rating: Rating badge: Badge }
     enum Rating @requiresScopes(scopes: [["rate"]]) { A B }
     scalar Badge @policy(policies: [["badge"]])
     type Plant @context(name: "plant") { currency: String @authenticated shop: Shop }
     type Shop @key(fields: "id") { id: ID! label(currency: String @fromContext(field: "$plant { currency }")): String @authenticated }`,
    {
      Query: {
        machines: () => [drill, press],
        drills: () => [drill, drill],
        drill: () => drill,
        press: () => press,
        search: () => [drill, press, { __typename: 'Kit', name: 'Kit' }],
        nodes: () => [drill, press],
        report: () => ({ title: 'Report', rating: 'A', badge: 'gold' }),
        must: () => 1,
        open: () => 2,
        planted: () => ({ currency: 'CHF', shop: { id: 's' } }),
      },
      Shop: {
        __resolveReference: (shop: object) => shop,
        label: (_: unknown, args: { currency: string }) => args.currency,
      },
      Mutation: { scrap: () => 1, keep: () => 2 },
      Subscription: {
        ticks: { subscribe: () => ticks() },
        secretTicks: { subscribe: () => ticks() },
      },
      Drill: { __resolveReference: () => drill },
      Press: { __resolveReference: () => press },
    },
  );
}

async function* ticks() {
  yield await Promise.resolve({ ticks: { at: 1, secret: 2 }, secretTicks: { at: 1, secret: 2 } });
}

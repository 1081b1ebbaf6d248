import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkAudienceTags } from './audience-tags.ts';
import { nearestName } from './nearest-name.ts';

const audiences = {
  suppliers: { description: '', include: ['suppliers'], exclude: ['internal'] },
  analytics: { description: '', exclude: ['commands'] },
};
const orders = `
  type Query { order: Order @tag(name: "suppliers") }
  type Mutation { release: Int @tag(name: "commands") }
  type Order @key(fields: "id") { id: ID! status(verbose: Boolean @tag(name: "internal")): Status }
  enum Status { OPEN HELD @tag(name: "internal") }`;

/** Where nothing else is given, the graph is what the one subgraph declares. */
function findingsOf(subgraphs: Readonly<Record<string, string>>, given: object = {}, composed?: string) {
  const texts = Object.entries(subgraphs).map(([name, sdl]) => ({ name, sdl }));
  const supergraphSdl = composed ?? texts.map(({ sdl }) => sdl).join('\n');
  return checkAudienceTags({ ...audiences, ...given }, supergraphSdl, texts);
}

describe('Given audiences and the tags of a graph', () => {
  test('what both mean passes', () => {
    expect(findingsOf({ orders })).toEqual([]);
  });

  test.each([
    ['exclude', 'excludes "internel", which no element has: it hides nothing; the nearest is "internal"'],
    ['include', 'includes "internel", which no element has: it shows nothing; the nearest is "internal"'],
  ])('a tag that an audience misspells in its %s is named, with the audience and what is meant', (list, message) => {
    expect(findingsOf({ orders }, { portal: { description: '', [list]: ['internel'] } })).toMatchObject([
      {
        check: 'audiences',
        severity: 'error',
        where: 'schema/contracts/contracts.json',
        message: `the audience portal ${message}`,
      },
    ]);
  });

  test('a tag that a subgraph misspells is named, with the element and what is meant', () => {
    const misspelt = orders.replace('HELD @tag(name: "internal")', 'HELD @tag(name: "Internal")');
    expect(findingsOf({ orders: misspelt })).toMatchObject([
      {
        severity: 'error',
        where: 'Status.HELD',
        message:
          'has the tag "Internal", which no audience includes or excludes: it hides nothing from anybody; the nearest is "internal"',
      },
    ]);
  });

  test('where no element has a tag there is none that is near', () => {
    const [finding] = checkAudienceTags({ a: { description: '', exclude: ['x'] } }, 'type Query { a: Int }', []);
    expect(finding?.message).toBe('the audience a excludes "x", which no element has: it hides nothing');
  });

  test('a tag that composition loses is named with its subgraph; what it leaves out has none to lose', () => {
    const composed = orders.replace('HELD @tag(name: "internal")', 'HELD');
    const more = `${orders} input Unused { a: Int @tag(name: "internal") }`;
    expect(findingsOf({ orders: more }, {}, composed)).toMatchObject([
      { where: 'Status.HELD', message: 'has the tag "internal" in orders, but not in the composed graph' },
    ]);
  });

  const shipments = (tag: string, field = '') =>
    `type Order @key(fields: "id") ${tag} { id: ID! shipped: Int ${field} }`;

  test('a tag on a type that another subgraph adds fields to would show those, too', () => {
    const composed = `${orders} type Order @tag(name: "suppliers") { id: ID! status: Status shipped: Int }`;
    expect(findingsOf({ orders, shipments: shipments('@tag(name: "suppliers")') }, {}, composed)).toMatchObject([
      {
        where: 'Order',
        message: 'has the tag "suppliers", by which suppliers would see Order.status of orders, too',
        whatToDo: expect.stringContaining('give it to the fields that are meant'),
      },
    ]);
  });

  test.each<[string, Record<string, string>]>([
    ['of its fields only', { orders, shipments: shipments('', 'late: Int @tag(name: "suppliers")') }],
    ['of a type that hides', { orders, shipments: shipments('@tag(name: "internal")') }],
    [
      'of a type whose fields all subgraphs have',
      { orders, one: 'type Page { a: Int }', other: 'type Page @tag(name: "suppliers") { a: Int }' },
    ],
    [
      'of a type whose other fields have it themselves',
      {
        orders: orders.replace('Status }', 'Status @tag(name: "suppliers") }'),
        shipments: shipments('@tag(name: "suppliers")'),
      },
    ],
  ])('a tag %s shows what is meant', (_what, subgraphs) => {
    expect(findingsOf(subgraphs)).toEqual([]);
  });
});

test('the nearest name is the name itself if it is there, else the one that differs least', () => {
  const names = fc.string({ maxLength: 6 });
  fc.assert(
    fc.property(names, fc.array(names), (name, others) => {
      expect(nearestName(name, [...others, name])).toBe(name);
    }),
  );
  expect(nearestName('internl', ['suppliers', 'internal', 'commands'])).toBe('internal');
  expect(nearestName('comands', ['suppliers', 'internal', 'commands'])).toBe('commands');
  expect(nearestName('x', [])).toBeUndefined();
});

import { expect, it } from 'vitest';
import { readExample, variablesOn } from './example.ts';

const TEXT = `# Stock of a plant
#
# Two lines that
# are one paragraph.
#
# Another one.
#
# variables: {"plant": "P1", "from": "TODAY", "to": "TODAY+28", "note": "TODAY is no date here"}
query Stock($plant: String!) {
  stock(plant: $plant)
}
`;

it('reads title, explanation, variables and operation', () => {
  const example = readExample('stock', TEXT);
  expect(example).toMatchObject({
    name: 'stock',
    title: 'Stock of a plant',
    explanation: ['Two lines that are one paragraph.', 'Another one.'],
    query: 'query Stock($plant: String!) {\n  stock(plant: $plant)\n}',
  });
  expect(variablesOn(example, '2026-12-20')).toEqual({
    plant: 'P1',
    from: '2026-12-20',
    to: '2027-01-17',
    note: 'TODAY is no date here',
  });
});

it.each([
  ['no title', 'query A { a }', 'does not begin with "# TITLE"'],
  ['no operation', '# T\nfragment A on B { c }', 'must have one operation'],
  ['two operations', '# T\nquery A { a } query B { b }', 'must have one operation'],
  ['broken variables', '# T\n# variables: {\nquery A { a }', 'variables of the example x are not JSON'],
])('names what is wrong: %s', (_, text, message) => {
  expect(() => readExample('x', text)).toThrow(message);
});

import { describe, expect, test } from 'vitest';
import { buildSubgraph } from '../../test-subgraphs/build-subgraph.ts';
import { composeGateway } from '../../test-subgraphs/compose-gateway.ts';
import { createGateway } from '../gateway.ts';
import { anonymous } from '../guard/caller.ts';
import { inProcessTransport } from '../transports/in-process.ts';
import { overrideDecision } from './override-labels.ts';

const caller = (subject: string) => ({ ...anonymous, subject, sharingKey: subject });

describe('a label of @override', () => {
  test('that is a percentage is on for that share of callers, and always the same for one', () => {
    const decide = overrideDecision(['percent(30)'], () => false);
    const on = Array.from({ length: 2_000 }, (_, index) => decide(caller(`user ${index}`)).length);
    const share = on.filter((count) => count > 0).length / on.length;
    expect(share).toBeGreaterThan(0.25);
    expect(share).toBeLessThan(0.35);
    expect(Array.from({ length: 2_000 }, (_, index) => decide(caller(`user ${index}`)).length)).toEqual(on);
  });

  test.each([
    [0.299, ['percent(30)']],
    [0.3, []],
  ])('that is a percentage is on by chance for who is unknown: %d', (chance, expected) => {
    const decide = overrideDecision(
      ['percent(30)'],
      () => false,
      () => chance,
    );
    expect(decide(undefined)).toEqual(expected);
    expect(decide(anonymous)).toEqual(expected);
  });

  test.each([
    ['percent(0)', 0, []],
    ['percent(100)', 0.999_999, ['percent(100)']],
    ['percent(2.5)', 0.02, ['percent(2.5)']],
  ])('%s', (label, chance, expected) => {
    expect(
      overrideDecision(
        [label],
        () => false,
        () => chance,
      )(undefined),
    ).toEqual(expected);
  });

  test('decides who serves the field', async () => {
    const from = (name: string, directive: string) =>
      buildSubgraph(
        name,
        `type Query { ${name}: Part } type Part @key(fields: "id") { id: ID! weight: String ${directive} }`,
        {
          Query: { [name]: () => ({ id: '1' }) },
          Part: { __resolveReference: (reference: object) => reference, weight: () => name },
        },
      );
    const subgraphs = [from('old', ''), from('fresh', '@override(from: "old", label: "move_weight")')];
    const { supergraph } = await composeGateway(subgraphs);
    expect(supergraph.overrideLabels).toEqual(['move_weight']);
    const transports = new Map(subgraphs.map((subgraph) => [subgraph.name, inProcessTransport(subgraph)]));
    const query = '{ old { weight } fresh { weight } }';
    const before = createGateway({ supergraph, transports });
    expect((await before.execute({ query })).data).toEqual({ old: { weight: 'old' }, fresh: { weight: 'old' } });
    const after = createGateway({ supergraph, transports, overrideLabels: ['move_weight'] });
    expect((await after.execute({ query })).data).toEqual({ old: { weight: 'fresh' }, fresh: { weight: 'fresh' } });
    await after.close();
  });
});

import { describe, expect, it } from 'vitest';
import { given } from '@takt/intake/testing';
import { TABLE } from '../judgement/judgement.fixture.ts';
import { checkTable } from './check-table.ts';
import { policy, policyFor, type PolicyState, type PublishedPolicy } from './policy.ts';
import type { PolicyTable, Rule } from './policy-table.ts';

const NOW = { now: new Date('2026-01-10T00:00:00Z') };
const published = (table: PolicyTable, version: number) =>
  ({
    type: 'PolicyPublished',
    data: { policy: { ...table, version, publishedAt: '2026-01-10T00:00:00.000Z' } },
  }) as const;

describe('a policy', () => {
  it('is published in versions that count from 1 and never change', () => {
    const first = given(policy, []).when({ type: 'PublishPolicy', data: { table: TABLE } }, NOW);
    first.then([published(TABLE, 1)]);
    const next = { ...TABLE, coolDownMinutes: 5 };
    const state = given(policy, [published(TABLE, 1)])
      .when({ type: 'PublishPolicy', data: { table: next } }, NOW)
      .then([published(next, 2)]);
    expect(state?.versions.map(({ version, coolDownMinutes }) => [version, coolDownMinutes])).toEqual([
      [1, 0],
      [2, 5],
    ]);
  });

  it('that is published again with the same content stays as it is', () => {
    given(policy, [published(TABLE, 1)])
      .when({ type: 'PublishPolicy', data: { table: { ...TABLE } } })
      .then([]);
  });

  it('is refused with all that is wrong in it', () => {
    const table = { ...TABLE, validTo: TABLE.validFrom };
    given(policy, []).when({ type: 'PublishPolicy', data: { table } }).thenRefused('INVALID_POLICY');
  });

  it('holds no more once it is retired, and cannot be published again', () => {
    const retired = {
      type: 'PolicyRetired',
      data: { id: 'plain', reason: 'Tried.', retiredAt: '2026-01-10T00:00:00.000Z' },
    } as const;
    const events = [published(TABLE, 1), retired];
    given(policy, events.slice(0, 1))
      .when({ type: 'RetirePolicy', data: { id: 'plain', reason: 'Tried.' } }, NOW)
      .then([retired]);
    given(policy, events)
      .when({ type: 'RetirePolicy', data: { id: 'plain', reason: 'Again.' } })
      .then([]);
    given(policy, events)
      .when({ type: 'PublishPolicy', data: { table: TABLE } })
      .thenRefused('POLICY_RETIRED');
    given(policy, [])
      .when({ type: 'RetirePolicy', data: { id: 'plain', reason: 'x' } })
      .thenRefused('UNKNOWN_POLICY');
    const { state } = given(policy, events);
    expect(policyFor([state!], 'P100', '2026-01-09T23:59:59Z')?.version).toBe(1);
    expect(policyFor([state!], 'P100', '2026-01-10T00:00:00Z')).toBeUndefined();
  });
});

describe('the policy that holds', () => {
  const at = '2026-06-01T00:00:00Z';

  it('is the latest version that is valid then, also if that was published for a while only', () => {
    const state = policyOf('a', [{}, { validFrom: '2026-03-01T00:00:00Z', validTo: '2026-04-01T00:00:00+02:00' }]);
    expect(policyFor([state], 'P100', '2026-02-28T00:00:00Z')?.version).toBe(1);
    expect(policyFor([state], 'P100', '2026-03-01T00:00:00Z')?.version).toBe(2);
    expect(policyFor([state], 'P100', '2026-03-31T22:00:00Z')?.version).toBe(1);
    expect(policyFor([state], 'P100', '2025-12-31T23:59:59Z')).toBeUndefined();
  });

  it('is that of the plant before one for all plants, then the younger one', () => {
    const all = policyOf('a', [{ validFrom: '2026-05-01T00:00:00Z' }]);
    const younger = policyOf('b', [{ validFrom: '2026-05-02T00:00:00Z' }]);
    const plant = policyOf('c', [{ locations: ['P100'] }]);
    expect(policyFor([all, younger, plant], 'P100', at)?.id).toBe('c');
    expect(policyFor([plant, all, younger], 'P200', at)?.id).toBe('b');
  });

  it('does not fall back to an earlier version for a plant that the latest one leaves out', () => {
    const state = policyOf('a', [{}, { locations: ['P200'] }]);
    expect(policyFor([state], 'P100', at)).toBeUndefined();
  });
});

describe('a table', () => {
  const rule = (id: string, when: Rule['when'], outcome: Rule['outcome'] = 'RECALCULATE'): Rule => ({
    id,
    description: id,
    when,
    outcome,
  });
  const found = (...rules: Rule[]) => checkTable({ ...TABLE, rules });

  it.each([
    ['the same', { measure: ['DEMAND'] }, { measure: ['DEMAND'] }],
    ['a narrower zone', {}, { zone: ['LIQUID'] }],
    ['a part of what is named', { criticality: ['LOW', 'NORMAL'] }, { criticality: ['LOW'] }],
    ['all that there are', { direction: ['UP', 'DOWN'] }, {}],
    [
      'higher limits',
      { changePercentAtLeast: 5, changeAtLeast: '2' },
      { changePercentAtLeast: 5, changeAtLeast: '10' },
    ],
    ['a more important customer', { customerPriorityAtMost: 3 }, { customerPriorityAtMost: 1 }],
    ['a fuller work center', { utilizationPercentAtLeast: 80 }, { utilizationPercentAtLeast: 90 }],
  ] as const)('must not have a rule that an earlier one covers: %s', (_what, first, second) => {
    expect(found(rule('first', first as never), rule('second', second as never)).problems).toEqual([
      'rules[1] second: when: It can never apply: first comes before and decides all of it.',
    ]);
  });

  it.each([
    ['lower limits', { changeAtLeast: '10' }, { changeAtLeast: '9.9' }],
    ['no limit', { changePercentAtLeast: 1 }, {}],
    ['another zone', { zone: ['SLUSHY'] }, { zone: ['LIQUID'] }],
    ['no customer', { customerPriorityAtMost: 3 }, {}],
    ['an unknown load', { utilizationPercentAtLeast: 0 }, {}],
    ['what is made here', { bought: true }, { bought: false }],
  ] as const)('may have a rule that is met by more: %s', (_what, first, second) => {
    expect(found(rule('first', first as never), rule('second', second as never)).problems).toEqual([]);
  });

  it.each(['RECALCULATE', 'PROPOSE'] as const)('must not say %s for the frozen zone alone', (outcome) => {
    expect(found(rule('late', { zone: ['FROZEN'] }, outcome)).problems).toEqual([
      `rules[0] late: outcome: ${outcome} is not for the FROZEN zone alone: there it becomes EXCEPTION.`,
    ]);
    expect(found(rule('late', { zone: ['FROZEN', 'LIQUID'] }, outcome)).problems).toEqual([]);
  });

  it('must hold at some time, and name each rule once', () => {
    const twice = [rule('one', { zone: ['LIQUID'] }), rule('one', { zone: ['SLUSHY'] })];
    const { problems } = checkTable({ ...TABLE, validTo: '2026-01-01T01:00:00+01:00', rules: twice });
    expect(problems).toEqual([
      'validTo: 2026-01-01T01:00:00+01:00 is not after validFrom (2026-01-01T00:00:00Z), so that it never holds.',
      'rules[1] one: id: Another rule has this id.',
    ]);
  });

  it('is warned of percent without a floor', () => {
    const { problems, warnings } = found(rule('percent', { measure: ['DEMAND'], changePercentAtLeast: 10 }));
    expect(problems).toEqual([]);
    expect(warnings).toEqual([
      'rules[0] percent: changeAtLeast: Percent of a small demand are nothing: say how much it must be at least.',
    ]);
  });
});

function policyOf(id: string, versions: readonly Partial<PublishedPolicy>[]): PolicyState {
  return {
    id,
    name: id,
    versions: versions.map((more, index) => ({
      ...TABLE,
      id,
      version: index + 1,
      publishedAt: '2026-01-01T00:00:00Z',
      ...more,
    })),
  };
}

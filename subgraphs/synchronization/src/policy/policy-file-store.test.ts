import { describe, expect, it } from 'vitest';
import { checkTable } from './check-table.ts';
import { describeTable } from './describe-table.ts';
import { evaluate, type Change } from './evaluate.ts';
import { defaultPolicy, PolicyTextError, readPolicy } from './policy-file-store.ts';

const HEAD = `id: mine
name: Mine
owner: Me
validFrom: 2026-01-01T00:00:00Z
coolDownMinutes: 0
hysteresisPercent: 0
`;
const RULE = `  - { id: big, description: Big., when: { changeAtLeast: 12.50, zone: [LIQUID] }, outcome: RECALCULATE }\n`;

describe('a text', () => {
  it('is read as YAML or JSON, amounts as exact decimals', () => {
    const { table } = readPolicy(`${HEAD}rules:\n${RULE}`);
    expect(table.rules[0]?.when.changeAtLeast).toBe('12.5');
    expect(readPolicy(JSON.stringify(table)).table).toEqual(table);
  });

  it.each([
    ['an unknown field of a rule', RULE.replace('zone', 'zones'), /^rules\[0\] big: zones: /m],
    ['an unknown outcome', RULE.replace('RECALCULATE', 'PANIC'), /^rules\[0\] big: outcome: /m],
    ['an unknown zone', RULE.replace('LIQUID', 'MOLTEN'), /^rules\[0\] big: zone/m],
    ['a limit that is no number', RULE.replace('12.50', '.nan'), /^rules\[0\] big: changeAtLeast: /m],
    ['a rule that is nothing', '  -\n', /^rules\[0\]: rule: /m],
    ['a rule twice', RULE + RULE, /^rules\[1\] big: id: Another rule has this id/m],
  ])('is refused with rule and field: %s', (_what, rules, problem) => {
    expect(() => readPolicy(`${HEAD}rules:\n${rules}`)).toThrow(PolicyTextError);
    expect(() => readPolicy(`${HEAD}rules:\n${rules}`)).toThrow(problem);
  });

  it.each([
    ['no rules', HEAD, /^rules: /m],
    ['a bad instant', `${HEAD.replace('2026-01-01T', '2026-02-30T')}rules:\n${RULE}`, /^validFrom: /m],
    ['a key twice', `${HEAD}owner: You\n`, /unique/],
    ['an alias', `${HEAD}rules: [&a { id: x }, *a]\n`, /Aliases are not allowed/],
    ['nothing', '', /^The table: /m],
    ['a list', '- a', /^The table: /m],
    ['too much', 'x'.repeat(1024 * 1024 + 1), /more than 1048576 characters/],
  ])('is refused with %s', (_what, text, problem) => {
    expect(() => readPolicy(text)).toThrow(problem);
  });
});

describe('the default policy', () => {
  const change = (more: Partial<Change>): Change => ({
    measure: 'DEMAND',
    zone: 'LIQUID',
    unit: 'EA',
    baseline: '1000',
    now: '1200',
    change: '200',
    criticality: 'NORMAL',
    refreshClass: 'STABLE',
    bought: false,
    ...more,
  });

  it('has nothing that its owner would have to be warned of, and is told a line a rule', async () => {
    const table = await defaultPolicy();
    expect(checkTable(table)).toEqual({ problems: [], warnings: [] });
    const text = describeTable(table).join('\n');
    for (const { id } of table.rules) expect(text).toContain(`(${id}: `);
    expect(text).toContain(
      'When the demand of an item made here changes by at least 25 % and 50 in its unit in the liquid zone: the schedule follows by itself.',
    );
  });

  it.each<[string, Partial<Change>, string]>([
    ['suppresses a small change', { now: '1200', change: '200' }, 'SUPPRESS'],
    ['suppresses many percent of little', { baseline: '10', now: '40', change: '30' }, 'SUPPRESS'],
    ['recalculates for a large change in the liquid zone', { now: '1300', change: '300' }, 'RECALCULATE'],
    ['follows critical items earlier', { criticality: 'CRITICAL' }, 'RECALCULATE'],
    ['proposes where the work center is full', { now: '1300', change: '300', utilizationPercent: 93 }, 'PROPOSE'],
    ['proposes in the slushy zone', { zone: 'SLUSHY' }, 'PROPOSE'],
    [
      'hears important customers earlier',
      { zone: 'SLUSHY', now: '1060', change: '60', customerPriority: 1 },
      'PROPOSE',
    ],
    ['does not hear others so early', { zone: 'SLUSHY', now: '1060', change: '60', customerPriority: 2 }, 'SUPPRESS'],
    ['asks a planner in the frozen zone', { zone: 'FROZEN' }, 'EXCEPTION'],
    [
      'tells a buyer of a shortage',
      { measure: 'SHORTAGE', bought: true, baseline: '0', now: '5', change: '5' },
      'PROCUREMENT_ALERT',
    ],
    [
      'recalculates for a shortage of what is made',
      { measure: 'SHORTAGE', baseline: '0', now: '5', change: '5' },
      'RECALCULATE',
    ],
    [
      'proposes for orders that end late',
      { measure: 'CAPACITY', unit: 'min', baseline: '0', now: '300', change: '300' },
      'PROPOSE',
    ],
  ])('%s', async (_what, more, outcome) => {
    expect(evaluate(await defaultPolicy(), change(more)).outcome).toBe(outcome);
  });

  it('says which limits a change did not reach', async () => {
    expect(evaluate(await defaultPolicy(), change({}))).toEqual({
      outcome: 'SUPPRESS',
      thresholds: [
        'full-demand: |change| ≥ 25 % and ≥ 50 EA and utilization ≥ 90 %',
        'liquid-demand: |change| ≥ 25 % and ≥ 50 EA',
      ],
    });
  });

  it('compares exactly where floats would not', () => {
    const rules = [
      {
        id: 'a',
        description: 'A.',
        when: { changePercentAtLeast: 10, changeAtLeast: '0.3' },
        outcome: 'RECALCULATE' as const,
      },
    ];
    const at = (now: string, size: string) => evaluate({ rules }, change({ baseline: '3', now, change: size })).outcome;
    expect(at('3.3', '0.3')).toBe('RECALCULATE');
    expect(at('3.29999999999999999999', '0.29999999999999999999')).toBe('SUPPRESS');
  });
});

import { compare, subtract, sum } from '@takt/quantity';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { lotsFor, yieldOf, type LotSize } from './lot-size.ts';

it.each<[string, Partial<LotSize>, string, string[]]>([
  ['lot for lot', {}, '7.5', ['7.5']],
  ['at least the minimum', { minimum: ea('10') }, '7.5', ['10']],
  ['in whole multiples', { minimum: ea('10'), multiple: ea('4') }, '7.5', ['12']],
  ['in several orders above the maximum', { maximum: ea('10') }, '25', ['10', '10', '5']],
  ['in several, the last one not below the minimum', { minimum: ea('6'), maximum: ea('10') }, '13', ['10', '6']],
  ['the maximum as a multiple', { multiple: ea('4'), maximum: ea('10') }, '17', ['8', '8', '4']],
  ['in fixed lots', { rule: 'FIXED', minimum: ea('10') }, '25', ['10', '10', '10']],
  ['and what becomes scrap, to the decimals of the need', { scrapPercent: 3 }, '100', ['104']],
])('orders what is needed %s', (_, lotSize, need, lots) => {
  expect(lotsFor(ea(need), { rule: 'LOT_FOR_LOT', scrapPercent: 0, ...lotSize })).toEqual(lots.map(ea));
});

it.each<[Partial<LotSize>, string]>([
  [{ minimum: ea('50'), maximum: ea('20') }, 'A lot of at least 50 EA is above the maximum of 20 EA.'],
  [
    { minimum: ea('9'), multiple: ea('6'), maximum: ea('11') },
    'A lot of at least 12 EA is above the maximum of 11 EA.',
  ],
  [{ multiple: ea('30'), maximum: ea('20') }, 'No multiple of 30 EA is within the maximum of 20 EA.'],
  [{ rule: 'FIXED' }, 'Its lot size is fixed, but nobody said how much a lot is.'],
  [{ scrapPercent: 100 }, 'All of it is expected to be scrap.'],
])('says why no order can keep to %j', (lotSize, conflict) => {
  expect(lotsFor(ea('10'), { rule: 'MIN_MAX', scrapPercent: 0, ...lotSize })).toEqual({ conflict });
});

it('yields what is needed, and no lot too many', () => {
  const amount = fc.integer({ min: 1, max: 40 }).map((each) => ea(String(each)));
  const option = fc.option(amount, { nil: undefined });
  const lotSizes = fc.record({
    rule: fc.constantFrom<LotSize['rule']>('LOT_FOR_LOT', 'MIN_MAX', 'PERIOD', 'FIXED'),
    minimum: option,
    multiple: option,
    maximum: option,
    scrapPercent: fc.constantFrom(0, 3, 12.5, 50),
  });
  fc.assert(
    fc.property(amount, lotSizes, (need, { rule, scrapPercent, ...limits }) => {
      const given = Object.fromEntries(Object.entries(limits).filter(([, each]) => each !== undefined));
      const lots = lotsFor(need, { rule, scrapPercent, ...given });
      if ('conflict' in lots) return;
      const made = yieldOf(sum(lots, 'EA'), scrapPercent);
      expect(compare(made, need)).toBeGreaterThanOrEqual(0);
      const last = lots.at(-1) ?? ea('0');
      expect(compare(subtract(made, yieldOf(last, scrapPercent)), need)).toBe(-1);
    }),
  );
});

function ea(value: string) {
  return { value, unit: 'EA' };
}

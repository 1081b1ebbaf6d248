import { expect, it } from 'vitest';
import { readSchedulerChoice } from './scheduler-choice.ts';

it('takes ours unless a plant has another', () => {
  expect(readSchedulerChoice(undefined, [])).toEqual({ everywhere: 'finite-capacity', byLocation: new Map() });
  expect(readSchedulerChoice('frepple/a, P1=finite-capacity', ['frepple/a'])).toEqual({
    everywhere: 'frepple/a',
    byLocation: new Map([['P1', 'finite-capacity']]),
  });
});

it.each([
  ['fast', 'There is no scheduler "fast", but finite-capacity, frepple/main.'],
  ['P1=', 'There is no scheduler "", but finite-capacity, frepple/main.'],
  ['=frepple/main', '"=frepple/main" names no location.'],
  ['P1=frepple/main,P1=finite-capacity', 'P1 is said twice.'],
  ['frepple/main,finite-capacity', 'What holds for all other plants is said twice.'],
])('refuses %s', (text, reason) => {
  expect(() => readSchedulerChoice(text, ['frepple/main'])).toThrow(`TAKT_SCHEDULER: ${reason}`);
});

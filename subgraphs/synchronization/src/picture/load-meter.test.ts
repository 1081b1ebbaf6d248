import { expect, it } from 'vitest';
import { LoadMeter, LOADING_PER_SECOND } from './load-meter.ts';

it('takes for a load what is more than a plant tells, until ten seconds after the last of it', () => {
  let now = 1_000_000;
  const meter = new LoadMeter(() => now);
  meter.heard(10 * LOADING_PER_SECOND);
  expect(meter.isLoading()).toBe(false);
  meter.heard(1);
  expect(meter.isLoading()).toBe(true);
  now += 9_000;
  expect(meter.isLoading()).toBe(true);
  now += 1_000;
  expect(meter.isLoading()).toBe(false);
});

it('adds up what comes bit by bit', () => {
  let now = 0;
  const meter = new LoadMeter(() => now);
  for (; now < 60_000; now += 100) meter.heard((LOADING_PER_SECOND / 10) * 1.2);
  expect(meter.isLoading()).toBe(true);
  for (; now < 120_000; now += 100) meter.heard((LOADING_PER_SECOND / 10) * 0.8);
  expect(meter.isLoading()).toBe(false);
});

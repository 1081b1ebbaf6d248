import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { ContractList } from '../contracts/contract-list.ts';
import { watchSunsets } from './sunset-watch.ts';

const list: ContractList = {
  stable: '2026-11',
  next: '2027-02',
  releases: [
    { version: '2026-05', released: '2026-05-31', sunset: '2026-10-31' },
    { version: '2026-08', released: '2026-08-31', sunset: '2027-08-31' },
    { version: '2026-11', released: '2026-11-26', sunset: '2028-01-31' },
  ],
  audiences: {},
};

beforeEach(() => void vi.useFakeTimers({ now: Date.parse('2026-12-01T12:00:00Z') }));
afterEach(() => void vi.useRealTimers());

function heard(): { readonly moments: string[]; readonly stop: () => void } {
  const moments: string[] = [];
  const stop = watchSunsets(list, Date.now, () => moments.push(new Date(Date.now()).toISOString()));
  return { moments, stop };
}

test('tells of each sunset that is still to come, at its moment, however far it is', async () => {
  const { moments } = heard();
  await vi.advanceTimersByTimeAsync(500 * 86_400_000);
  expect(moments).toEqual(['2027-09-01T00:00:00.000Z', '2028-02-01T00:00:00.000Z']);
  expect(vi.getTimerCount()).toBe(0);
});

test('tells nothing any more once it is stopped', async () => {
  const { moments, stop } = heard();
  stop();
  expect(vi.getTimerCount()).toBe(0);
  await vi.advanceTimersByTimeAsync(500 * 86_400_000);
  expect(moments).toEqual([]);
});

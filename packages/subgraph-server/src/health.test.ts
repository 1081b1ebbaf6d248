import { StoreUnavailableError } from '@takt/document-store';
import { expect, it, vi } from 'vitest';
import { createHealth } from './health.ts';

const fine = { check: () => Promise.resolve() };

it('tells every reason', async () => {
  const store = { check: () => Promise.reject(new StoreUnavailableError('no room left')) };
  const log = { check: () => Promise.reject(new Error('no connection')) };
  const health = createHealth({ store, log }, () => 'Nobody writes.');
  expect(await health()).toEqual([
    'The document store is not available: no room left',
    'no connection',
    'Nobody writes.',
  ]);
});

it('has none when everything works', async () => {
  expect(await createHealth({ store: fine, log: fine }, () => undefined)()).toEqual([]);
});

it('does not wait for longer than others wait for it', async () => {
  vi.useFakeTimers();
  try {
    const frozen = { check: () => new Promise<void>(() => undefined) };
    const reasons = createHealth({ store: frozen, log: fine }, () => undefined)();
    await vi.advanceTimersByTimeAsync(1_500);
    expect(await reasons).toEqual(['The document store does not answer.']);
  } finally {
    vi.useRealTimers();
  }
});

it('asks once, however many want to know within a second', async () => {
  let asked = 0;
  let now = 0;
  const store = {
    check: () => {
      asked += 1;
      return Promise.resolve();
    },
  };
  const health = createHealth(
    { store, log: fine },
    () => undefined,
    () => now,
  );
  await Promise.all([health(), health(), health()]);
  now = 999;
  await health();
  expect(asked).toBe(1);
  now = 1_001;
  await health();
  expect(asked).toBe(2);
});

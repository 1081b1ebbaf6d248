import { IntakeUnavailableError, type InboundMessage, type Intake } from '@takt/intake';
import { expect, it, onTestFinished, vi } from 'vitest';
import { HealthTeller } from './tell-health.ts';

const UP = { state: 'UP', since: '2026-01-05T12:00:00Z' } as const;
const DOWN = { state: 'DOWN', since: '2026-01-05T13:00:00Z', reason: 'ECONNREFUSED' } as const;

/** Domains that hear, and one that is away until it is not. */
function start() {
  const heard = new Map<string, unknown[]>([
    ['inventory', []],
    ['products', []],
  ]);
  const faults: unknown[] = [];
  const state = { isAway: true };
  const intake = (domain: string): Intake => ({
    receive(messages: readonly InboundMessage[]) {
      if (domain === 'products' && state.isAway) return Promise.reject(new IntakeUnavailableError('It is away.'));
      heard.get(domain)?.push(...messages.map(({ type, data }) => ({ type, data })));
      return Promise.resolve(messages.map(({ id }) => ({ status: 'APPLIED', messageId: id, eventIds: [] })));
    },
  });
  const teller = new HealthTeller({
    domains: ['inventory', 'products'],
    intake,
    clock: () => new Date('2026-01-05T14:00:00Z'),
    onFault: (fault) => faults.push(fault),
    retryMs: 1,
  });
  onTestFinished(() => teller.close());
  return { teller, heard, faults, state };
}

it('tells every domain how a system does, one that was away what holds by then', async () => {
  const { teller, heard, faults, state } = start();
  teller.heard('erp/P100', UP);
  await vi.waitFor(() => expect(heard.get('inventory')).toHaveLength(1));
  teller.heard('erp/P100', DOWN);
  await vi.waitFor(() => expect(heard.get('inventory')).toHaveLength(2));
  expect(heard.get('products')).toEqual([]);
  state.isAway = false;
  const message = { type: 'SourceStateReported', data: { system: 'erp/P100', ...DOWN } };
  await vi.waitFor(() => expect(heard.get('products')).toEqual([message]));
  expect(heard.get('inventory')?.[1]).toEqual(message);
  expect(faults).toHaveLength(1);
});

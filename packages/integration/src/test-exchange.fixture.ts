import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readSchedule, TokenBucket, type BackingSystem } from '@takt/backing-system';
import { openLmdbStore, type DocumentStore } from '@takt/document-store';
import { systemClock, type InboundMessage, type Intake, type Outcome } from '@takt/intake';
import { NO_CROSS_REFERENCES } from '@takt/mapping';
import type { Exchange, ExchangeOptions } from './exchange.ts';
import { openIntegrationReader, type FoundMessage, type IntegrationReader } from './reader.ts';
import { startExchange } from './start-exchange.ts';

/** An exchange over a store of its own, for tests of a connector from its source to the canonical messages. */
export interface TestExchange {
  readonly exchange: Exchange;
  readonly reader: IntegrationReader;
  readonly store: DocumentStore;
  /** Canonical messages that were taken, each once, in the order of their arrival. Nothing comes here with an intake of the test's own. */
  readonly taken: readonly Taken[];
  /** What went wrong on our side. */
  readonly faults: readonly unknown[];
  /** The messages, in order of arrival, once so many have ended; rejects after `withinMs`, 10 s unless given. */
  readonly ended: (count: number, withinMs?: number) => Promise<FoundMessage[]>;
  /** Stops it, and starts another over the same store, with other systems if they are given: as after a restart. */
  restart(systems?: ExchangeOptions['systems']): Promise<TestExchange>;
  close(): Promise<void>;
}

export type Taken = InboundMessage & { readonly domain: string };

/** `intake` stands in for the domains unless one is given: it applies whatever it has not seen before. */
export type TestExchangeOptions = Partial<ExchangeOptions> &
  Pick<ExchangeOptions, 'systems'> & {
    /** How that answers what it has not seen before; APPLIED unless given. */
    readonly answer?: (message: InboundMessage) => Outcome;
  };

export async function startTestExchange(options: TestExchangeOptions): Promise<TestExchange> {
  const directory = await mkdtemp(join(tmpdir(), 'takt-exchange-'));
  const store = options.store ?? (await openLmdbStore({ directory }));
  return start(store, options, [], async () => {
    if (!options.store) await store.close();
    await rm(directory, { recursive: true, force: true });
  });
}

async function start(
  store: DocumentStore,
  options: TestExchangeOptions,
  taken: Taken[],
  remove: () => Promise<void>,
): Promise<TestExchange> {
  const faults: unknown[] = [];
  const exchange = await startExchange({
    intake: recordingIntake(taken, options.answer),
    crossReferences: NO_CROSS_REFERENCES,
    clock: systemClock,
    keepDays: 30,
    onFault: (fault) => faults.push(fault),
    ...options,
    store,
  });
  const reader = await openIntegrationReader(store);
  return {
    exchange,
    reader,
    store,
    taken,
    faults,
    ended: (count, withinMs = 10_000) => ended(reader, count, withinMs),
    async restart(systems = options.systems) {
      await exchange.close();
      return start(store, { ...options, systems }, taken, remove);
    },
    async close() {
      await exchange.close();
      await remove();
    },
  };
}

async function ended(reader: IntegrationReader, count: number, withinMs: number): Promise<FoundMessage[]> {
  for (const until = performance.now() + withinMs; ;) {
    const { messages } = await reader.messages({ first: count });
    if (messages.length === count && messages.every(({ status }) => status !== 'RECEIVED')) return [...messages];
    if (performance.now() > until) {
      throw new Error(
        `Not ${count} ended within ${withinMs} ms: ${messages.map(({ id, status }) => `${id} ${status}`).join(', ')}`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

const LOOK_MS = 5;

/** Domains that take what they have not seen before. */
export function recordingIntake(taken: Taken[], answer = applied): ExchangeOptions['intake'] {
  const first = new Map(taken.map((message) => [message.id, applied(message)]));
  return (domain): Intake => ({
    receive: (messages) =>
      Promise.resolve(
        messages.map((message): Outcome => {
          const known = first.get(message.id);
          if (known) return { status: 'DUPLICATE', first: known, messageId: message.id };
          const outcome = answer(message);
          first.set(message.id, outcome);
          taken.push({ ...message, domain });
          return outcome;
        }),
      ),
  });
}

export function applied({ id }: InboundMessage): Outcome {
  return { status: 'APPLIED', eventIds: [], messageId: id };
}

/** A system as its instance's file would declare it: at no rate to speak of, asked every 10 ms. */
export function testSystem(given: Partial<BackingSystem> & Pick<BackingSystem, 'receiver'>): BackingSystem {
  const rate = { requestsPerSecond: 1000, burst: 1000 };
  return {
    system: 'erp/P100',
    connector: 'test',
    rate,
    bucket: new TokenBucket(rate),
    timeoutMs: 5_000,
    schedule: readSchedule({ every: '10ms' }),
    scope: { locations: undefined },
    mapping: undefined,
    connect: undefined,
    ...given,
  };
}

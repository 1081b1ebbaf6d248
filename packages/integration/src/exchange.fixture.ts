import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readSchedule, TokenBucket, type BackingSystem } from '@takt/backing-system';
import { openLmdbStore, type DocumentStore } from '@takt/document-store';
import type { InboundMessage, Intake, Outcome } from '@takt/intake';
import { NO_CROSS_REFERENCES } from '@takt/mapping';
import type { Exchange, ExchangeOptions } from './exchange.ts';
import { openIntegrationReader, type FoundMessage, type IntegrationReader } from './reader.ts';
import { startExchange } from './start-exchange.ts';

/** A real exchange over an embedded store in a directory of its own; the domains record what they are offered. */
export interface TestExchange {
  readonly directory: string;
  readonly store: DocumentStore;
  readonly exchange: Exchange;
  readonly reader: IntegrationReader;
  /** What domains took, each message once, in order; of one domain if it is given. */
  taken(domain?: string): readonly InboundMessage[];
  /** What went wrong on our side. */
  readonly faults: readonly unknown[];
  /** All messages that were accepted, oldest first, once so many have an end and none waits. */
  ended(count: number): Promise<readonly FoundMessage[]>;
  /** Closes it and starts it again over what it kept, with other systems if they are given. */
  restart(systems?: readonly BackingSystem[]): Promise<TestExchange>;
  close(): Promise<void>;
}

export interface TestExchangeOptions extends Partial<Omit<ExchangeOptions, 'store' | 'systems'>> {
  readonly systems: readonly BackingSystem[];
  readonly directory?: string;
  /** The store is opened in the directory unless given. */
  readonly openStore?: (directory: string) => Promise<DocumentStore>;
  /** How a domain answers a message that it has not seen; APPLIED unless given. */
  readonly answer?: (message: InboundMessage, domain: string) => Outcome;
  /** What domains took before. */
  readonly domains?: Map<string, RecordingIntake>;
}

export async function startTestExchange(options: TestExchangeOptions): Promise<TestExchange> {
  const { directory = await mkdtemp(join(tmpdir(), 'takt-integration-')), systems } = options;
  const domains = options.domains ?? new Map<string, RecordingIntake>();
  const { answer = applied, openStore = openLmdb } = options;
  const faults: unknown[] = [];
  const store = await openStore(directory);
  const intake = (domain: string): Intake => {
    const known = domains.get(domain) ?? new RecordingIntake((message) => answer(message, domain));
    domains.set(domain, known);
    return known;
  };
  const exchange = await startExchange({
    intake,
    crossReferences: NO_CROSS_REFERENCES,
    clock: () => new Date(),
    keepDays: 35,
    onFault: (fault) => faults.push(fault),
    ...options,
    store,
    systems,
  });
  const reader = await openIntegrationReader(store);
  const close = async () => {
    await exchange.close();
    await store.close();
  };
  return {
    directory,
    store,
    exchange,
    reader,
    faults,
    taken: (domain) =>
      [...domains].flatMap(([name, recorded]) => (domain === undefined || name === domain ? recorded.taken : [])),
    async ended(count) {
      for (;;) {
        const { messages } = await reader.messages({ first: 100_000 });
        const ends = messages.filter(({ status }) => status !== 'RECEIVED');
        if (ends.length >= count && ends.length === messages.length) return messages;
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    },
    async restart(others = systems) {
      await close();
      return startTestExchange({ ...options, directory, domains, systems: others });
    },
    async close() {
      await close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** Answers as a domain does: each message once, what comes again as a duplicate of its first. */
export class RecordingIntake implements Intake {
  readonly taken: InboundMessage[] = [];
  readonly #outcomes = new Map<string, Outcome>();

  constructor(private readonly answer: (message: InboundMessage) => Outcome = applied) {}

  receive(messages: readonly InboundMessage[]): Promise<Outcome[]> {
    return Promise.resolve(messages.map((message) => this.#receive(message)));
  }

  #receive(message: InboundMessage): Outcome {
    const key = `${message.source} ${message.id}`;
    const first = this.#outcomes.get(key);
    if (first) return { status: 'DUPLICATE', messageId: message.id, first };
    const outcome = this.answer(message);
    this.#outcomes.set(key, outcome);
    this.taken.push(message);
    return outcome;
  }
}

export function applied({ id }: InboundMessage): Outcome {
  return { status: 'APPLIED', messageId: id, eventIds: [`event-of-${id}`] };
}

/** A backing system as its file would declare it, with a rate that holds nothing up. */
export function testSystem(
  given: Pick<BackingSystem, 'system' | 'receiver'> & Partial<Omit<BackingSystem, 'bucket'>>,
): BackingSystem {
  const rate = given.rate ?? { requestsPerSecond: 1000, burst: 1000 };
  return {
    connector: 'test',
    timeoutMs: 10_000,
    schedule: readSchedule({ every: '1h' }),
    scope: { locations: undefined },
    mapping: undefined,
    connect: undefined,
    ...given,
    rate,
    bucket: new TokenBucket(rate),
  };
}

function openLmdb(directory: string): Promise<DocumentStore> {
  return openLmdbStore({ directory: join(directory, 'documents') });
}

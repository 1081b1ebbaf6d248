import type { DocumentStore } from '@takt/document-store';
import type { EventLog } from '@takt/event-log';
import { openIntake, type Clock, type OpenIntake } from '@takt/intake';
import { startConsumer, type RunningConsumer } from '@takt/log-consumer';
import type { AnyDomainDefinition } from './domain.ts';
import type { Operations } from './operations.ts';
import { replayDomain } from './replay.ts';

/** What one process of a domain at a time does: it takes messages, publishes, and feeds the log's consumers. */
export interface Writer {
  readonly intake: OpenIntake;
  readonly operations: Operations;
  /** Brings to its end what was taken, and stops. */
  close(): Promise<void>;
}

export interface WriterOptions {
  readonly definition: Pick<AnyDomainDefinition, 'name' | 'aggregates' | 'consumers'>;
  readonly store: DocumentStore;
  readonly log: EventLog;
  readonly clock: Clock;
  /** Whether this process may write, at the instant that it is asked; it always may unless given. */
  readonly isWriter?: () => boolean;
  /** Hears what goes wrong and is tried again. */
  readonly onFault: (fault: string) => void;
}

export async function startWriter(options: WriterOptions): Promise<Writer> {
  const { definition, store, log, clock, isWriter = () => true, onFault } = options;
  const intake = await openIntake({
    store,
    log,
    aggregates: definition.aggregates,
    clock,
    isWriter,
    onFault: (fault) => onFault(`events cannot be published for now: ${String(fault)}`),
  });
  const running: RunningConsumer[] = [];
  const close = async () => {
    await intake.close();
    await Promise.all(running.map((consumer) => consumer.close()));
  };
  try {
    const consumers = (await definition.consumers?.({ store, log, intake, clock })) ?? [];
    for (const consumer of consumers) {
      const late = (fault: unknown) => onFault(`${consumer.name} is late: ${String(fault)}`);
      running.push(await startConsumer({ store, log, consumer, onFault: late }));
    }
    const operations: Operations = {
      replay: (request, watch) => replayDomain(definition, { store, log, intake, clock }, running, request, watch),
      deadLetters: intake.deadLetters,
    };
    return { intake, operations, close };
  } catch (error) {
    await close();
    throw error;
  }
}

import type { BackingSystem } from '@takt/backing-system';
import type { DocumentStore } from '@takt/document-store';
import type { EventLog } from '@takt/event-log';
import { openIntake, type Clock, type OpenIntake } from '@takt/intake';
import { startConsumer, type RunningConsumer } from '@takt/log-consumer';
import type { RefreshCadence } from './config.ts';
import type { AnyDomainDefinition } from './domain.ts';
import type { DomainExchange, Questions } from './domain-exchange.ts';
import { feedOf } from './feed.ts';
import { openSources, sourceState } from './source-state.ts';
import type { Neighbours } from './neighbours.ts';
import type { Operations } from './operations.ts';
import { releaseAll } from './release-all.ts';
import { ReplayRefusedError, replayDomain } from './replay.ts';

/** What one process of a domain at a time does: it takes messages, publishes, feeds the log's consumers and sends. */
export interface Writer {
  readonly intake: OpenIntake;
  readonly operations: Operations;
  /** Brings to its end what was taken, and stops. */
  close(): Promise<void>;
}

export interface WriterOptions {
  readonly definition: Pick<AnyDomainDefinition, 'name' | 'aggregates' | 'consumers' | 'startExchange'>;
  readonly store: DocumentStore;
  readonly log: EventLog;
  readonly clock: Clock;
  readonly backingSystems: readonly BackingSystem[];
  readonly neighbours: Neighbours;
  /** Days for which the inbox keeps messages that ended; what the intake takes unless given. */
  readonly inboxDays?: number | undefined;
  readonly refresh: RefreshCadence;
  /** Whether this process may write, at the instant that it is asked; it always may unless given. */
  readonly isWriter?: () => boolean;
  /** Hears what goes wrong and is tried again. */
  readonly onFault: (fault: string) => void;
}

export async function startWriter(options: WriterOptions): Promise<Writer> {
  const {
    definition,
    store,
    log,
    clock,
    backingSystems,
    neighbours,
    inboxDays,
    refresh,
    isWriter = () => true,
    onFault,
  } = options;
  const intake = await openIntake({
    store,
    log,
    aggregates: [...definition.aggregates, sourceState],
    clock,
    inboxDays,
    isWriter,
    onFault: (fault) => onFault(`some work of the intake must wait: ${String(fault)}`),
  });
  const running: RunningConsumer[] = [];
  let exchange: DomainExchange | undefined;
  // What is answered until then is told to the domain.
  const close = () =>
    releaseAll([
      async () => exchange?.close(),
      () => intake.close(),
      ...running.map((consumer) => () => consumer.close()),
    ]);
  try {
    const sources = await openSources(store, clock);
    const runtime = { store, log, intake, clock, backingSystems, neighbours, sources, inboxDays, refresh };
    const consumers = (await definition.consumers?.(runtime)) ?? [];
    for (const consumer of consumers) {
      const late = (fault: unknown) => onFault(`${consumer.name} is late: ${String(fault)}`);
      running.push(await startConsumer({ store, log, consumer, onFault: late }));
    }
    exchange = await definition.startExchange?.(runtime);
    const operations: Operations = {
      replay: (request, watch) => replayDomain(definition, runtime, running, request, watch),
      deadLetters: exchange?.deadLetters ?? intake.deadLetters,
      feed: feedOf(definition, { store, log }),
      ask: (question, input) => answer(exchange?.questions ?? {}, question, input),
    };
    return { intake, operations, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function answer(questions: Questions, question: string, input: unknown): Promise<unknown> {
  const ask = Object.hasOwn(questions, question) ? questions[question] : undefined;
  if (!ask) throw new ReplayRefusedError(`Nobody here answers ${question.slice(0, 80)}.`);
  return ask(input);
}

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { openLmdbStore, openMongoStore, type DocumentStore } from '@takt/document-store';
import { openEmbeddedLog, type EventLog } from '@takt/event-log';
import { openIntake, type AnyAggregate, type Clock, type OpenIntake } from '@takt/intake';
import type { LogConsumer } from '@takt/log-consumer';
import type { GraphQLSchema } from 'graphql';
import type { NonEmptyArray } from 'type-graphql';
import { startConsumers } from './consumers.ts';
import type { Operations } from './operations.ts';
import { replayDomain } from './replay.ts';
import { buildFederatedSchema, type ResolveReference } from './schema.ts';

/** What a subgraph's folder exports: everything that makes it this domain and no other. */
export interface DomainDefinition<Context extends object> extends AnyDomainDefinition {
  readonly references: Readonly<Record<string, ResolveReference<Context>>>;
  connect(runtime: DomainRuntime): Promise<ConnectedDomain<Context>>;
}

/** A definition whose context is nobody's business but its own. */
export interface AnyDomainDefinition {
  /** Kebab-case, the folder's name. */
  readonly name: string;
  readonly aggregates: readonly AnyAggregate[];
  readonly resolvers: NonEmptyArray<new () => object>;
  /** How to answer entities that other subgraphs refer to, by type name. */
  readonly references: Readonly<Record<string, ResolveReference<never>>>;
  /** Opens collections once and answers what makes the context of each request. */
  connect(runtime: DomainRuntime): Promise<ConnectedDomain<object>>;
  /** What follows the domain's own log for as long as it is open, each time over the store that is given. */
  consumers?(runtime: DomainRuntime): Promise<readonly LogConsumer[]>;
}

interface ConnectedDomain<Context extends object> {
  /** A fresh context for each request and each live change: what DataLoaders keep must not outlive it. */
  createContext(): Context;
  /** Stops what `connect` started; called before the store closes. */
  close?(): Promise<void>;
}

/** What a running domain stands on. */
export interface DomainRuntime {
  readonly store: DocumentStore;
  readonly log: EventLog;
  readonly intake: OpenIntake;
  readonly clock: Clock;
}

/** A subgraph that runs: in this process, with its store open. */
export interface Domain {
  readonly name: string;
  readonly schema: GraphQLSchema;
  readonly sdl: string;
  readonly intake: OpenIntake;
  readonly log: EventLog;
  createContext(): object;
  readonly operations: Operations;
  close(): Promise<void>;
}

export interface DomainOptions {
  /** The domain keeps everything that it has under this folder. */
  readonly directory: string;
  /** Keeps documents in this MongoDB instead of in the folder. */
  readonly mongodbUri?: string | undefined;
  readonly clock: Clock;
  /** Wraps the store, e.g. to count reads. */
  readonly decorateStore?: (store: DocumentStore) => DocumentStore;
}

/** The schema alone, with nothing opened: for composition and for printing. */
export function schemaOf(definition: AnyDomainDefinition): { schema: GraphQLSchema; sdl: string } {
  return buildFederatedSchema(definition.resolvers, definition.references);
}

/** Opens a domain and serves its schema. */
export async function openDomain(definition: AnyDomainDefinition, options: DomainOptions): Promise<Domain> {
  const { schema, sdl } = schemaOf(definition);
  const { runtime, close } = await openRuntime(definition, options);
  const opened = [close];
  try {
    const connected = await definition.connect(runtime);
    opened.unshift(async () => connected.close?.());
    const consumers = await startConsumers(definition, runtime);
    opened.unshift(consumers.close);
    return {
      name: definition.name,
      schema,
      sdl,
      intake: runtime.intake,
      log: runtime.log,
      createContext: () => connected.createContext(),
      operations: {
        replay: (request, watch) => replayDomain(definition, runtime, consumers.running, request, watch),
        deadLetters: runtime.intake.deadLetters,
      },
      close: () => releaseAll(opened),
    };
  } catch (error) {
    await releaseAll(opened);
    throw error;
  }
}

/** Opens a domain's store, log and intake alone, and finishes what a crash interrupted: for who only sends messages. */
export async function openRuntime(
  definition: Pick<AnyDomainDefinition, 'name' | 'aggregates'>,
  options: DomainOptions,
): Promise<{ runtime: DomainRuntime; close: () => Promise<void> }> {
  const { directory, mongodbUri, decorateStore, clock } = options;
  const opened: (() => Promise<void>)[] = [];
  const close = async () => {
    await releaseAll(opened.reverse().splice(0));
  };
  try {
    await mkdir(directory, { recursive: true });
    const engine = mongodbUri
      ? await openMongoStore({ uri: mongodbUri, database: `takt-${definition.name}` })
      : await openLmdbStore({ directory: join(directory, 'documents') });
    opened.push(() => engine.close());
    const store = decorateStore?.(engine) ?? engine;
    const log = await openEmbeddedLog({ directory: join(directory, 'log') });
    opened.push(() => log.close());
    const intake = await openIntake({ store, log, aggregates: definition.aggregates, clock });
    opened.push(() => intake.close());
    return { runtime: { store, log, intake, clock }, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Releases one after the other; one that fails keeps none of the rest from being released. Throws what failed. */
export async function releaseAll(releases: readonly (() => Promise<void>)[]): Promise<void> {
  const failures: unknown[] = [];
  for (const release of releases) await release().catch((error: unknown) => failures.push(error));
  if (failures.length > 0) throw new AggregateError(failures, 'Not everything could be released.');
}

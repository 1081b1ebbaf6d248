import type { TSchema } from '@sinclair/typebox';
import type { BackingSystem } from '@takt/backing-system';
import type { DocumentStore } from '@takt/document-store';
import type { EventLog } from '@takt/event-log';
import type { AnyAggregate, Clock, OpenIntake } from '@takt/intake';
import type { LogConsumer } from '@takt/log-consumer';
import type { GraphQLError, GraphQLSchema } from 'graphql';
import type { NonEmptyArray } from 'type-graphql';
import type { RefreshCadence } from './config.ts';
import type { DomainExchange } from './domain-exchange.ts';
import { openEngines, type Engines } from './engines.ts';
import { withDocumentChanges } from './document-changes.ts';
import { faultOf } from './errors.ts';
import type { Health } from './health.ts';
import type { DoorAddress } from './intake-door.ts';
import type { Neighbours } from './neighbours.ts';
import type { Operations } from './operations.ts';
import { places } from './places.ts';
import { releaseAll } from './release-all.ts';
import type { Sources } from './source-state.ts';
import type { Time } from './time.ts';
import { startRuntime, type RunningRuntime } from './runtime.ts';
import { buildFederatedSchema, type ResolveReference } from './schema.ts';

/** What a subgraph's folder exports: everything that makes it this domain and no other. */
export interface DomainDefinition<Context extends object> extends AnyDomainDefinition {
  readonly references: Readonly<Record<string, ResolveReference<Context>>>;
  connect(runtime: DomainRuntime, operations: () => Operations): Promise<ConnectedDomain<Context>>;
}

/** A definition whose context is nobody's business but its own. */
export interface AnyDomainDefinition {
  /** Kebab-case, the folder's name. */
  readonly name: string;
  readonly aggregates: readonly AnyAggregate[];
  readonly resolvers: NonEmptyArray<new () => object>;
  /** Entities of other subgraphs that it adds fields to, where nothing of its own leads to them. */
  readonly entities?: readonly (new () => object)[];
  /** Directives of what has no decorator, such as enum values, by coordinate: see {@link buildFederatedSchema}. */
  readonly directives?: Readonly<Record<string, string>>;
  /** How to answer entities that other subgraphs refer to, by type name. */
  readonly references: Readonly<Record<string, ResolveReference<never>>>;
  /** JSON Schema of the data of each command that it sends to backing systems, by type. */
  readonly commands?: Readonly<Record<string, TSchema>>;
  /**
   * Opens collections once and answers what makes the context of each request. `operations`: of the process that writes;
   * throws IntakeUnavailableError if that is not known.
   */
  connect(runtime: DomainRuntime, operations: () => Operations): Promise<ConnectedDomain<object>>;
  /** What follows the domain's log, in the one process that writes: started whenever that is this one. */
  consumers?(runtime: DomainRuntime): Promise<readonly LogConsumer[]>;
  /** Starts what talks with backing systems and answers other domains, in the same process and for as long. */
  startExchange?(runtime: DomainRuntime): Promise<DomainExchange>;
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
  /** Those that are declared. */
  readonly backingSystems: readonly BackingSystem[];
  readonly neighbours: Neighbours;
  /** Days for which what has ended is kept; whatever the domain takes unless given. */
  readonly inboxDays?: number | undefined;
  readonly refresh: RefreshCadence;
  /** Systems that its facts come from. */
  readonly sources: Sources;
}

/** A subgraph that runs: in this process, with its store open. */
export interface Domain {
  readonly name: string;
  readonly schema: GraphQLSchema;
  readonly sdl: string;
  readonly intake: OpenIntake;
  readonly log: EventLog;
  /** Whether other processes may have it open as well: they knock at a door of its own, not at the server's. */
  readonly isShared: boolean;
  /** The door of the process that writes, which may be this one; undefined if it is not shared or that is not known. */
  holder(): DoorAddress | undefined;
  /** Reasons why it could not answer or take everything now; none if it could. */
  readonly health: Health;
  /** What clients may learn of an error that was not made for them; undefined if nothing. */
  faultOf(error: unknown): GraphQLError | undefined;
  /** How its subscriptions tell places to resume from. */
  readonly places: Pick<typeof places, 'ask' | 'cursorOf'>;
  /** What operators may do, through the process that writes. Throws IntakeUnavailableError if that is not known. */
  operations(): Operations;
  createContext(): object;
  close(): Promise<void>;
}

export interface DomainOptions {
  /** The domain keeps everything that it has under this folder. */
  readonly directory: string;
  /** Keeps documents in this MongoDB instead of in the folder. */
  readonly mongodbUri?: string | undefined;
  /** Keeps events in this NATS JetStream instead of in the folder. With a MongoDB, several processes may have the domain open. */
  readonly natsUrl?: string | undefined;
  /** Starts the names of its database and its stream; `takt` unless given. */
  readonly namespace?: string | undefined;
  /** Days for which its inbox keeps messages that ended; what the intake takes unless given. */
  readonly inboxDays?: number | undefined;
  /** How soon synchronization judges changes; what a configuration without settings says unless given. */
  readonly refresh?: RefreshCadence | undefined;
  /** Where other processes that have it open as well reach this one; any free port of 127.0.0.1 unless given. */
  readonly door?: { readonly host: string; readonly port: number; readonly advertisedHost?: string | undefined };
  readonly clock: Clock;
  /** Those that are declared; none unless given. */
  readonly backingSystems?: readonly BackingSystem[] | undefined;
  /** Unreachable unless given. */
  readonly neighbours?: Neighbours | undefined;
  /** Measures for how long who writes may be silent; the steady clock of this process unless given. */
  readonly time?: Time | undefined;
  /** Wraps the store, e.g. to count reads. */
  readonly decorateStore?: (store: DocumentStore) => DocumentStore;
}

/** The schema alone, with nothing opened: for composition and for printing. Built once for a definition. */
export function schemaOf(definition: AnyDomainDefinition): { schema: GraphQLSchema; sdl: string } {
  const known = schemas.get(definition);
  if (known) return known;
  const built = buildFederatedSchema(
    definition.resolvers,
    definition.references,
    definition.entities,
    definition.directives,
  );
  schemas.set(definition, built);
  return built;
}

const schemas = new WeakMap<AnyDomainDefinition, ReturnType<typeof buildFederatedSchema>>();

/** Opens a domain and serves its schema. */
export async function openDomain(definition: AnyDomainDefinition, options: DomainOptions): Promise<Domain> {
  return openDomainOn(await openEngines(definition, options), definition, options);
}

/** The same on a store and a log that are open; they are closed with the domain. */
export async function openDomainOn(
  engines: Engines,
  definition: AnyDomainDefinition,
  options: DomainOptions,
): Promise<Domain> {
  const { schema, sdl } = schemaOf(definition);
  const running = await startRuntime(definition, engines, options);
  const { runtime, isShared, health } = running;
  try {
    const connected = await definition.connect(runtime, () => running.operations());
    return {
      name: definition.name,
      schema: withDocumentChanges(schema, definition.aggregates, runtime),
      sdl,
      intake: runtime.intake,
      log: runtime.log,
      isShared,
      holder: () => running.holder(),
      operations: () => running.operations(),
      health,
      faultOf,
      places,
      createContext: () => connected.createContext(),
      close: () => releaseAll([async () => connected.close?.(), () => running.close()]),
    };
  } catch (error) {
    await running.close();
    throw error;
  }
}

/** Opens a domain's store, log and intake alone, and finishes what a crash interrupted: for who only sends messages. */
export async function openRuntime(
  definition: Pick<AnyDomainDefinition, 'name' | 'aggregates' | 'consumers' | 'startExchange'>,
  options: DomainOptions,
): Promise<Pick<RunningRuntime, 'runtime' | 'operations' | 'close'>> {
  return startRuntime(definition, await openEngines(definition, options), options);
}

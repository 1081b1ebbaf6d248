import { join } from 'node:path';
import { openLmdbStore, StoreUnavailableError, type DocumentStore } from '@takt/document-store';
import { openEmbeddedLog, type EventLog, type LoggedEvent } from '@takt/event-log';
import { systemClock } from '@takt/intake';
import { products } from '@takt/products';
import { openDomain, openDomainOn, type AnyDomainDefinition, type Domain } from '@takt/subgraph-server';
import { onTestFinished } from 'vitest';
import { temporaryNamespace, type Servers } from '../servers.ts';
import { temporaryFolder } from '../system.ts';

/** One process's worth of a domain that several have open. */
export interface Instance {
  readonly domain: Domain;
  /** Positions that its consumer was given, in order. */
  readonly consumed: number[];
  /** From now on its store answers nothing. */
  loseStore(): void;
  close(): Promise<void>;
}

/** Opens one instance after the other of the same domain; they meet only in the store and in the log, and by sockets. */
export type OpenInstance = () => Promise<Instance>;

/** Store and log of this machine, opened once and shared by all instances. */
export async function embedded(): Promise<OpenInstance> {
  const directory = await temporaryFolder();
  const store = await openLmdbStore({ directory: join(directory, 'documents') });
  const log = await openEmbeddedLog({ directory: join(directory, 'log') });
  onTestFinished(async () => {
    await log.close();
    await store.close();
  });
  return instancesOf(async (definition, decorate) => {
    const own = decorate(store);
    const close = () => Promise.resolve();
    const engines = { store: own, leases: own, log: withoutClose(log), isShared: true, close };
    return openDomainOn(engines, definition, { directory: await temporaryFolder(), clock: systemClock });
  });
}

/** A database and a stream of their own, which each instance connects to. */
export function servers({ mongodbUri, natsUrl }: Servers): Promise<OpenInstance> {
  const namespace = temporaryNamespace({ mongodbUri, natsUrl }, ['products']);
  return Promise.resolve(
    instancesOf(async (definition, decorateStore) =>
      openDomain(definition, {
        directory: await temporaryFolder(),
        mongodbUri,
        natsUrl,
        namespace,
        clock: systemClock,
        decorateStore,
      }),
    ),
  );
}

type Decorate = (store: DocumentStore) => DocumentStore;

function instancesOf(open: (definition: AnyDomainDefinition, decorate: Decorate) => Promise<Domain>): OpenInstance {
  return async () => {
    const consumed: number[] = [];
    const isAway = { now: false };
    const counting = {
      name: 'counting',
      apply: (events: readonly LoggedEvent[]) => {
        consumed.push(...events.map(({ position }) => position));
        return Promise.resolve();
      },
      catchUp: () => Promise.resolve(),
    };
    const definition: AnyDomainDefinition = { ...products, consumers: () => Promise.resolve([counting]) };
    const domain = await open(definition, (store) => losable(store, isAway));
    let closed: Promise<void> | undefined;
    const close = () => (closed ??= domain.close());
    onTestFinished(close);
    return { domain, consumed, loseStore: () => (isAway.now = true), close };
  };
}

/** A store as one process has it, whose connection can be lost. */
function losable(store: DocumentStore, isAway: { readonly now: boolean }): DocumentStore {
  const guarded = <Target extends object>(target: Target): Target =>
    new Proxy(target, {
      get(from, name) {
        const value: unknown = Reflect.get(from, name, from);
        if (name === 'outbox') return guarded(value as object);
        if (typeof value !== 'function' || name === 'onCommit' || name === 'close') return bound(value, from);
        return async (...given: unknown[]) => {
          if (isAway.now) throw new StoreUnavailableError('the test has cut it off');
          const result: unknown = await Reflect.apply(value, from, given);
          return name === 'collection' ? guarded(result as object) : result;
        };
      },
    });
  return guarded(store);
}

function bound(value: unknown, owner: object): unknown {
  return typeof value === 'function' ? (value.bind(owner) as unknown) : value;
}

function withoutClose(log: EventLog): EventLog {
  return {
    id: log.id,
    append: (events) => log.append(events),
    read: (after, limit) => log.read(after, limit),
    head: () => log.head(),
    follow: (after, signal) => log.follow(after, signal),
    check: () => log.check(),
    close: () => Promise.resolve(),
  };
}

import { join } from 'node:path';
import { openLmdbStore, StoreUnavailableError, type DocumentStore } from '@takt/document-store';
import { LogUnavailableError, openEmbeddedLog, type EventLog, type LoggedEvent } from '@takt/event-log';
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
  /** Its log takes nothing until it is found again. */
  loseLog(): void;
  findLog(): void;
  close(): Promise<void>;
}

/**
 * Opens one instance after the other of the same domain; they meet only in the store and in the log, and by sockets.
 * One that `cannotWrite` has a consumer that does not start.
 */
export type OpenInstance = (flaw?: { readonly cannotWrite: boolean }) => Promise<Instance>;

/** Store and log of this machine, opened once and shared by all instances, whose time goes so many times as fast. */
export async function embedded(haste = 1): Promise<OpenInstance> {
  const directory = await temporaryFolder();
  const store = await openLmdbStore({ directory: join(directory, 'documents') });
  const log = await openEmbeddedLog({ directory: join(directory, 'log') });
  onTestFinished(async () => {
    await log.close();
    await store.close();
  });
  const clock = () => new Date(performance.timeOrigin + performance.now() * haste);
  const time = {
    now: () => performance.now() * haste,
    after: (ms: number, callback: () => void) => {
      const timer = setTimeout(callback, ms / haste);
      return () => clearTimeout(timer);
    },
  };
  return instancesOf(async (definition, decorate, isLogAway) => {
    const own = decorate(store);
    const close = () => Promise.resolve();
    const engines = { store: own, leases: own, log: losableLog(log, isLogAway), isShared: true, close };
    return openDomainOn(engines, definition, { directory: await temporaryFolder(), clock, time });
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

interface Away {
  now: boolean;
}

function instancesOf(
  open: (definition: AnyDomainDefinition, decorate: Decorate, isLogAway: Away) => Promise<Domain>,
): OpenInstance {
  return async ({ cannotWrite } = { cannotWrite: false }) => {
    const consumed: number[] = [];
    const [isAway, isLogAway]: [Away, Away] = [{ now: false }, { now: false }];
    const counting = {
      name: 'counting',
      apply: (events: readonly LoggedEvent[]) => {
        consumed.push(...events.map(({ position }) => position));
        return Promise.resolve();
      },
      catchUp: () => Promise.resolve(),
    };
    const definition: AnyDomainDefinition = {
      ...products,
      consumers: () => (cannotWrite ? Promise.reject(new Error('It does not start.')) : Promise.resolve([counting])),
    };
    const domain = await open(definition, (store) => losable(store, isAway), isLogAway);
    let closed: Promise<void> | undefined;
    const close = () => (closed ??= domain.close());
    onTestFinished(close);
    return {
      domain,
      consumed,
      loseStore: () => (isAway.now = true),
      loseLog: () => (isLogAway.now = true),
      findLog: () => (isLogAway.now = false),
      close,
    };
  };
}

/** A store as one process has it, whose connection can be lost. */
function losable(store: DocumentStore, isAway: Away): DocumentStore {
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

/** A log as one process has it, whose connection can be lost. */
function losableLog(log: EventLog, isAway: Away): EventLog {
  const reachable = () =>
    isAway.now ? Promise.reject(new LogUnavailableError('the test has cut it off')) : Promise.resolve();
  return {
    id: log.id,
    append: (events) => reachable().then(() => log.append(events)),
    read: (after, limit) => log.read(after, limit),
    head: () => log.head(),
    follow: (after, signal) => log.follow(after, signal),
    check: () => reachable().then(() => log.check()),
    close: () => Promise.resolve(),
  };
}

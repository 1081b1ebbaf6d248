import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { openLmdbStore, openMongoStore, type DocumentStore } from '@takt/document-store';
import { openEmbeddedLog, openJetStreamLog, type EventLog } from '@takt/event-log';
import type { AnyDomainDefinition, DomainOptions } from './domain.ts';
import { claimLog } from './log-owner.ts';
import { releaseAll } from './release-all.ts';

/** What keeps a domain's documents and events. */
export interface Engines {
  readonly store: DocumentStore;
  /** The same documents, by a connection of its own: who writes must be told in time, whatever else is under way. */
  readonly leases: DocumentStore;
  readonly log: EventLog;
  /** Whether other processes may have both open at the same time. */
  readonly isShared: boolean;
  close(): Promise<void>;
}

/** Throws if they do not belong together. */
export async function openEngines(
  definition: Pick<AnyDomainDefinition, 'name' | 'aggregates'>,
  options: DomainOptions,
): Promise<Engines> {
  const { name } = definition;
  const { directory, mongodbUri, natsUrl, namespace = 'takt', decorateStore } = options;
  const opened: (() => Promise<void>)[] = [];
  const close = async () => {
    await releaseAll(opened.reverse().splice(0));
  };
  try {
    await mkdir(directory, { recursive: true });
    const database = `${namespace}-${name}`;
    const openStore = async (open: () => Promise<DocumentStore>): Promise<DocumentStore> => {
      const engine = await open();
      opened.push(() => engine.close());
      return decorateStore?.(engine) ?? engine;
    };
    const store = await openStore(() =>
      mongodbUri
        ? openMongoStore({ uri: mongodbUri, database })
        : openLmdbStore({ directory: join(directory, 'documents') }),
    );
    const log = natsUrl
      ? await openJetStreamLog({ url: natsUrl, stream: `${namespace}-${name}` })
      : await openEmbeddedLog({ directory: join(directory, 'log') });
    opened.push(() => log.close());
    await claimLog(definition, store, log);
    // What lies in a directory is open in one process, and what belongs to it has no other user either.
    if (mongodbUri === undefined || natsUrl === undefined) return { store, leases: store, log, isShared: false, close };
    const leases = await openStore(() => openMongoStore({ uri: mongodbUri, database }));
    return { store, leases, log, isShared: true, close };
  } catch (error) {
    await close();
    throw error;
  }
}

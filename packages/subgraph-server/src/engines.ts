import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { openLmdbStore, openMongoStore, type DocumentStore } from '@takt/document-store';
import { openEmbeddedLog, openJetStreamLog, type EventLog } from '@takt/event-log';
import type { DomainOptions } from './domain.ts';
import { claimLog } from './log-owner.ts';
import { releaseAll } from './release-all.ts';

/** What keeps a domain's documents and events. */
export interface Engines {
  readonly store: DocumentStore;
  readonly log: EventLog;
  /** Whether other processes may have both open at the same time. */
  readonly isShared: boolean;
  close(): Promise<void>;
}

/** Throws if they do not belong together. */
export async function openEngines(domain: string, options: DomainOptions): Promise<Engines> {
  const { directory, mongodbUri, natsUrl, namespace = 'takt', decorateStore } = options;
  const opened: (() => Promise<void>)[] = [];
  const close = async () => {
    await releaseAll(opened.reverse().splice(0));
  };
  try {
    await mkdir(directory, { recursive: true });
    const engine = mongodbUri
      ? await openMongoStore({ uri: mongodbUri, database: `${namespace}-${domain}` })
      : await openLmdbStore({ directory: join(directory, 'documents') });
    opened.push(() => engine.close());
    const store = decorateStore?.(engine) ?? engine;
    const log = natsUrl
      ? await openJetStreamLog({ url: natsUrl, stream: `${namespace}-${domain}` })
      : await openEmbeddedLog({ directory: join(directory, 'log') });
    opened.push(() => log.close());
    await claimLog(domain, store, log);
    // What lies in a directory is open in one process, and what belongs to it has no other user either.
    return { store, log, isShared: store.shared && natsUrl !== undefined, close };
  } catch (error) {
    await close();
    throw error;
  }
}

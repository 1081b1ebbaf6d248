import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isOver, type Job } from './job.ts';

/** Jobs in a folder that several processes may share: one folder a job. Who works on a job writes it. */
export interface JobStore {
  /** Keeps a new job; answers false if there is one of that id. */
  add(job: Job): Promise<boolean>;
  /** As it was kept last; undefined if there is none. */
  readKept(id: string): Promise<Job | undefined>;
  /** The same, but cancelled if somebody wishes so. */
  read(id: string): Promise<Job | undefined>;
  all(): Promise<Job[]>;
  /** Resolves when it is on stable storage. */
  save(job: Job): Promise<void>;
  /** Has who works on it stop. */
  wishCancelled(id: string): Promise<void>;
  isCancelWished(id: string): Promise<boolean>;
  /** Path of a file of a job. */
  pathOf(id: string, name: string): string;
  /** All files of a job but these and what the store has of it. */
  removeOthers(id: string, keep: readonly string[]): Promise<void>;
  remove(id: string): Promise<void>;
}

export async function openJobStore(folder: string): Promise<JobStore> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  // What is over does not change any more.
  const over = new Map<string, Job>();

  const store: JobStore = {
    async add(job) {
      const draft = join(folder, `.new-${randomUUID()}`);
      await mkdir(draft, { mode: 0o700 });
      try {
        await writeDurably(join(draft, RECORD), JSON.stringify(job));
        await rename(draft, join(folder, job.id));
        await syncFolder(folder);
        return true;
      } catch (error) {
        await rm(draft, { recursive: true, force: true });
        if (['ENOTEMPTY', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) return false;
        throw error;
      }
    },

    async readKept(id) {
      const known = over.get(id);
      if (known) return known;
      if (!ID_FORM.test(id)) return undefined;
      const text = await readFile(join(folder, id, RECORD), 'utf8').catch(orAbsent);
      if (text === undefined) return undefined;
      const job = JSON.parse(text) as Job;
      if (isOver(job)) over.set(id, job);
      return job;
    },

    async read(id) {
      const job = await store.readKept(id);
      return job && !isOver(job) && (await store.isCancelWished(id)) ? { ...job, state: 'CANCELLED' } : job;
    },

    async all() {
      const ids = (await readdir(folder)).filter((name) => ID_FORM.test(name));
      const there = new Set(ids);
      for (const id of over.keys()) if (!there.has(id)) over.delete(id);
      const jobs = await Promise.all(ids.map((id) => store.read(id)));
      return jobs.filter((job) => job !== undefined);
    },

    async save(job) {
      const path = join(folder, job.id, RECORD);
      await writeDurably(`${path}.new`, JSON.stringify(job));
      await rename(`${path}.new`, path);
      await syncFolder(join(folder, job.id));
    },

    wishCancelled: (id) => writeFile(join(folder, id, CANCELLED), ''),
    isCancelWished: async (id) => (await stat(join(folder, id, CANCELLED)).catch(orAbsent)) !== undefined,
    pathOf: (id, name) => join(folder, id, name),

    async removeOthers(id, keep) {
      const kept = new Set([...keep, RECORD, LEASE, CANCELLED]);
      for (const name of await readdir(join(folder, id))) {
        // Who renews or takes the lease has files beside it.
        if (!kept.has(name) && !name.startsWith(`${LEASE}.`)) await rm(join(folder, id, name), { force: true });
      }
    },

    async remove(id) {
      over.delete(id);
      // Nobody finds half of it.
      const gone = join(folder, `.gone-${randomUUID()}`);
      await rename(join(folder, id), gone).catch(orAbsent);
      await rm(gone, { recursive: true, force: true });
    },
  };
  return store;
}

export const LEASE = 'lease';
const RECORD = 'job.json';
const CANCELLED = 'cancelled';
const ID_FORM = /^[0-9a-f]{32}$/;

async function writeDurably(path: string, text: string): Promise<void> {
  const file = await open(path, 'w', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function orAbsent(error: NodeJS.ErrnoException): undefined {
  if (error.code === 'ENOENT') return undefined;
  throw error;
}

import { createHash } from 'node:crypto';
import { lstat, mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DocumentEnd, ReceiverContext } from '@takt/backing-system';
import { pause } from '@takt/resilience';

export interface DropOptions {
  /** Absolute. */
  readonly folder: string;
  readonly stillMs: number;
}

/** Files that belong together. */
interface Drop {
  /** Of its subfolder; `''` for what lies in the folder itself. */
  readonly name: string;
  readonly files: readonly string[];
  /** Names, sizes and times of change. */
  readonly look: string;
  readonly bytes: number;
}

/** A drop that has ended, on its way out. */
interface Moving {
  readonly from: string;
  readonly files: readonly string[];
  readonly to: string;
}

/**
 * Takes what is dropped until the signal aborts. One drop: the `.json` files of one subfolder, or those that lie in the
 * folder itself, once none of them came, went or changed for `stillMs`. Names that begin with a dot are not looked at.
 *
 * growing → still → accepted → ended → moved into done/ or failed/, with a report.json
 *
 * After a crash a drop that still lies there is accepted under the same key, which its content makes, and its end is known;
 * one whose files were being moved is moved to the end first, so that no half of it is taken for a drop.
 */
export async function takeDrops(options: DropOptions, context: ReceiverContext, signal: AbortSignal): Promise<void> {
  const { folder, stillMs } = options;
  const seen = new Map<string, { look: string; since: number }>();
  await move(await context.checkpoints.read(MOVING), context);
  for (;;) {
    const drops = await listDrops(folder);
    const now = context.clock().getTime();
    const still = drops.filter(({ name, look }) => {
      const before = seen.get(name);
      if (before?.look === look) return now - before.since >= stillMs;
      seen.set(name, { look, since: now });
      return false;
    });
    for (const drop of still) await take(folder, drop, context, signal);
    for (const { name } of still) seen.delete(name);
    if (drops.length > still.length) await pause(stillMs, signal);
    else await context.due(signal);
  }
}

async function take(folder: string, drop: Drop, context: ReceiverContext, signal: AbortSignal): Promise<void> {
  const from = join(folder, drop.name);
  if (drop.bytes > MOST_BYTES) {
    const reason = `The files have ${drop.bytes} bytes together; at most ${MOST_BYTES} are read.`;
    await leave(folder, from, drop, { status: 'REJECTED', refusal: { code: 'TOO_LARGE', reason } }, context);
    return;
  }
  const files = await Promise.all(
    drop.files.map(async (name) => ({ name, base64: (await readFile(join(from, name))).toString('base64') })),
  );
  const body = Buffer.from(JSON.stringify({ files }));
  const key = `drop/${createHash('sha256').update(body).digest('hex')}`;
  const name = (drop.name || drop.files.join(' + ')).slice(0, LONGEST_NAME);
  const receipt = await context.accept({ key, name, mediaType: 'application/json', body }, { signal });
  await leave(folder, from, drop, await receipt.ended(signal), context);
}

/** What changed meanwhile is another drop. */
async function leave(
  folder: string,
  from: string,
  drop: Drop,
  end: Partial<DocumentEnd>,
  context: ReceiverContext,
): Promise<void> {
  const now = (await listDrops(folder)).find(({ name }) => name === drop.name);
  if (now?.look !== drop.look) return;
  const stamp = context.clock().toISOString().replaceAll(/[:.]/g, '-');
  const isDone = end.status === 'APPLIED' || end.status === 'DUPLICATE';
  const to = join(folder, isDone ? 'done' : 'failed', drop.name === '' ? stamp : `${stamp} ${drop.name}`);
  await mkdir(to, { recursive: true });
  await writeFile(join(to, 'report.json'), `${JSON.stringify(end, undefined, 2)}\n`);
  const moving: Moving = { from, files: drop.files, to };
  await context.checkpoints.write(MOVING, moving);
  await move(moving, context);
}

/** The emptied subfolder stays: who fills it may do so again. */
async function move(moving: unknown, { checkpoints }: ReceiverContext): Promise<void> {
  if (typeof moving !== 'object' || moving === null) return;
  const { from, files, to } = moving as Moving;
  for (const name of files) await rename(join(from, name), join(to, name)).catch(unlessGone);
  await checkpoints.write(MOVING, null);
}

async function listDrops(folder: string): Promise<Drop[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const subfolders = entries
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.') && !OURS.includes(entry.name))
    .map(({ name }) => name);
  const drops = await Promise.all(['', ...subfolders.sort()].map((name) => dropIn(folder, name)));
  return drops.filter((drop) => drop.files.length > 0);
}

async function dropIn(folder: string, name: string): Promise<Drop> {
  const entries = await readdir(join(folder, name), { withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile() && /^[^.].*\.json$/i.test(entry.name))
    .map((entry) => entry.name)
    .sort();
  const stats = await Promise.all(files.map((file) => lstat(join(folder, name, file)).catch(unlessGone)));
  const look = JSON.stringify(
    files.map((file, index) => [file, stats[index]?.size, stats[index]?.mtimeMs, stats[index]?.ino]),
  );
  return { name, files, look, bytes: stats.reduce((sum, each) => sum + (each?.size ?? 0), 0) };
}

function unlessGone(error: unknown): undefined {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
}

const MOVING = 'moving';
const OURS: readonly string[] = ['done', 'failed'];
/** They are checked against each other, so all of them are in memory at once. */
const MOST_BYTES = 64 * 1024 * 1024;
const LONGEST_NAME = 200;

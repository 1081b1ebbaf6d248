import { watch } from 'node:fs';
import type { FSWatcher } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { SupergraphFeed } from './source.ts';
import { SupergraphRefused } from './supergraph.ts';

/**
 * A file. Its directory is watched, since editors put a new file in the place of the old one; reports are lost on some
 * file systems and behind links, so it is looked at from time to time all the same.
 */
export function fileFeed(path: string, pollMs = 5_000): SupergraphFeed {
  let reported = false;
  let wake: (() => void) | undefined;
  const report = () => {
    reported = true;
    wake?.();
  };
  const watcher = watchDirectory(path, report);

  return {
    async read(signal) {
      try {
        return await readFile(path, { encoding: 'utf8', signal });
      } catch (error) {
        signal.throwIfAborted();
        const reason = error instanceof Error && 'code' in error ? String(error.code) : String(error);
        throw new SupergraphRefused(`Cannot read the supergraph file ${path} (${reason}).`, { cause: error });
      }
    },

    async changed(signal) {
      signal.throwIfAborted();
      const pause = new AbortController();
      wake = () => pause.abort();
      signal.addEventListener('abort', wake, { once: true });
      if (reported) wake();
      await delay(pollMs, undefined, { signal: pause.signal, ref: false }).catch(() => undefined);
      signal.removeEventListener('abort', wake);
      // Whoever writes a file in several steps should be done.
      while (reported) {
        reported = false;
        await delay(settleMs, undefined, { signal, ref: false });
      }
    },

    close: () => watcher?.close(),
  };
}

const settleMs = 50;

function watchDirectory(path: string, report: () => void): FSWatcher | undefined {
  try {
    const watcher = watch(dirname(path), { persistent: false }, (_event, name) => {
      if (name === null || name === basename(path)) report();
    });
    // What is not reported any more is found by looking.
    watcher.on('error', () => watcher.close());
    return watcher;
  } catch {
    return undefined;
  }
}

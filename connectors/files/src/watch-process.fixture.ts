import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { APPLIED, receiverContext } from '@takt/backing-system/testing';
import type { ReceiverContext } from '@takt/backing-system';
import { openLocalPlace } from './local-place.ts';
import { matcher } from './names.ts';
import { watchDrop } from './watch-drop.ts';

/** A process that takes files and can be killed: `folder log HANG|GO`. Keys that it accepted are in the log; HANG: none ends. */
const [folder = '', log = '', mode] = process.argv.slice(2);
const known = new Set(
  existsSync(log)
    ? readFileSync(log, 'utf8')
        .split('\n')
        .map((line) => line.replace(/^\w+ /, ''))
    : [],
);
const context: ReceiverContext = {
  ...receiverContext('wms/P100'),
  async accept(document) {
    const chunks = (document.body as AsyncIterable<Buffer>)[Symbol.asyncIterator]();
    while ((await chunks.next()).done !== true);
    const isNew = !known.has(document.key);
    appendFileSync(log, `${isNew ? 'NEW' : 'KNOWN'} ${document.key}\n`);
    process.stdout.write('accepted\n');
    const ended = () => (mode === 'GO' ? Promise.resolve(APPLIED) : new Promise<never>(() => undefined));
    return { id: document.key, isNew, ended };
  },
};
const drop = { open: () => openLocalPlace(folder), matches: matcher('*'), stillForMs: 0 };
// Keeps it alive: what it waits for does not.
setInterval(() => undefined, 1_000);
await watchDrop(drop, { document: () => ({ mediaType: 'text/csv' }) }, context, new AbortController().signal);

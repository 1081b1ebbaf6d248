import { closeSync, existsSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { receiverContext } from '@takt/backing-system/testing';
import { receiver } from './receiver.ts';
import { readSettings, type Settings } from './settings.ts';

/** A process that keeps keys in a file, each synced before it is confirmed; a line that a kill cut off counts for nothing. */
const [, , file = '', settings = ''] = process.argv;
const known = new Set(existsSync(file) ? readFileSync(file, 'utf8').split('\n') : []);
const output = openSync(file, 'a');
const context = receiverContext('mes/P100');
const connection = readSettings(JSON.parse(settings) as Settings, { secret: () => '', folder: '/' });
try {
  await receiver(connection).run(
    {
      ...context,
      observe: () => process.send?.('observed'),
      async accept({ key }) {
        const isNew = !known.has(key);
        if (isNew) {
          known.add(key);
          writeSync(output, `\n${key}`);
          fsyncSync(output);
        }
        // So that a kill comes between keeping and confirming.
        await pause(2);
        return { id: key, isNew, ended: () => Promise.reject(new Error('It does not end.')) };
      },
    },
    new AbortController().signal,
  );
} finally {
  closeSync(output);
}

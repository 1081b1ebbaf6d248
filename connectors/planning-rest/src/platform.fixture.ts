import type { Observation, RawDocument, Receiver } from '@takt/backing-system';
import type { RecordingContext } from '@takt/backing-system/testing';
import type { Mapping, SourceRecord } from '@takt/mapping';
import { planningRestWith } from './planning-rest.ts';
import { parseDocument } from './parse.ts';
import type { Columns } from './rows.ts';

export const TOKEN = 'a-token';
export const SECRET = `whsec_${Buffer.alloc(24, 7).toString('base64')}`;
export const OTHER_SECRET = `whsec_${Buffer.alloc(24, 8).toString('base64')}`;

const ENV: Readonly<Record<string, string>> = {
  PLANNING_TOKEN: TOKEN,
  PLANNING_SECRET: SECRET,
  PLANNING_SECRET_OLD: OTHER_SECRET,
};

/** Only its presence counts here. */
const MAPPING = { name: 'planning-cycle' } as Mapping;

export function receiverOf(settings: object, onListening?: (port: number) => void): Receiver {
  const pauses = { resuming: { attempts: 3, firstPauseMs: 1 }, firstMs: 5, longestMs: 20 };
  const { receiver } = planningRestWith(pauses, onListening).configure(settings as never, {
    secret: (_field, variable) => ENV[variable] ?? '',
    system: 'planning/cloud',
    folder: '/',
    mapping: MAPPING,
  });
  if (!receiver) throw new Error('It has no receiver.');
  return receiver;
}

export interface Running {
  readonly stop: () => Promise<void>;
}

export function run(receiver: Receiver, context: RecordingContext): Running {
  const stopped = new AbortController();
  const running = receiver.run(context, stopped.signal).catch((error: unknown) => {
    if (!stopped.signal.aborted) throw error;
  });
  return {
    stop: async () => {
      stopped.abort(new Error('stopped'));
      await running;
    },
  };
}

/** Resolves as soon as it is so; looks at each turn of the event loop. */
export async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve));
}

export function failures(observed: readonly Observation[]): string[] {
  return observed.flatMap((each) => ('reason' in each ? [each.reason] : []));
}

export function rawDocument(
  body: Buffer | (() => AsyncIterable<Buffer>),
  attributes: Readonly<Record<string, string>>,
): RawDocument {
  const chunks = Buffer.isBuffer(body) ? () => inChunks(body) : body;
  return {
    id: '1',
    key: 'k',
    mediaType: 'text/csv',
    bytes: 0,
    time: '2026-11-23T00:00:00Z',
    receivedAt: '2026-11-23T00:00:00Z',
    attributes,
    body: chunks,
  };
}

export async function recordsOf(document: RawDocument, columns: Columns = {}): Promise<SourceRecord[]> {
  const records: SourceRecord[] = [];
  for await (const record of parseDocument(document, columns)) records.push(record);
  return records;
}

async function* inChunks(bytes: Buffer): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += 4_096) yield await Promise.resolve(bytes.subarray(at, at + 4_096));
}

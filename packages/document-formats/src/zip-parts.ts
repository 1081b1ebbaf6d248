import type { Readable } from 'node:stream';
import { fromBufferPromise, type Entry, type ZipFile } from 'yauzl';
import { FormatError } from './row.ts';

/** What a ZIP container may have: an archive of 42 kB can otherwise become petabytes. */
const ZIP_LIMITS = {
  /** Of the container itself, which must be in memory: its table of contents stands at its end. */
  bytes: 33_554_432,
  parts: 2_000,
  /** Of all parts together, as they say it of themselves, and again as they turn out. */
  unpackedBytes: 536_870_912,
  /** Of a part of more than 1 MiB; sheets of real workbooks are at 5 to 30. */
  ratio: 200,
} as const;

export interface ZipParts {
  readonly names: readonly string[];
  has(name: string): boolean;
  /** Throws FormatError for a part that is not there, is damaged or unpacks to more than it may. */
  read(name: string): AsyncGenerator<Buffer>;
}

/** Opens a ZIP container. Throws FormatError for what is none, is encrypted, or has more than {@link ZIP_LIMITS}. */
export async function openZip(body: AsyncIterable<Buffer>): Promise<ZipParts> {
  const zip = await damaged(
    'the file',
    fromBufferPromise(await collect(body), { lazyEntries: true, strictFileNames: true }),
  );
  const entries = new Map<string, Entry>();
  let declared = 0;
  if (zip.entryCount > ZIP_LIMITS.parts) throw tooMuch(`more than ${ZIP_LIMITS.parts} parts`);
  await damaged(
    'the table of contents',
    listInto(zip, (entry) => {
      declared += entry.uncompressedSize;
      if (declared > ZIP_LIMITS.unpackedBytes) throw tooMuch(`more than ${ZIP_LIMITS.unpackedBytes} bytes unpacked`);
      checkRatio(entry.fileName, entry.uncompressedSize, entry.compressedSize);
      if (entry.isEncrypted()) throw new FormatError('FORBIDDEN', `${entry.fileName}: it is encrypted.`);
      if (entries.has(entry.fileName)) throw new FormatError('MALFORMED', `${entry.fileName}: it is there twice.`);
      entries.set(entry.fileName, entry);
    }),
  );
  let unpacked = 0;
  return {
    names: [...entries.keys()],
    has: (name) => entries.has(name),
    async *read(name) {
      const entry = entries.get(name);
      if (!entry) throw new FormatError('MALFORMED', `the container has no ${name}.`);
      const stream = await damaged(name, zip.openReadStreamPromise(entry));
      let bytes = 0;
      try {
        for await (const chunk of stream as Readable & AsyncIterable<Buffer>) {
          bytes += chunk.length;
          unpacked += chunk.length;
          if (unpacked > ZIP_LIMITS.unpackedBytes)
            throw tooMuch(`more than ${ZIP_LIMITS.unpackedBytes} bytes unpacked`);
          checkRatio(name, bytes, entry.compressedSize);
          yield chunk;
        }
      } catch (error) {
        throw error instanceof FormatError ? error : notSound(name, error);
      }
    },
  };
}

async function listInto(zip: ZipFile, take: (entry: Entry) => void): Promise<void> {
  for await (const entry of zip.eachEntry()) take(entry);
}

async function collect(body: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > ZIP_LIMITS.bytes) throw tooMuch(`more than ${ZIP_LIMITS.bytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function checkRatio(name: string, unpacked: number, packed: number): void {
  if (unpacked > 1_048_576 && unpacked > ZIP_LIMITS.ratio * packed) {
    throw new FormatError(
      'TOO_LARGE',
      `${name.slice(0, 200)}: it unpacks to more than ${ZIP_LIMITS.ratio} times its size.`,
    );
  }
}

function tooMuch(what: string): FormatError {
  return new FormatError('TOO_LARGE', `the container has ${what}.`);
}

async function damaged<T>(what: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw error instanceof FormatError ? error : notSound(what, error);
  }
}

function notSound(what: string, error: unknown): FormatError {
  const reason = error instanceof Error ? error.message : String(error);
  return new FormatError('MALFORMED', `${what.slice(0, 200)}: it is no sound ZIP container: ${reason.slice(0, 200)}`);
}

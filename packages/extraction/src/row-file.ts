import { open, type FileHandle } from 'node:fs/promises';
import type { RowReading, RowTaker } from './collect-rows.ts';
import { ExtractFailed } from './extract-failed.ts';

/** What was read of rows, in the order in which it was, in a file: `[pass, id, node or null]` in each line. */
export class RowFile implements Pick<RowTaker, 'take' | 'wasReadIn'> {
  readonly #file: FileHandle;
  readonly #maxBytes: () => number;
  #bytes = 0;
  #lines = 0;
  /** Of rows that were read again: the pass, and the line that has the latest reading. */
  readonly #again = new Map<string, { pass: number; line: number }>();

  private constructor(file: FileHandle, maxBytes: () => number) {
    this.#file = file;
    this.#maxBytes = maxBytes;
  }

  /** Opens what is there, up to so many bytes of it; the rest is cut off. */
  static async open(path: string, keptBytes: number, maxBytes: () => number): Promise<RowFile> {
    const file = await open(path, keptBytes === 0 ? 'w+' : 'r+');
    try {
      await file.truncate(keptBytes);
      const rows = new RowFile(file, maxBytes);
      if (keptBytes > 0) for await (const line of rows.#linesThere()) rows.#note(line);
      rows.#bytes = keptBytes;
      return rows;
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  get bytes(): number {
    return this.#bytes;
  }

  async take(pass: number, readings: readonly RowReading[]): Promise<void> {
    const lines = readings.map(({ id, node }) => JSON.stringify([pass, id, node ?? null]));
    if (lines.length === 0) return;
    const text = Buffer.from(`${lines.join('\n')}\n`);
    if (this.#bytes + text.length > this.#maxBytes()) {
      throw new ExtractFailed(
        'EXTRACT_TOO_LARGE',
        `Its rows take more than the ${this.#maxBytes()} bytes that it may.`,
      );
    }
    await writeAll(this.#file, text, this.#bytes);
    this.#bytes += text.length;
    for (const { id } of readings) this.#noteReading(pass, id);
  }

  wasReadIn(pass: number, id: string): boolean {
    return this.#again.get(id)?.pass === pass;
  }

  /** Resolves when all that was taken is on stable storage. */
  sync(): Promise<void> {
    return this.#file.datasync();
  }

  /** The latest reading of each row, a few at once. */
  async *latest(): AsyncGenerator<RowReading[]> {
    let some: RowReading[] = [];
    let number = 0;
    for await (const line of this.#linesThere()) {
      const [, id, node] = JSON.parse(line) as [number, string, RowReading['node'] | null];
      if ((this.#again.get(id)?.line ?? number) === number) some.push({ id, node: node ?? undefined });
      number++;
      if (some.length < AT_ONCE) continue;
      yield some;
      some = [];
    }
    if (some.length > 0) yield some;
  }

  close(): Promise<void> {
    return this.#file.close();
  }

  async *#linesThere(): AsyncGenerator<string> {
    // Its name may be gone: another process that had the lease for a while removes what is not its own.
    yield* this.#file.readLines({ encoding: 'utf8', start: 0, autoClose: false });
  }

  #note(line: string): void {
    if (line.startsWith('[0,')) {
      this.#lines++;
      return;
    }
    const [pass, id] = JSON.parse(line) as [number, string];
    this.#noteReading(pass, id);
  }

  #noteReading(pass: number, id: string): void {
    const line = this.#lines++;
    if (pass === 0) return;
    this.#again.set(id, { pass, line });
    if (this.#again.size > MAX_READ_AGAIN) {
      const message = `More than ${MAX_READ_AGAIN} rows changed. Extract everything anew, or less.`;
      throw new ExtractFailed('EXTRACT_TOO_MANY_CHANGES', message);
    }
  }
}

async function writeAll(file: FileHandle, bytes: Buffer, position: number): Promise<void> {
  for (let written = 0; written < bytes.length;) {
    const { bytesWritten } = await file.write(bytes, written, bytes.length - written, position + written);
    written += bytesWritten;
  }
}

const AT_ONCE = 250;
/** They are in memory. */
const MAX_READ_AGAIN = 1_000_000;

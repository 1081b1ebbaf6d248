import type { Collection, CollectionDefinition, DocumentStore } from '@takt/document-store';

/** A piece of a document as it came, under the id `<message id>/<number>`. */
interface RawChunk {
  readonly base64: string;
}

const RAW: CollectionDefinition<RawChunk> = { name: 'integration-raw', indexes: [] };

/** Bytes of each chunk but the last. */
export const CHUNK_BYTES = 256 * 1024;

/** What a message's body is read by. */
export interface RawOf {
  readonly id: string;
  readonly bytes: number;
  /** Base64 of a small body that is kept with the message. */
  readonly body?: string | undefined;
}

type Attempt = <T>(read: () => Promise<T>) => Promise<T>;

/** Keeps documents as they came, in chunks. */
export class RawStore {
  private constructor(private readonly chunks: Collection<RawChunk>) {}

  static async open(store: DocumentStore): Promise<RawStore> {
    return new RawStore(await store.collection(RAW));
  }

  /** Writes chunks from this number on, over what lies there. */
  async write(message: string, from: number, chunks: readonly Buffer[]): Promise<void> {
    await this.chunks.commit(
      chunks.map((chunk, index) => ({
        id: chunkId(message, from + index),
        document: { base64: chunk.toString('base64') },
        events: [],
        messageIds: [],
      })),
    );
  }

  /** Bytes from `offset` on, a chunk or the rest of one at a time. Each read of the store is made by `attempt`. */
  async *read({ id, bytes, body }: RawOf, offset = 0, attempt: Attempt = (read) => read()): AsyncGenerator<Buffer> {
    if (body !== undefined) {
      const whole = Buffer.from(body, 'base64');
      if (offset < whole.length) yield whole.subarray(offset);
      return;
    }
    const count = Math.ceil(bytes / CHUNK_BYTES);
    let skip = offset % CHUNK_BYTES;
    for (let next = Math.floor(offset / CHUNK_BYTES); next < count; next += CHUNKS_TOGETHER) {
      const numbers = Array.from({ length: Math.min(CHUNKS_TOGETHER, count - next) }, (_, index) => next + index);
      const found = await attempt(() => this.chunks.getMany(numbers.map((number) => chunkId(id, number))));
      for (const [index, chunk] of found.entries()) {
        if (!chunk) throw new Error(`Chunk ${next + index} of ${count} of ${id} is not there.`);
        yield Buffer.from(chunk.document.base64, 'base64').subarray(skip);
        skip = 0;
      }
    }
  }

  /** Removes all chunks of a message, however many there are. */
  async remove(message: string): Promise<void> {
    for (let after = `${message}/`; ;) {
      const { entries, hasNextPage } = await this.chunks.page({ orderBy: [], first: CHUNKS_TOGETHER, after: [after] });
      await this.chunks.remove(entries.map(({ id }) => id).filter((id) => isChunkOf(id, message)));
      after = entries.at(-1)?.id ?? '';
      if (!hasNextPage || !after.startsWith(`${message}/`)) return;
    }
  }
}

/** Chunks that are written or read at once. */
export const CHUNKS_TOGETHER = 8;

function chunkId(message: string, number: number): string {
  return `${message}/${String(number).padStart(6, '0')}`;
}

function isChunkOf(id: string, message: string): boolean {
  return id.startsWith(`${message}/`) && /^\d{6}$/.test(id.slice(message.length + 1));
}

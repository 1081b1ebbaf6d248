import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';

/** A new file, and what is known of it once it is written. */
export interface FileSink {
  /** Throws {@link FileTooLarge} before more than the bound is written. */
  write(bytes: Uint8Array): Promise<void>;
  /** Bytes written so far. */
  readonly bytes: number;
  /** Resolves when all of it is on stable storage. */
  close(): Promise<{ readonly bytes: number; readonly sha256: string }>;
  /** Closes what is of no use any more. */
  abandon(): Promise<void>;
}

export class FileTooLarge extends Error {
  constructor(readonly maxBytes: number) {
    super(`More than ${maxBytes} bytes would be written.`);
    this.name = 'FileTooLarge';
  }
}

/** In place of whatever is at the path. */
export async function openFileSink(path: string, maxBytes: number): Promise<FileSink> {
  const file = await open(path, 'w');
  const hash = createHash('sha256');
  let bytes = 0;
  return {
    async write(chunk) {
      if (bytes + chunk.byteLength > maxBytes) throw new FileTooLarge(maxBytes);
      hash.update(chunk);
      bytes += chunk.byteLength;
      for (let written = 0; written < chunk.byteLength;) {
        written += (await file.write(chunk, written)).bytesWritten;
      }
    },
    get bytes() {
      return bytes;
    },
    async close() {
      try {
        await file.sync();
      } finally {
        await file.close();
      }
      return { bytes, sha256: hash.digest('hex') };
    },
    abandon: () => file.close(),
  };
}

import { createWriteStream } from 'node:fs';
import { stat, truncate } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import type { ExtractedFile } from './extract-client.ts';

/** Downloads a file, or what is missing of it at the path. Throws an Error if it is not there any more. */
export async function download(
  get: (path: string, headers: Readonly<Record<string, string>>) => Promise<Response>,
  { url, bytes, sha256 }: ExtractedFile,
  path: string,
): Promise<void> {
  const there = await stat(path).then(
    ({ size }) => size,
    () => 0,
  );
  if (there > 0 && there === Number(bytes)) return;
  const response = await get(url, there > 0 ? { range: `bytes=${there}-`, 'if-range': `"${sha256}"` } : {});
  if (!response.ok || !response.body) {
    if (response.status === 416) await truncate(path);
    throw new Error(`${url} cannot be downloaded (${response.status}). Run the same command again.`);
  }
  const flags = response.status === 206 ? 'a' : 'w';
  await pipeline(Readable.fromWeb(response.body as ReadableStream), createWriteStream(path, { flags }));
}

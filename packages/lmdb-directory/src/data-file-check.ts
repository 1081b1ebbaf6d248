import { execFile } from 'node:child_process';
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';

/**
 * What is wrong with the data file of a store, or undefined. LMDB maps the file into memory: a page that lies beyond the
 * end of a truncated file, or a header that lies, would kill the process. So this reads both headers as plain bytes. A
 * file may be shorter than its header says if the last pages are free; only then, a child process reads all of it.
 */
export async function faultOfDataFile(directory: string): Promise<string | undefined> {
  let file: FileHandle;
  try {
    file = await open(join(directory, DATA_FILE));
  } catch (error) {
    return `${DATA_FILE} cannot be read (${(error as NodeJS.ErrnoException).code ?? String(error)})`;
  }
  try {
    const { size } = await file.stat();
    const first = readMeta(await readAt(file, 0, META_BYTES), 0);
    const second = first && readMeta(await readAt(file, first.pageSize, META_BYTES), 1);
    if (!first || !second || first.pageSize !== second.pageSize) return `the header of ${DATA_FILE} makes no sense`;
    const meta = first.transaction > second.transaction ? first : second;
    for (const root of meta.roots) {
      const page = await readAt(file, Number(root) * meta.pageSize, PAGE_HEADER_BYTES);
      if (page.length < PAGE_HEADER_BYTES) return `${DATA_FILE} is cut off`;
      if (page.readBigUInt64LE(0) !== root || !(page.readUInt16LE(18) & (BRANCH | LEAF)))
        return `page ${root} of ${DATA_FILE} makes no sense`;
    }
    if (size >= meta.pages * meta.pageSize) return undefined;
  } finally {
    await file.close();
  }
  return (await canBeRead(directory)) ? undefined : `${DATA_FILE} is cut off`;
}

const DATA_FILE = 'data.mdb';

/**
 * Offsets in a page of lmdb 3.5 (its mdb.c, MDB_page_header, MDB_meta and MDB_db): the header has the page number, the
 * transaction and flags; a meta page goes on with magic number, version, address, map size, the records of the free and
 * the main tree (page size first, root last), last page and transaction. Little-endian, as all platforms of Node are.
 */
const PAGE_HEADER_BYTES = 24;
const META_BYTES = 160;
const [BRANCH, LEAF, META] = [0x01, 0x02, 0x08];
const MAGIC = 0xbeefc0de;
const VERSION = 2;
const NO_PAGE = 2n ** 64n - 1n;

interface Meta {
  readonly pageSize: number;
  readonly roots: readonly bigint[];
  readonly pages: number;
  readonly transaction: bigint;
}

function readMeta(bytes: Buffer, page: number): Meta | undefined {
  if (bytes.length < META_BYTES) return undefined;
  const pageSize = bytes.readUInt32LE(48);
  const mapSize = bytes.readBigUInt64LE(40);
  const lastPage = bytes.readBigUInt64LE(144);
  const roots = [bytes.readBigUInt64LE(88), bytes.readBigUInt64LE(136)].filter((root) => root !== NO_PAGE);
  const sound =
    bytes.readBigUInt64LE(0) === BigInt(page) &&
    (bytes.readUInt16LE(18) & META) !== 0 &&
    bytes.readUInt32LE(24) === MAGIC &&
    (bytes.readUInt32LE(28) & 0xffff) === VERSION &&
    pageSize >= 512 &&
    pageSize <= 65536 &&
    (pageSize & (pageSize - 1)) === 0 &&
    lastPage >= 1n &&
    (lastPage + 1n) * BigInt(pageSize) <= mapSize &&
    roots.every((root) => root > 1n && root <= lastPage);
  return sound ? { pageSize, roots, pages: Number(lastPage) + 1, transaction: bytes.readBigUInt64LE(152) } : undefined;
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
}

/** Reads every value in a process that may die of it. */
async function canBeRead(directory: string): Promise<boolean> {
  const script = `
    const engine = require(process.argv[1]).open({ path: process.argv[2], noSubdir: false, readOnly: true, maxDbs: 256 });
    // Opening a database while a range of the root is being read would end that read.
    for (const name of [...engine.getKeys()]) {
      const database = engine.openDB({ name, keyEncoding: 'binary', encoding: 'binary' });
      for (const { value } of database.getRange({ start: Buffer.alloc(0) })) Buffer.from(value);
    }
    process.exit(0);`;
  const lmdb = createRequire(import.meta.url).resolve('lmdb');
  try {
    await promisify(execFile)(process.execPath, ['-e', script, lmdb, directory]);
    return true;
  } catch {
    return false;
  }
}

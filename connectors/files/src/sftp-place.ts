import { createHash, timingSafeEqual } from 'node:crypto';
import { constants } from 'node:fs';
import { posix } from 'node:path';
import { Client, type SFTPWrapper } from 'ssh2';
import { NOT_A_FILE } from './local-place.ts';
import { DropFileError, type DropPlace } from './drop-place.ts';

export interface SftpServer {
  readonly host: string;
  readonly port: number;
  /** Absolute. */
  readonly folder: string;
  /** `SHA256:…` of the key that it must have; any if undefined. */
  readonly hostKey: string | undefined;
  readonly user: string;
  readonly secret: { readonly password: string } | { readonly privateKey: string };
}

/** A folder of an SFTP server (protocol version 3, draft-ietf-secsh-filexfer-02), over one connection that is opened when needed. */
export function openSftpPlace(server: SftpServer): DropPlace {
  const connection = new Connection(server);
  const pathOf = (path: string) => posix.join(server.folder, path);
  const call = <T>(signal: AbortSignal, work: (sftp: SFTPWrapper, done: Done<T>) => void) =>
    connection.call(signal, work);

  const statOf = async (path: string, signal: AbortSignal) => {
    try {
      return await call<{ mode: number }>(signal, (sftp, done) => sftp.lstat(pathOf(path), done));
    } catch (error) {
      if (codeOf(error) === NO_SUCH_FILE) return undefined;
      throw error;
    }
  };
  const remove = async (path: string, signal: AbortSignal) => {
    await call(signal, (sftp, done) => sftp.unlink(pathOf(path), done)).catch((error: unknown) => {
      if (codeOf(error) !== NO_SUCH_FILE) throw error;
    });
  };
  const makeParent = async (path: string, signal: AbortSignal) => {
    const parent = posix.dirname(path);
    if (parent === '.') return;
    const stats = await statOf(parent, signal);
    if (!stats) await call(signal, (sftp, done) => sftp.mkdir(pathOf(parent), done));
    else if (kindOf(stats.mode) !== 'FOLDER') throw new Error(`${parent} is no folder.`);
  };

  return {
    async list(signal) {
      const list = await call<readonly { filename: string; attrs: { mode: number; size: number; mtime: number } }[]>(
        signal,
        (sftp, done) => sftp.readdir(pathOf('.'), done),
      );
      return list
        .filter(({ filename }) => filename !== '.' && filename !== '..')
        .slice(0, MAX_ENTRIES)
        .map(({ filename, attrs }) => ({
          name: filename,
          kind: kindOf(attrs.mode),
          bytes: attrs.size,
          modifiedMs: attrs.mtime * 1000,
        }));
    },
    async *read(name, signal) {
      const stats = await statOf(name, signal);
      if (!stats) throw new DropFileError('GONE', 'It is gone.');
      if (kindOf(stats.mode) !== 'FILE') throw new DropFileError('NOT_A_FILE', NOT_A_FILE);
      const handle = await call<Buffer>(signal, (sftp, done) => sftp.open(pathOf(name), 'r', done)).catch(
        (error: unknown) => {
          if (codeOf(error) === NO_SUCH_FILE) throw new DropFileError('GONE', 'It is gone.');
          if (codeOf(error) !== PERMISSION_DENIED) throw error;
          throw new DropFileError('UNREADABLE', 'It must not be read: permission denied.');
        },
      );
      try {
        for (let position = 0; ;) {
          const buffer = Buffer.alloc(CHUNK);
          const at = position;
          const bytes = await call<number>(signal, (sftp, done) =>
            sftp.read(handle, buffer, 0, CHUNK, at, (error, count) => done(error, count)),
          ).catch((error: unknown) => {
            if (codeOf(error) === END_OF_FILE) return 0;
            throw error;
          });
          if (bytes === 0) return;
          position += bytes;
          yield buffer.subarray(0, bytes);
        }
      } finally {
        await call(signal, (sftp, done) => sftp.close(handle, done)).catch(() => undefined);
      }
    },
    exists: async (path, signal) => (await statOf(path, signal)) !== undefined,
    async put(path, content, signal) {
      await makeParent(path, signal);
      const temporary = posix.join(posix.dirname(path), `.${posix.basename(path)}`.slice(0, 200) + '.tmp');
      await call(signal, (sftp, done) => sftp.writeFile(pathOf(temporary), content, done));
      await remove(path, signal);
      await call(signal, (sftp, done) => sftp.rename(pathOf(temporary), pathOf(path), done));
    },
    async move(name, path, signal) {
      await makeParent(path, signal);
      if (await statOf(path, signal)) return false;
      await call(signal, (sftp, done) => sftp.rename(pathOf(name), pathOf(path), done));
      return true;
    },
    remove,
    changed: (signal) => new Promise((_resolve, reject) => rejectOnAbort(signal, reject)),
    close: () => connection.close(),
  };
}

type Done<T> = (error: Error | null | undefined, value?: T) => void;

class Connection {
  readonly #server: SftpServer;
  #opened: Promise<SFTPWrapper> | undefined;
  #client: Client | undefined;

  constructor(server: SftpServer) {
    this.#server = server;
  }

  /** One request and its answer. What cannot be answered ends the connection: the next call opens another. */
  async call<T>(signal: AbortSignal, work: (sftp: SFTPWrapper, done: Done<T>) => void): Promise<T> {
    signal.throwIfAborted();
    this.#opened ??= this.#open();
    const opened = this.#opened;
    let stop: () => void = () => undefined;
    try {
      return await new Promise<T>((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error(`no answer within ${TIMEOUT_MS / 1000} s`)), TIMEOUT_MS);
        const stopListening = rejectOnAbort(signal, reject);
        stop = () => {
          clearTimeout(timer);
          stopListening();
        };
        this.#client?.once('close', () => reject(new Error('the connection was closed')));
        opened.then((sftp) => work(sftp, (error, value) => (error ? reject(error) : resolve(value as T))), reject);
      });
    } catch (error) {
      if (codeOf(error) === undefined || !SAID_BY_THE_SERVER.has(codeOf(error) ?? 0)) this.#drop();
      throw error;
    } finally {
      stop();
    }
  }

  close(): Promise<void> {
    this.#drop();
    return Promise.resolve();
  }

  #drop(): void {
    this.#client?.removeAllListeners('close');
    this.#client?.destroy();
    this.#client = undefined;
    this.#opened = undefined;
  }

  #open(): Promise<SFTPWrapper> {
    const { host, port, user, secret, hostKey } = this.#server;
    const client = new Client();
    client.setMaxListeners(0);
    this.#client = client;
    return new Promise((resolve, reject) => {
      // Errors after it was opened show at the requests that are under way.
      client.on('error', (error) => reject(error));
      client.on('close', () => {
        reject(new Error('the connection was closed'));
        if (this.#client === client) this.#drop();
      });
      client.on('ready', () => client.sftp((error, sftp) => (error ? reject(error) : resolve(sftp))));
      client.connect({
        host,
        port,
        username: user,
        ...secret,
        readyTimeout: TIMEOUT_MS,
        keepaliveInterval: 10_000,
        hostVerifier: (key: Buffer) => hostKey === undefined || isKey(key, hostKey),
      });
    });
  }
}

function isKey(key: Buffer, fingerprint: string): boolean {
  const found = createHash('sha256').update(key).digest();
  const wanted = Buffer.from(fingerprint.slice('SHA256:'.length), 'base64');
  return found.length === wanted.length && timingSafeEqual(found, wanted);
}

function rejectOnAbort(signal: AbortSignal, reject: (reason: Error) => void): () => void {
  const onAbort = () => reject(signal.reason as Error);
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  return () => signal.removeEventListener('abort', onAbort);
}

function codeOf(error: unknown): number | undefined {
  const { code } = error as { code?: unknown };
  return typeof code === 'number' ? code : undefined;
}

function kindOf(mode: number): 'FILE' | 'FOLDER' | 'OTHER' {
  const type = mode & constants.S_IFMT;
  return type === constants.S_IFREG ? 'FILE' : type === constants.S_IFDIR ? 'FOLDER' : 'OTHER';
}

const MAX_ENTRIES = 10_000;
const TIMEOUT_MS = 20_000;
const CHUNK = 262_144;
const END_OF_FILE = 1;
const NO_SUCH_FILE = 2;
const PERMISSION_DENIED = 3;
/** Answers of a server that is well: end of file, no such file, permission denied, failure. */
const SAID_BY_THE_SERVER = new Set([END_OF_FILE, NO_SUCH_FILE, PERMISSION_DENIED, 4]);

import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  closeSync,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  unlinkSync,
  writeSync,
  type Stats,
} from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join, posix } from 'node:path';
import ssh2, { type Connection, type SFTPWrapper } from 'ssh2';

export interface SftpPeer {
  /** `sftp://127.0.0.1:port/` */
  readonly url: string;
  /** `SHA256:…` */
  readonly hostKey: string;
  /** Cuts all connections and takes none, or takes them again. */
  setDown(down: boolean): void;
  /** Answers to each request come so much later. */
  setDelay(ms: number): void;
  close(): Promise<void>;
}

export interface SftpPeerOptions {
  /** That it shows as `/`; nothing outside can be reached. */
  readonly folder: string;
  readonly user: string;
  readonly password: string;
  /** 0 or left out: any that is free. */
  readonly port?: number;
}

/** A small SFTP server (version 3, https://datatracker.ietf.org/doc/html/draft-ietf-secsh-filexfer-02) on the loopback address with a host key of its own. */
export async function startSftpPeer({ folder, user, password, port = 0 }: SftpPeerOptions): Promise<SftpPeer> {
  const key = ssh2.utils.generateKeyPairSync('ed25519');
  const parsed = ssh2.utils.parseKey(key.public);
  if (parsed instanceof Error) throw parsed;
  const fingerprint = createHash('sha256').update(parsed.getPublicSSH()).digest('base64').replace(/=+$/, '');
  const connections = new Set<Connection>();
  let isDown = false;
  let delayMs = 0;
  const server = new ssh2.Server({ hostKeys: [key.private] }, (connection) => {
    if (isDown) {
      connection.end();
      return;
    }
    connections.add(connection);
    connection.on('error', () => connection.end());
    connection.on('close', () => connections.delete(connection));
    connection.on('authentication', (context) => {
      if (context.method !== 'password') context.reject(['password']);
      else if (context.username === user && context.password === password) context.accept();
      else context.reject(['password']);
    });
    connection.on('session', (accept) => {
      accept().on('sftp', (acceptSftp) => serve(acceptSftp(), folder, () => delayMs));
    });
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const cut = () => {
    for (const connection of connections) connection.end();
  };
  return {
    url: `sftp://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    hostKey: `SHA256:${fingerprint}`,
    setDown: (down) => {
      isDown = down;
      if (down) cut();
    },
    setDelay: (ms) => void (delayMs = ms),
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      cut();
      await closed;
    },
  };
}

const { STATUS_CODE } = ssh2.utils.sftp;

type Answer = () => void;

function serve(sftp: SFTPWrapper, folder: string, delayMs: () => number): void {
  const open = new Map<number, { readonly file?: number; names?: readonly string[]; readonly path: string }>();
  let next = 0;
  const pathOf = (path: string) => join(folder, posix.normalize(`/${path}`));
  const handleOf = (handle: Buffer) => {
    const found = open.get(handle.readUInt32BE(0));
    if (!found) throw Object.assign(new Error('no such handle'), { code: 'EBADF' });
    return found;
  };
  const newHandle = (what: { file?: number; names?: readonly string[]; path: string }) => {
    const handle = Buffer.alloc(4);
    handle.writeUInt32BE((next += 1), 0);
    open.set(next, what);
    return handle;
  };
  const attributes = (path: string) => attributesOf(lstatSync(path));
  /** The work is done at once and told after the delay. */
  const answer = (id: number, work: () => Answer) => {
    let told: Answer;
    try {
      told = work();
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      told = () => sftp.status(id, CODES[code ?? ''] ?? STATUS_CODE.FAILURE, message);
    }
    const ms = delayMs();
    if (ms > 0) setTimeout(told, ms).unref();
    else told();
  };
  const ok = (id: number) => () => sftp.status(id, STATUS_CODE.OK);

  sftp.on('REALPATH', (id, path) =>
    answer(id, () => () => {
      const filename = posix.normalize(`/${path}`);
      sftp.name(id, [{ filename, longname: filename, attrs: NO_ATTRIBUTES }]);
    }),
  );
  for (const event of ['STAT', 'LSTAT'] as const) {
    sftp.on(event as 'LSTAT', (id, path) =>
      answer(id, () => {
        const attrs = attributes(pathOf(path));
        return () => sftp.attrs(id, attrs);
      }),
    );
  }
  sftp.on('FSTAT', (id, handle) =>
    answer(id, () => {
      const attrs = attributesOf(fstatSync(handleOf(handle).file ?? -1));
      return () => sftp.attrs(id, attrs);
    }),
  );
  sftp.on('OPENDIR', (id, path) =>
    answer(id, () => {
      const handle = newHandle({ names: readdirSync(pathOf(path)), path: pathOf(path) });
      return () => sftp.handle(id, handle);
    }),
  );
  sftp.on('READDIR', (id, handle) =>
    answer(id, () => {
      const found = handleOf(handle);
      const { names = [], path } = found;
      if (names.length === 0) return () => sftp.status(id, STATUS_CODE.EOF);
      found.names = names.slice(PAGE);
      const entries = names.slice(0, PAGE).flatMap((filename) => {
        try {
          return [{ filename, longname: filename, attrs: attributes(join(path, filename)) }];
        } catch {
          return [];
        }
      });
      return () => sftp.name(id, entries);
    }),
  );
  sftp.on('OPEN', (id, filename, flags) =>
    answer(id, () => {
      const mode = ssh2.utils.sftp.flagsToString(flags) ?? 'r';
      const handle = newHandle({ file: openSync(pathOf(filename), mode), path: pathOf(filename) });
      return () => sftp.handle(id, handle);
    }),
  );
  sftp.on('READ', (id, handle, offset, length) =>
    answer(id, () => {
      const buffer = Buffer.alloc(Math.min(length, 262_144));
      const bytes = readSync(handleOf(handle).file ?? -1, buffer, 0, buffer.length, offset);
      if (bytes === 0) return () => sftp.status(id, STATUS_CODE.EOF);
      return () => sftp.data(id, buffer.subarray(0, bytes));
    }),
  );
  sftp.on('WRITE', (id, handle, offset, data) =>
    answer(id, () => {
      writeSync(handleOf(handle).file ?? -1, data, 0, data.length, offset);
      return ok(id);
    }),
  );
  sftp.on('CLOSE', (id, handle) =>
    answer(id, () => {
      const { file } = handleOf(handle);
      open.delete(handle.readUInt32BE(0));
      if (file !== undefined) closeSync(file);
      return ok(id);
    }),
  );
  sftp.on('SETSTAT', (id) => answer(id, () => ok(id)));
  sftp.on('FSETSTAT', (id) => answer(id, () => ok(id)));
  sftp.on('MKDIR', (id, path) => answer(id, () => (mkdirSync(pathOf(path)), ok(id))));
  sftp.on('REMOVE', (id, path) => answer(id, () => (unlinkSync(pathOf(path)), ok(id))));
  sftp.on('RENAME', (id, from, to) =>
    answer(id, () => {
      // Version 3 replaces nothing.
      if (exists(pathOf(to))) throw new Error('it exists');
      renameSync(pathOf(from), pathOf(to));
      return ok(id);
    }),
  );
  sftp.on('close', () => {
    for (const { file } of open.values()) if (file !== undefined) closeSync(file);
    open.clear();
  });
}

const PAGE = 100;
const NO_ATTRIBUTES = { mode: 0, uid: 0, gid: 0, size: 0, atime: 0, mtime: 0 };
const CODES: Readonly<Record<string, number>> = {
  ENOENT: STATUS_CODE.NO_SUCH_FILE,
  EACCES: STATUS_CODE.PERMISSION_DENIED,
  EPERM: STATUS_CODE.PERMISSION_DENIED,
};

function attributesOf({ mode, uid, gid, size, atimeMs, mtimeMs }: Stats) {
  return { mode, uid, gid, size, atime: Math.floor(atimeMs / 1000), mtime: Math.floor(mtimeMs / 1000) };
}

function exists(path: string): boolean {
  try {
    lstatSync(path);
    return true;
  } catch {
    return false;
  }
}

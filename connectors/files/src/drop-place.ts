/** A folder, here or on another machine, in which another system leaves files. Paths are relative to it, with `/`. */
export interface DropPlace {
  /** What lies directly in it. Rejects when it is not there or cannot be reached. */
  list(signal: AbortSignal): Promise<readonly DropEntry[]>;
  /** Follows no symbolic link. */
  read(name: string, signal: AbortSignal): AsyncIterable<Buffer>;
  /** Whole or not at all; replaces what is called so. Makes the folder that it goes into. */
  put(path: string, content: string | Buffer, signal: AbortSignal): Promise<void>;
  /** Whether anything is called so. */
  exists(path: string, signal: AbortSignal): Promise<boolean>;
  /** Never replaces anything: false if something is called so, unless it is the very same file. Makes the folder that it goes into. */
  move(name: string, path: string, signal: AbortSignal): Promise<boolean>;
  /** Nothing happens if it is not there. */
  remove(name: string, signal: AbortSignal): Promise<void>;
  /** Resolves when something may have changed in it; never where that cannot be known. Rejects when the signal aborts. */
  changed(signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

export interface DropEntry {
  readonly name: string;
  /** Only FILE is read: not a link, a device, a pipe, a socket. */
  readonly kind: 'FILE' | 'FOLDER' | 'OTHER';
  readonly bytes: number;
  /** Milliseconds since 1970, by the clock of the place. */
  readonly modifiedMs: number;
}

/** One file cannot be read or moved, others can. */
export class DropFileError extends Error {
  constructor(
    readonly code: 'GONE' | 'UNREADABLE' | 'NOT_A_FILE',
    readonly reason: string,
  ) {
    super(reason);
    this.name = 'DropFileError';
  }
}

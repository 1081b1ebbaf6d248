/** Where partners leave files and fetch answers. Names have no folder in them; those of `put` and `move` have one. */
export interface Place {
  /** Files that lie in it, the oldest first. */
  list(signal: AbortSignal): Promise<readonly FileEntry[]>;
  read(name: string, signal: AbortSignal): Promise<Buffer>;
  /** Whole or not at all; replaces what is called so. */
  put(path: string, content: string, signal: AbortSignal): Promise<void>;
  /** Never replaces anything: false if something is called so. */
  move(name: string, path: string, signal: AbortSignal): Promise<boolean>;
}

export interface FileEntry {
  readonly name: string;
  readonly bytes: number;
  readonly modifiedMs: number;
}

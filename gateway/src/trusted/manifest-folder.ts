import { watch } from 'node:fs';
import type { FSWatcher } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { manifestFile, ManifestRefused, parseManifest } from './manifest.ts';
import type { Manifest } from './manifest.ts';

export interface TrustedDocumentsLimits {
  readonly maxManifests: number;
  readonly maxDocuments: number;
  /** Of all manifest files together. */
  readonly maxBytes: number;
}

interface Size {
  readonly manifests: number;
  readonly documents: number;
  readonly bytes: number;
}

export interface ManifestFile extends Size {
  readonly manifest: Manifest | undefined;
  /** Changes with the file. */
  readonly mark: string | undefined;
}

const none: Size = { manifests: 0, documents: 0, bytes: 0 };

function plus(one: Size, other: Size): Size {
  return {
    manifests: one.manifests + other.manifests,
    documents: one.documents + other.documents,
    bytes: one.bytes + other.bytes,
  };
}

/** Why a file cannot be added, if so. */
export function excessWith(
  files: Iterable<ManifestFile>,
  added: ManifestFile,
  limits: TrustedDocumentsLimits,
): string | undefined {
  return excessOf(Array.from<Size>(files).reduce(plus, added), limits);
}

function excessOf(size: Size, limits: TrustedDocumentsLimits): string | undefined {
  if (size.manifests > limits.maxManifests) return `There would be more than ${limits.maxManifests} manifests.`;
  if (size.documents > limits.maxDocuments) return `There would be more than ${limits.maxDocuments} documents.`;
  return size.bytes > limits.maxBytes ? `Manifests would have more than ${limits.maxBytes} bytes.` : undefined;
}

export function fileOf(manifest: Manifest, text: string, mark?: string): ManifestFile {
  const documents = Object.keys(manifest.documents).length;
  return { manifest, manifests: 1, documents, bytes: Buffer.byteLength(text), mark };
}

/** What is in the folder now; what has not changed is not read again. Undefined if nothing has changed. */
export async function readManifests(
  folder: string,
  known: ReadonlyMap<string, ManifestFile>,
  limits: TrustedDocumentsLimits,
  log: (line: string) => void,
): Promise<Map<string, ManifestFile> | undefined> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.json')).sort();
  const found = new Map<string, ManifestFile>();
  let size = none;
  let hasChanged = false;
  for (const name of names) {
    const path = join(folder, name);
    const stats = await stat(path, { bigint: true }).catch(() => undefined);
    // What is read has an end.
    if (!stats?.isFile()) continue;
    const mark = `${stats.ino} ${stats.size} ${stats.mtimeNs}`;
    const before = known.get(name);
    let file = before;
    if (before?.mark !== mark) {
      hasChanged = true;
      try {
        file = await readManifest(path, name, mark, { size, bytes: Number(stats.size), limits });
      } catch (error) {
        log(`Trusted documents: ${path} is not taken: ${error instanceof Error ? error.message : String(error)}`);
        // What it said before holds, until it changes again.
        file = { ...none, manifest: undefined, ...before, mark };
      }
    }
    if (!file) continue;
    found.set(name, file);
    size = plus(size, file);
  }
  return hasChanged || found.size !== known.size ? found : undefined;
}

async function readManifest(
  path: string,
  name: string,
  mark: string,
  { size, bytes, limits }: { readonly size: Size; readonly bytes: number; readonly limits: TrustedDocumentsLimits },
): Promise<ManifestFile> {
  const withinLimits = (added: Size): void => {
    const excess = excessOf(plus(size, added), limits);
    if (excess !== undefined) throw new ManifestRefused(excess);
  };
  withinLimits({ manifests: 1, documents: 1, bytes });
  const text = await readFile(path, 'utf8');
  const manifest = parseManifest(text);
  if (manifestFile(manifest) !== name) throw new ManifestRefused(`It belongs into ${manifestFile(manifest)}.`);
  const file = fileOf(manifest, text, mark);
  withinLimits(file);
  return file;
}

/** Reports changes of manifests, as far as the file system does; undefined where it cannot. */
export function watchFolder(folder: string, report: () => void): FSWatcher | undefined {
  try {
    const watcher = watch(folder, { persistent: false }, (_event, name) => {
      if (name === null || name.endsWith('.json')) report();
    });
    // What is not reported any more is found by looking.
    watcher.on('error', () => watcher.close());
    return watcher;
  } catch {
    return undefined;
  }
}

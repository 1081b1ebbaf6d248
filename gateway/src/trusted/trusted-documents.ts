import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createFile } from '../whole-file.ts';
import type { KnownDocuments } from './document-of.ts';
import { isSameManifest, manifestFile } from './manifest.ts';
import type { Manifest } from './manifest.ts';
import { excessWith, fileOf, readManifests, watchFolder } from './manifest-folder.ts';
import type { ManifestFile, TrustedDocumentsLimits } from './manifest-folder.ts';

export interface TrustedDocumentsOptions {
  /** Made if it is not there; others may publish into it, other gateways among them. */
  readonly folder: string;
  /** `only`: what is not registered is not run. */
  readonly mode: 'optional' | 'only';
}

export const defaultTrustedDocumentsLimits: TrustedDocumentsLimits = {
  maxManifests: 5_000,
  maxDocuments: 50_000,
  maxBytes: 64 * 1024 * 1024,
};

/** The documents that clients have registered, one manifest file for each version of a client. */
export interface TrustedDocuments extends KnownDocuments {
  /** By client and version. */
  manifests(): readonly Manifest[];
  /**
   * Registers a manifest, for good when this resolves; `unchanged` if it is there already. Throws
   * {@link PublicationRefused}.
   */
  publish(manifest: Manifest): Promise<'published' | 'unchanged'>;
  /** Its documents run no more, unless another manifest has them too. Answers false if there is no such manifest. */
  retire(manifest: Pick<Manifest, 'client' | 'version'>): Promise<boolean>;
  /** Looks at the folder now; otherwise what others change is seen when it is reported, or within seconds. */
  refresh(): Promise<void>;
  close(): Promise<void>;
}

/** The manifest cannot be registered beside what is there. */
export class PublicationRefused extends Error {
  constructor(
    readonly kind: 'ALREADY_PUBLISHED' | 'TOO_MANY',
    message: string,
  ) {
    super(message);
    this.name = 'PublicationRefused';
  }
}

/** Throws Error with a message for the operator if the folder cannot be used. */
export async function openTrustedDocuments(
  { folder, mode }: TrustedDocumentsOptions,
  {
    limits = defaultTrustedDocumentsLimits,
    pollMs = 2_000,
    log = (line: string) => console.error(line),
  }: {
    readonly limits?: TrustedDocumentsLimits;
    readonly pollMs?: number;
    readonly log?: (line: string) => void;
  } = {},
): Promise<TrustedDocuments> {
  let files = new Map<string, ManifestFile>();
  let texts: ReadonlyMap<string, string> = new Map();
  /** One look or change at a time. */
  let queue: Promise<unknown> = Promise.resolve();
  const inTurn = <Result>(act: () => Promise<Result>): Promise<Result> => {
    const done = queue.then(act, act);
    queue = done.catch(() => undefined);
    return done;
  };

  const look = async (): Promise<void> => {
    const found = await readManifests(folder, files, limits, log);
    if (!found) return;
    files = found;
    texts = textsOf(found.values());
  };

  try {
    await mkdir(folder, { recursive: true });
    await look();
  } catch (error) {
    const { code = String(error) } = error as NodeJS.ErrnoException;
    throw new Error(`The folder of trusted documents ${folder} cannot be used (${code}).`, { cause: error });
  }

  let lastFault: string | undefined;
  let isDue = false;
  const refreshQuietly = (): void => {
    if (isDue) return;
    isDue = true;
    const looked = inTurn(() => {
      isDue = false;
      return look();
    });
    looked.then(
      () => (lastFault = undefined),
      (error: unknown) => {
        const fault = error instanceof Error ? error.message : String(error);
        if (fault !== lastFault) log(`Trusted documents stay as they are: ${fault}`);
        lastFault = fault;
      },
    );
  };
  const timer = setInterval(refreshQuietly, pollMs);
  timer.unref();
  const watcher = watchFolder(folder, refreshQuietly);

  return {
    mode,
    get: (hash) => texts.get(hash),
    manifests: () => manifestsOf(files),

    publish: (manifest) =>
      inTurn(async () => {
        await look();
        const name = manifestFile(manifest);
        const there = files.get(name)?.manifest;
        if (there) return unchanged(there, manifest);
        const text = JSON.stringify(manifest);
        const excess = excessWith(files.values(), fileOf(manifest, text), limits);
        if (excess !== undefined) {
          throw new PublicationRefused('TOO_MANY', `${excess} Retire versions that no client runs any more.`);
        }
        const isNew = await createFile(join(folder, name), text);
        await look();
        if (isNew) return 'published';
        const others = files.get(name)?.manifest;
        if (others) return unchanged(others, manifest);
        throw new PublicationRefused('ALREADY_PUBLISHED', `${join(folder, name)} is there and is damaged. Remove it.`);
      }),

    retire: (manifest) =>
      inTurn(async () => {
        const path = join(folder, manifestFile(manifest));
        const wasThere = await rm(path).then(
          () => true,
          (error: unknown) => {
            if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
            throw error;
          },
        );
        await look();
        return wasThere;
      }),

    refresh: () => inTurn(look),

    async close() {
      clearInterval(timer);
      watcher?.close();
      await queue;
    },
  };
}

function textsOf(files: Iterable<ManifestFile>): Map<string, string> {
  const texts = new Map<string, string>();
  for (const { manifest } of files) {
    for (const [hash, text] of Object.entries(manifest?.documents ?? {})) texts.set(hash, text);
  }
  return texts;
}

function manifestsOf(files: ReadonlyMap<string, ManifestFile>): readonly Manifest[] {
  return Array.from(files.values(), ({ manifest }) => manifest).filter((manifest) => manifest !== undefined);
}

/** A version of a client is what it was when it was published: processes of it that run would lose documents. */
function unchanged(there: Manifest, manifest: Manifest): 'unchanged' {
  if (isSameManifest(there, manifest)) return 'unchanged';
  throw new PublicationRefused(
    'ALREADY_PUBLISHED',
    `${there.client} ${there.version} is published with other documents. Publish under another version, or retire it first.`,
  );
}

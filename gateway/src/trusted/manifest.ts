import { Type } from '@sinclair/typebox';
import type { Static } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { hashOf } from './document-hash.ts';

/** As names of files and in paths. */
const name = Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$' });

const schema = Type.Object(
  {
    client: name,
    version: name,
    /** The contract that the documents are written for; the stable one when they are published unless given. */
    contract: Type.Optional(Type.String({ maxLength: 100 })),
    /** Texts by their hashes. */
    documents: Type.Record(Type.String(), Type.String(), { minProperties: 1 }),
  },
  { additionalProperties: false },
);

/** The documents that one version of a client runs. */
export type Manifest = Readonly<Static<typeof schema>>;

/** Not a manifest; the message has a line for each fault. */
export class ManifestRefused extends Error {}

/** Reads a manifest and verifies its hashes. Throws {@link ManifestRefused}. */
export function parseManifest(text: string): Manifest {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new ManifestRefused('The manifest is not JSON.', { cause: error });
  }
  if (!Value.Check(schema, json)) {
    throw new ManifestRefused(faultsOf(json).join('\n'));
  }
  const wrong = Object.entries(json.documents).filter(([hash, document]) => hashOf(document) !== hash);
  if (wrong.length > 0) {
    const faults = wrong
      .slice(0, maxFaults)
      .map(
        ([hash, document]) => `${hash.slice(0, 80)} is not the SHA-256 of its document, which is ${hashOf(document)}`,
      );
    throw new ManifestRefused(faults.join('\n'));
  }
  return json;
}

const maxFaults = 10;

/** The first of them: there may be as many as there are documents, and looking for all of them takes seconds. */
function faultsOf(json: unknown): string[] {
  const faults: string[] = [];
  for (const { path, message } of Value.Errors(schema, json)) {
    if (faults.push(`${path || '/'}: ${message}`) === maxFaults) break;
  }
  return faults;
}

/** Names the manifest of one client's version. */
export function manifestFile({ client, version }: Pick<Manifest, 'client' | 'version'>): string {
  return `${client}@${version}.json`;
}

/** The same whatever the order of keys. */
export function isSameManifest(one: Manifest, other: Manifest): boolean {
  return Value.Equal({ contract: '', ...one }, { contract: '', ...other });
}

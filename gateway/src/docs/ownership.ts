import { parse } from 'yaml';
import type { TypeHomes } from './type-homes.ts';

/** Who answers for a type, and where what it shows is decided. */
export interface Owner {
  readonly name: string;
  readonly contact: string;
  /** A system's short name, e.g. `ERP`, and what that is. */
  readonly systemOfRecord: string;
  readonly system: string;
}

export interface Ownership {
  ofType(type: string): Owner | undefined;
  /** The subgraph that answers for a type as a whole; undefined of what all of them share. */
  domainOf(type: string): string | undefined;
  ofDomain(subgraph: string): Owner | undefined;
}

/** Reads `schema/owners.yml`, which is checked when the graph is released: what it does not say is undefined. */
export function readOwnership(text: string, homes: TypeHomes): Ownership {
  const file = parse(text) as OwnersFile;
  const ownerOf = (entry: Entry | undefined): Owner | undefined => {
    const owner = file.owners[entry?.owner ?? ''];
    const systemOfRecord = entry?.systemOfRecord;
    if (!owner || systemOfRecord === undefined) return undefined;
    return { ...owner, systemOfRecord, system: file.systemsOfRecord[systemOfRecord] ?? systemOfRecord };
  };
  const domainOf = (type: string): string | undefined =>
    file.shared.types.includes(type) ? undefined : (file.homes[type] ?? homes.ofType(type));
  return {
    domainOf,
    ofDomain: (subgraph) => ownerOf(file.subgraphs[subgraph]),
    ofType(type) {
      if (file.shared.types.includes(type)) return ownerOf(file.shared);
      const domain = file.subgraphs[domainOf(type) ?? ''];
      return ownerOf(domain && { ...domain, ...domain.types?.[type] });
    },
  };
}

interface OwnersFile {
  readonly owners: Readonly<Record<string, { readonly name: string; readonly contact: string }>>;
  readonly systemsOfRecord: Readonly<Record<string, string>>;
  readonly shared: Entry & { readonly types: readonly string[] };
  /** Of types that several subgraphs know. */
  readonly homes: Readonly<Record<string, string>>;
  readonly subgraphs: Readonly<Record<string, Entry & { readonly types?: Readonly<Record<string, Entry>> }>>;
}

interface Entry {
  readonly owner?: string;
  readonly systemOfRecord?: string;
}

import { fileURLToPath } from 'node:url';
import { canonicalTypes, type MessagesOfDomain } from './canonical-types.ts';
import { loadMapping } from './load-mapping.ts';
import type { CrossReferences, Mapped, MapContext, Mapping, ReferenceKind } from './mapping.ts';
import type { SourceRecord } from './source-record.ts';

export interface MappingFixture {
  readonly mapping: Mapping;
  readonly context: MapContext;
  /** Of all records, in their order. */
  readonly map: (records: AsyncIterable<SourceRecord> | Iterable<SourceRecord>) => Promise<Mapped>;
}

export interface MappingFixtureOptions {
  readonly file: URL;
  readonly connector: string;
  /** Definitions of domains as `@takt/products` and its like export them, or as much of them. */
  readonly domains: Iterable<MessagesOfDomain>;
  /** `erp/P100` unless set. */
  readonly system?: string;
  /** What has been told: `{ PRODUCT: { 'MAT-1': 'FG-1' } }`, the source's id → ours. */
  readonly references?: Told;
  readonly document?: Partial<MapContext['document']>;
}

type Told = Readonly<Partial<Record<ReferenceKind, Readonly<Record<string, string>>>>>;

/** A connector's shipped mapping with real canonical types, for tests of both together. */
export async function mappingFixture(options: MappingFixtureOptions): Promise<MappingFixture> {
  const { file, connector, domains, system = 'erp/P100', references = {}, document } = options;
  const mapping = await loadMapping(fileURLToPath(file), { connector, canonical: canonicalTypes(domains) });
  const at = '2026-01-05T12:00:00Z';
  const context: MapContext = {
    system,
    document: { key: 'document-1', time: at, receivedAt: at, ...document },
    crossReferences: toldReferences(references),
  };
  return {
    mapping,
    context,
    map: async (records) => {
      const all = [];
      for await (const record of records) all.push(await mapping.map(record, context));
      return { messages: all.flatMap(({ messages }) => messages), faults: all.flatMap(({ faults }) => faults) };
    },
  };
}

export function toldReferences(told: Told): CrossReferences {
  const pairs = (kind: ReferenceKind) => Object.entries(told[kind] ?? {});
  const find = (kind: ReferenceKind, id: string, from: 0 | 1) =>
    pairs(kind).find((pair) => pair[from] === id)?.[1 - from];
  return {
    toCanonical: (_system, kind, ids) => Promise.resolve(ids.map((id) => find(kind, id, 0))),
    toSource: (_system, kind, ids) => Promise.resolve(ids.map((id) => find(kind, id, 1))),
  };
}

import { Type, type Static } from '@sinclair/typebox';
import { SYSTEM_STATES } from '@takt/backing-system';
import type { Collection, DocumentStore } from '@takt/document-store';
import { defineMasterRecord, type Governed } from '@takt/intake';

/** Data of `SourceStateReported`: how a backing system does, as whoever takes in its reports sees it. */
const SourceStateReport = Type.Object(
  {
    /** `system/instance` */
    system: Type.String({ minLength: 3, maxLength: 200 }),
    state: Type.Union(SYSTEM_STATES.map((state) => Type.Literal(state))),
    since: Type.String({ format: 'date-time' }),
    reason: Type.Optional(Type.String({ maxLength: 2000 })),
  },
  { additionalProperties: false },
);
export type SourceStateReport = Static<typeof SourceStateReport>;

/** Every domain has it: a system that is down makes stale what it told of the domain. */
export const sourceState = defineMasterRecord({
  noun: 'SourceState',
  collection: { name: 'source-states', indexes: [['system']] },
  key: ({ system }: SourceStateReport) => system,
  data: SourceStateReport,
});

/** What answers of a domain need to know of the systems that its facts come from. */
export interface Sources {
  /** RFC 3339: since when a `system/instance` cannot be reached; undefined if it can, or nobody knows. */
  downSince(system: string): string | undefined;
}

/** Everybody can be reached. */
export const ALL_UP: Sources = { downSince: () => undefined };

/** Answers from memory, and looks again, in the background, when asked later than a second after it has looked last. */
export async function openSources(store: DocumentStore, clock: () => Date): Promise<Sources> {
  const states = await store.collection(sourceState.collection);
  let down = await readDown(states).catch(() => new Map<string, string>());
  let lookedAt = clock().getTime();
  return {
    downSince(system) {
      const now = clock().getTime();
      if (Math.abs(now - lookedAt) > KEPT_MS) {
        lookedAt = now;
        // A store that does not answer now leaves what is known.
        readDown(states).then(
          (found) => (down = found),
          () => undefined,
        );
      }
      return down.get(system);
    },
  };
}

async function readDown(states: Collection<Governed<SourceStateReport>>): Promise<ReadonlyMap<string, string>> {
  const { entries } = await states.page({ orderBy: ['system'], first: SYSTEMS });
  return new Map(
    entries.flatMap(({ document: { system, state, since } }) => (state === 'DOWN' ? [[system, since]] : [])),
  );
}

const KEPT_MS = 1_000;
/** More than anybody has. */
const SYSTEMS = 1_000;

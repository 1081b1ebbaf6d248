import type { Collection, Stored } from '@takt/document-store';

/**
 * Folds what came, in order, into the documents that it is about, and writes those that are other than before.
 * `beforeWriting` is what has to be kept before them. Throws if somebody else writes in between.
 */
export async function update<T extends object, Step>(
  collection: Collection<T>,
  steps: readonly Step[],
  idOf: (step: Step) => string,
  fold: (document: T | undefined, step: Step) => T | undefined,
  beforeWriting: () => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  if (steps.length === 0) return;
  const found = await collection.getMany([...new Set(steps.map(idOf))]);
  const stored = new Map(found.flatMap((each) => (each ? [[each.id, each] as const] : [])));
  const after = new Map([...stored].map(([id, { document }]) => [id, document]));
  for (const step of steps) {
    const document = fold(after.get(idOf(step)), step);
    if (document) after.set(idOf(step), document);
  }
  await beforeWriting();
  await write(collection, stored, after);
}

async function write<T extends object>(
  collection: Collection<T>,
  stored: ReadonlyMap<string, Stored<T>>,
  after: ReadonlyMap<string, T>,
): Promise<void> {
  const changes = [...after].flatMap(([id, document]) => {
    const before = stored.get(id);
    if (before?.document === document) return [];
    return [{ id, document, expectedVersion: before?.version ?? 0, events: [], messageIds: [] }];
  });
  const results = changes.length > 0 ? await collection.commit(changes) : [];
  const lost = results.findIndex(({ status }) => status !== 'committed');
  if (lost >= 0) throw new Error(`Somebody else writes ${collection.name} ${changes[lost]?.id ?? ''}.`);
}

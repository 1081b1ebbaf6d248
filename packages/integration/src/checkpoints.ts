import type { Checkpoints } from '@takt/backing-system';
import type { CollectionDefinition, DocumentStore } from '@takt/document-store';
import type { Clock } from '@takt/intake';

/** How far a receiver has read, in its own terms. */
export interface KeptCheckpoint {
  readonly system: string;
  readonly name: string;
  readonly value: unknown;
  /** RFC 3339. */
  readonly writtenAt: string;
}

export const CHECKPOINTS: CollectionDefinition<KeptCheckpoint> = {
  name: 'connector-checkpoints',
  indexes: [['system', 'name']],
};

/** Checkpoints of one instance. `accepted` resolves once all that is being accepted is kept, and rejects if that failed. */
export async function openCheckpoints(
  store: DocumentStore,
  system: string,
  clock: Clock,
  accepted: () => Promise<void>,
): Promise<Checkpoints> {
  const checkpoints = await store.collection(CHECKPOINTS);
  const idOf = (name: string) => `${system} ${name}`;
  return {
    async read(name) {
      const [stored] = await checkpoints.getMany([idOf(name)]);
      return stored?.document.value;
    },
    async write(name, value) {
      const text = JSON.stringify(value);
      const bytes = text === undefined ? 0 : Buffer.byteLength(text);
      if (bytes === 0 || bytes > MAX_CHECKPOINT_BYTES || name.length > MAX_NAME) {
        throw new RangeError(`A checkpoint is JSON of at most ${MAX_CHECKPOINT_BYTES} bytes: ${name} has ${bytes}.`);
      }
      await accepted();
      const document = { system, name, value: JSON.parse(text) as unknown, writtenAt: clock().toISOString() };
      await checkpoints.commit([{ id: idOf(name), document, events: [], messageIds: [] }]);
    },
  };
}

const MAX_CHECKPOINT_BYTES = 64 * 1024;
const MAX_NAME = 200;

import { MongoServerError } from 'mongodb';
import type { Collection, Filter, UpdateFilter, WithId } from 'mongodb';

export const DUPLICATE_KEY = 11000;

/** Updates or inserts a row and gives it as it is then. Of two that insert at once, MongoDB may let one fail: it tries again. */
export async function upsertAndGet<R extends { _id: string }>(
  rows: Collection<R>,
  filter: Filter<R>,
  update: UpdateFilter<R>,
): Promise<WithId<R>> {
  for (let attempt = 1; ; attempt++) {
    try {
      const row = await rows.findOneAndUpdate(filter, update, { upsert: true, returnDocument: 'after' });
      if (row) return row;
      throw new Error(`MongoDB gave no row of ${rows.collectionName} for an upsert.`);
    } catch (error) {
      if (!(error instanceof MongoServerError && error.code === DUPLICATE_KEY) || attempt === MAX_ATTEMPTS) throw error;
    }
  }
}

const MAX_ATTEMPTS = 20;

import { MongoServerError } from 'mongodb';
import type { Db } from 'mongodb';
import { DUPLICATE_KEY } from './mongodb-upsert.ts';

/**
 * Claims a database for documents: it must be empty, or hold documents of a format that is read here. Throws an
 * error that says what to do otherwise.
 */
export async function claimDatabase(database: Db): Promise<void> {
  // Before the format: who creates a collection has written the format before.
  const collections = await database.listCollections({}, { nameOnly: true }).toArray();
  const names = collections.map(({ name }) => name).filter((name) => !name.startsWith('system.'));
  const settings = database.collection<Format>('_takt');
  let found = await settings.findOne({ _id: 'format' });
  if (!found) {
    if (names.some((name) => name !== '_takt')) {
      throw new Error(
        'it is not empty and not a Takt document store (_takt has no format). Choose another database, or move what is in it away.',
      );
    }
    await insertOnce(database, { _id: 'format', kind: 'documents', format: FORMAT });
    found = await settings.findOne({ _id: 'format' });
  }
  if (found?.kind !== 'documents' || typeof found.format !== 'number') {
    throw new Error(
      'it is no Takt document store or damaged: the format in _takt is not as written by Takt. Restore a backup of the database, or choose another one.',
    );
  }
  if (found.format > FORMAT) {
    throw new Error(
      `it has format ${found.format}, this version of Takt reads ${FORMAT}. Run the version of Takt that wrote it, or a later one.`,
    );
  }
}

const FORMAT = 1;

interface Format {
  readonly _id: 'format';
  readonly kind: unknown;
  readonly format: unknown;
}

async function insertOnce(database: Db, format: Format): Promise<void> {
  try {
    await database.collection<Format>('_takt').insertOne(format);
  } catch (error) {
    if (!(error instanceof MongoServerError && error.code === DUPLICATE_KEY)) throw error;
  }
}

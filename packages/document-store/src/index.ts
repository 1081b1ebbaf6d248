export { DirectoryError } from '@takt/lmdb-directory';
export * from './port.ts';
export { matcherOf, valueAt } from './conditions.ts';
export { countReads } from './count-reads.ts';
export { openLmdbStore } from './lmdb.ts';
export { openMongoStore } from './open-mongo-store.ts';

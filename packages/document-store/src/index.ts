export * from './port.ts';
export { countReads } from './count-reads.ts';
export { openLmdbStore } from './lmdb.ts';
export { openMongoStore } from './mongodb.ts';
export { StoreDirectoryError } from './store-directory.ts';

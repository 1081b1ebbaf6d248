export * from './port.ts';
export { openLmdbStore } from './lmdb.ts';
export { StoreDirectoryError } from './store-directory.ts';
export { countReads } from './count-reads.ts';
export { openMongoStore } from './mongodb.ts';

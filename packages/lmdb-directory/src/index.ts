export { claimDirectory, DirectoryError } from './claim-directory.ts';
export type { DirectoryClaim, DirectoryKind } from './claim-directory.ts';
export { lackOfRoom } from './room.ts';

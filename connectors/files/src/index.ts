export { configureDrop } from './configure-drop.ts';
export type { DropEntry, DropPlace } from './drop-place.ts';
export { DROP_SETTINGS, type DropSettings } from './drop-settings.ts';
export { files } from './files.ts';
export { watchDrop, type Drop, type DropOptions, type EndedFile } from './watch-drop.ts';

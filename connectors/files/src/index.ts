export type { DropEntry, DropPlace } from './drop-place.ts';
export { DROP_SETTINGS, type DropSettings } from './drop-settings.ts';

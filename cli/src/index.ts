export { importCommand } from './import.ts';
export { DOMAINS } from './domains.ts';
export { startSystem, type System, type SystemOptions } from './system.ts';

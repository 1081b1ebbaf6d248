export { DOMAINS } from './domains.ts';
export { startSystem, type System, type SystemOptions } from './system.ts';

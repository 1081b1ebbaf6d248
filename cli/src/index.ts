export { importCommand } from './import.ts';
export { failureOf, runCommand } from './run-command.ts';
export { DOMAINS } from './domains.ts';
export { startSystem, type System, type SystemOptions } from './system.ts';

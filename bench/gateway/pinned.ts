import { existsSync } from 'node:fs';
import { cpus } from 'node:os';

/** The gateway has a core to itself; the load and the subgraphs share another one. */
export const GATEWAY_CORE = 0;
export const OTHERS_CORE = 1;

/** A command line that stays on one core, where `taskset` and a second core are present. */
export function pinned(core: number, command: string, args: readonly string[]): [string, string[]] {
  return canPin ? [TASKSET, ['-c', String(core), command, ...args]] : [command, [...args]];
}

const TASKSET = '/usr/bin/taskset';

export const canPin = cpus().length > 1 && existsSync(TASKSET);

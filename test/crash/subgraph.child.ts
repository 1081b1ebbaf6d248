import { systemClock } from '@takt/intake';
import { inventory } from '@takt/inventory';
import { openDomainOn, openEngines, openIntakeDoor, serveDomain } from '@takt/subgraph-server';
import { StepCounter } from './last-step.ts';
import type { LastStep } from './last-step.ts';

export interface ChildOptions {
  readonly directory: string;
  readonly last?: LastStep | undefined;
  readonly mongodbUri?: string | undefined;
  readonly natsUrl?: string | undefined;
  readonly namespace?: string | undefined;
}

/** Five seconds of silence, after which another process writes, are a quarter of a second here. */
const HASTE = 20;

/** The inventory subgraph as a process that kills itself at a given step, if one is given. */
const { last, ...given } = JSON.parse(process.argv[2] ?? '{}') as ChildOptions;
const options = {
  ...given,
  clock: systemClock,
  time: {
    now: () => performance.now() * HASTE,
    after: (ms: number, callback: () => void) => {
      const timer = setTimeout(callback, ms / HASTE);
      return () => clearTimeout(timer);
    },
  },
};
const steps = new StepCounter(last, () => {
  process.kill(process.pid, 'SIGKILL');
  // Nothing comes after the signal, but for what the kernel lets through.
  for (;;);
});

const engines = await openEngines(inventory, options);
const { store, log } = engines;
const domain = await openDomainOn(
  { ...engines, store: steps.wrapStore(store), log: steps.wrapLog(log) },
  inventory,
  options,
);
const doors = openIntakeDoor(domain.isShared ? [] : [{ ...options, name: domain.name, intake: domain.intake }]);
const server = await serveDomain(domain, { host: '127.0.0.1', port: 0 }, doors.handle);
await doors.announce(server.url);
process.stdout.write(`${server.url} ${log.id}\n`);

import { inventory } from '@takt/inventory';
import { systemClock } from '@takt/intake';
import { openDomain, openIntakeDoor, serveDomain } from '@takt/subgraph-server';
import { StepCounter } from './last-step.ts';
import type { LastStep } from './last-step.ts';

/** The inventory subgraph as a process that kills itself at a given step, if one is given. */
const { directory, last, ...engines } = JSON.parse(process.argv[2] ?? '{}') as ChildOptions;
const steps = new StepCounter(last, () => {
  process.kill(process.pid, 'SIGKILL');
  // Nothing comes after the signal, but for what the kernel lets through.
  for (;;);
});

const domain = await openDomain(inventory, {
  ...engines,
  directory,
  clock: systemClock,
  decorateStore: (store) => steps.wrapStore(store),
  decorateLog: (log) => steps.wrapLog(log),
});
const door = openIntakeDoor([{ name: domain.name, directory, intake: domain.intake }]);
const server = await serveDomain(domain, { host: '127.0.0.1', port: 0 }, door.handle);
await door.announce(server.url);
process.stdout.write(`${server.url} ${domain.log.id}\n`);

export interface ChildOptions {
  readonly directory: string;
  readonly last?: LastStep | undefined;
  readonly mongodbUri?: string | undefined;
  readonly natsUrl?: string | undefined;
  readonly namespace?: string | undefined;
}

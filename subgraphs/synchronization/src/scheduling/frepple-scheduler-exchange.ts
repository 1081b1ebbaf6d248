import { OutboundQueue, Sender, type BackingSystem } from '@takt/backing-system';
import { releaseAll, type DomainRuntime } from '@takt/subgraph-server';
import { finiteCapacityScheduler } from './finite-capacity-scheduler.ts';
import { freppleScheduler } from './frepple-scheduler.ts';
import { chosenScheduler, OURS, readSchedulerChoice } from './scheduler-choice.ts';
import type { Scheduler } from './scheduler.ts';

export interface OpenScheduler extends Scheduler {
  close(): Promise<void>;
}

type Runtime = Pick<DomainRuntime, 'store' | 'clock' | 'backingSystems'> & {
  readonly neighbours: Pick<DomainRuntime['neighbours'], 'crossReferences'>;
};
type TakesCommands = BackingSystem & { readonly connect: NonNullable<BackingSystem['connect']> };

/**
 * The schedulers that `choice` (`TAKT_SCHEDULER`, see {@link readSchedulerChoice}) names: ours, and frePPLe instances that
 * are declared as backing systems and have somewhere to import from. What they are asked waits in a durable queue of this
 * domain. Throws a RangeError for a choice that names none of them.
 */
export async function openScheduler(
  runtime: Runtime,
  choice: string | undefined,
  onFault: (fault: unknown) => void,
): Promise<OpenScheduler> {
  const planners = runtime.backingSystems.flatMap(({ connect, ...system }): TakesCommands[] =>
    connect && system.connector === 'frepple' ? [{ ...system, connect }] : [],
  );
  const chosen = readSchedulerChoice(
    choice,
    planners.map(({ system }) => system),
  );
  const names = new Set([chosen.everywhere, ...chosen.byLocation.values()]);
  const schedulers = new Map<string, Scheduler>([[OURS, finiteCapacityScheduler()]]);
  const started: (() => Promise<void>)[] = [];
  const close = () => releaseAll(started.reverse().splice(0));
  try {
    for (const planner of planners.filter(({ system }) => names.has(system))) {
      const queue = await OutboundQueue.open(runtime.store, planner.system);
      started.push(await startSender(planner, queue, runtime, onFault));
      const scheduler = freppleScheduler(planner.system, async (command) => {
        const place = { position: Date.parse(command.time), part: 0 };
        await queue.enqueue([{ place, command }], runtime.clock());
      });
      schedulers.set(planner.system, scheduler);
    }
    return { ...chosenScheduler(chosen, schedulers), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function startSender(
  { connect, bucket, timeoutMs }: TakesCommands,
  queue: OutboundQueue,
  { store, clock, neighbours }: Runtime,
  onFault: (fault: unknown) => void,
): Promise<() => Promise<void>> {
  const sender = await Sender.start({
    store,
    queue,
    connector: connect({ crossReferences: neighbours.crossReferences }),
    bucket,
    timeoutMs,
    isWanted: () => Promise.resolve(true),
    tell: ({ command, settlement }) => {
      if (settlement.kind === 'REFUSED') onFault(`${queue.system} refused ${command.id}: ${settlement.reason}`);
      return Promise.resolve();
    },
    onFault,
    clock,
  });
  return () => sender.close();
}

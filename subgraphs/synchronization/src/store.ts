import type { EventLog } from '@takt/event-log';
import type { Clock, OpenIntake } from '@takt/intake';
import { sourceState, type DomainRuntime, type Operations, type Sources } from '@takt/subgraph-server';
import type { AwaySystem } from './schema/synchronization.ts';

/** Everything that one request may reach; loaders live as long as the request. */
export interface SynchronizationContext extends SynchronizationLoaders {
  readonly intake: OpenIntake;
  readonly log: EventLog;
  readonly clock: Clock;
  readonly sources: Sources;
  readonly awaySystems: () => Promise<AwaySystem[]>;
  /** Of the process that writes: throws IntakeUnavailableError if that is not known. */
  readonly operations: () => Operations;
  /** Forgets what was read: after a command, and for each event of a subscription, which lives longer than a request. */
  renew(): void;
}

// eslint-disable-next-line @typescript-eslint/no-empty-object-type -- filled by the areas
interface SynchronizationLoaders {}

export async function connect(
  runtime: DomainRuntime,
  operations: () => Operations,
): Promise<{ createContext(): SynchronizationContext }> {
  const { store, log, intake, clock, sources } = runtime;
  const states = await store.collection(sourceState.collection);
  const awaySystems = async (): Promise<AwaySystem[]> => {
    const { entries } = await states.page({ orderBy: ['system'], first: SYSTEMS });
    return entries.flatMap(({ document: { system, state, since } }) => (state === 'DOWN' ? [{ system, since }] : []));
  };
  const loaders = (): SynchronizationLoaders => ({});
  return {
    createContext: () => {
      const context = {
        intake,
        log,
        clock,
        sources,
        awaySystems,
        operations,
        ...loaders(),
        renew: () => void Object.assign(context, loaders()),
      };
      return context;
    },
  };
}

/** More than anybody has. */
const SYSTEMS = 1_000;

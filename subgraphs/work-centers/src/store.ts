import type { EventLog } from '@takt/event-log';
import type { Clock, Governed, OpenIntake } from '@takt/intake';
import {
  documentLoader,
  pageLoader,
  type DocumentLoader,
  type DomainRuntime,
  type PageLoader,
  type Sources,
} from '@takt/subgraph-server';
import { workCenter, type WorkCenter } from './work-center.ts';

/** Everything that one request may reach; loaders live as long as the request. */
export interface WorkCentersContext {
  readonly intake: OpenIntake;
  readonly log: EventLog;
  readonly clock: Clock;
  readonly sources: Sources;
  readonly workCenters: DocumentLoader<Governed<WorkCenter>>;
  readonly workCenterPages: PageLoader<Governed<WorkCenter>>;
}

export async function connect(runtime: DomainRuntime): Promise<{ createContext(): WorkCentersContext }> {
  const { store, log, intake, clock, sources } = runtime;
  const workCenters = await store.collection(workCenter.collection);
  return {
    createContext: () => ({
      intake,
      log,
      clock,
      sources,
      workCenters: documentLoader(workCenters),
      workCenterPages: pageLoader(workCenters),
    }),
  };
}

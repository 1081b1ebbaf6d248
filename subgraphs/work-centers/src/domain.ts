import type { DomainDefinition } from '@takt/subgraph-server';
import { LocationResolver, references, WorkCenterChangedResolver, WorkCenterResolver } from './resolvers.ts';
import { connect, type WorkCentersContext } from './store.ts';
import { workCenter } from './work-center.ts';

/** What does the work: its capacity, its working time and the state that it is in. */
export const workCenters: DomainDefinition<WorkCentersContext> = {
  name: 'work-centers',
  aggregates: [workCenter],
  resolvers: [WorkCenterResolver, LocationResolver, WorkCenterChangedResolver],
  references,
  connect,
};

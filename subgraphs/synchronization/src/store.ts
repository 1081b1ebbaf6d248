import type { EventLog } from '@takt/event-log';
import { readInbox, type Clock, type Governed, type InboxReader, type OpenIntake } from '@takt/intake';
import {
  documentLoader,
  pageLoader,
  sourceState,
  type DocumentLoader,
  type DomainRuntime,
  type Operations,
  type PageLoader,
  type Sources,
} from '@takt/subgraph-server';
import { planningException, type PlanningException } from './exceptions/planning-exception.ts';
import { DECISIONS, type KeptDecision } from './judgement/decision-follower.ts';
import { decisionHistory, type DecisionHistory } from './judgement/decision-history-store.ts';
import { planningUnit, type PlanningUnit } from './judgement/planning-unit.ts';
import { openMeasures, type Measures } from './measures/measures-store.ts';
import { awaySystems } from './picture/away-store.ts';
import { openPendingUnits, type PendingUnits } from './picture/pending-store.ts';
import { openPicture } from './picture/picture-store.ts';
import type { Picture } from './picture/picture.ts';
import { policy, type PolicyState } from './policy/policy.ts';
import type { AwaySystem } from './schema/synchronization.ts';

/** Everything that one request may reach; loaders live as long as the request. */
export interface SynchronizationContext extends SynchronizationLoaders {
  readonly intake: OpenIntake;
  readonly inbox: InboxReader;
  readonly log: EventLog;
  readonly clock: Clock;
  readonly sources: Sources;
  /** Systems that cannot be reached, by name. */
  readonly awaySystems: () => Promise<AwaySystem[]>;
  readonly pending: Pick<PendingUnits, 'count'>;
  readonly picture: Picture;
  readonly decisionHistory: DecisionHistory;
  readonly measures: Measures;
  /** Of the process that writes. Throws IntakeUnavailableError if that is not known. */
  readonly operations: () => Operations;
  /** Forgets what was read: after a command, and for each event of a subscription, which lives longer than a request. */
  renew(): void;
}

interface SynchronizationLoaders {
  readonly policies: DocumentLoader<Governed<PolicyState>>;
  readonly policyPages: PageLoader<Governed<PolicyState>>;
  readonly planningUnits: DocumentLoader<Governed<PlanningUnit>>;
  readonly decisions: DocumentLoader<KeptDecision>;
  readonly decisionPages: PageLoader<KeptDecision>;
  readonly exceptions: DocumentLoader<Governed<PlanningException>>;
  readonly exceptionPages: PageLoader<Governed<PlanningException>>;
}

export async function connect(
  runtime: DomainRuntime,
  operations: () => Operations,
): Promise<{ createContext(): SynchronizationContext }> {
  const { store, log, intake, clock, sources } = runtime;
  const policies = await store.collection(policy.collection);
  const planningUnits = await store.collection(planningUnit.collection);
  const decisions = await store.collection(DECISIONS);
  const exceptions = await store.collection(planningException.collection);
  const states = await store.collection(sourceState.collection);
  const picture = await openPicture(store, clock);
  const pending = await openPendingUnits(store, clock);
  const inbox = await readInbox(store);
  const measuresOf = await openMeasures(store);
  const loaders = (): SynchronizationLoaders => ({
    policies: documentLoader(policies),
    policyPages: pageLoader(policies),
    planningUnits: documentLoader(planningUnits),
    decisions: documentLoader(decisions),
    decisionPages: pageLoader(decisions),
    exceptions: documentLoader(exceptions),
    exceptionPages: pageLoader(exceptions),
  });
  return {
    createContext: () => {
      // Loaders over a picture are kept with it: each request has one of its own.
      const own = { ...picture };
      const context = {
        intake,
        inbox,
        log,
        clock,
        sources,
        awaySystems: () => awaySystems(states),
        pending,
        picture: own,
        decisionHistory: decisionHistory(decisions),
        measures: measuresOf(own),
        operations,
        ...loaders(),
        renew: () => void Object.assign(context, loaders()),
      };
      return context;
    },
  };
}

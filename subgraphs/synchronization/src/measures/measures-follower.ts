import type { Collection, CollectionDefinition, DocumentStore } from '@takt/document-store';
import type { LoggedEvent } from '@takt/event-log';
import type { LogConsumer } from '@takt/log-consumer';
import type { Decision } from '../judgement/decision.ts';
import { changedAt, withDecision, type JudgementDay } from './judgement-day.ts';
import { update } from './update-store.ts';

export const JUDGEMENT_DAYS: CollectionDefinition<JudgementDay> = {
  name: 'judgement-days',
  indexes: [
    ['plant', 'day'],
    ['plant', 'family', 'day'],
  ],
};

/** By id of a decision that was acted on: when what led to it was true in its source. */
export interface ActedDecision {
  readonly changedAt: string;
}

export const ACTED_DECISIONS: CollectionDefinition<ActedDecision> = { name: 'acted-decisions', indexes: [] };

/**
 * Counts decisions by plant, family and day, by following the domain's own event log. Each day keeps the position up to
 * which it is counted: what comes again after a crash or in a replay changes nothing. What the log lost stays uncounted.
 */
export async function judgementDays(store: DocumentStore): Promise<LogConsumer> {
  const days = await store.collection(JUDGEMENT_DAYS);
  const acted = await store.collection(ACTED_DECISIONS);
  return {
    name: 'judgement-days',
    replay: { collections: [JUDGEMENT_DAYS, ACTED_DECISIONS] },
    apply: async (events) => {
      const made = events.filter(({ event }) => event.type === 'DecisionMade').map(decisionOf);
      await keepActed(acted, made);
      await update(days, made, ({ decision }) => dayId(decision), withDecision);
    },
    catchUp: () => Promise.resolve(),
  };
}

interface MadeDecision {
  readonly position: number;
  readonly decision: Decision;
}

function decisionOf({ position, event }: LoggedEvent): MadeDecision {
  return { position, decision: event.data as Decision };
}

function dayId({ observation: { location, family, today } }: Decision): string {
  return JSON.stringify([location, family ?? null, today]);
}

async function keepActed(acted: Collection<ActedDecision>, made: readonly MadeDecision[]): Promise<void> {
  const changes = made.flatMap(({ decision }) => {
    const since = changedAt(decision);
    if (decision.outcome === 'SUPPRESS' || since === undefined) return [];
    return [{ id: decision.id, document: { changedAt: since }, events: [], messageIds: [] }];
  });
  if (changes.length > 0) await acted.commit(changes);
}

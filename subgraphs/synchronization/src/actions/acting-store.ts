import type { Collection, CollectionDefinition } from '@takt/document-store';
import type { SchedulerAnswer } from '../scheduling/scheduler.ts';

/**
 * How far decisions were acted on, and what was begun of the one that is being acted on. Orders change by what is begun,
 * so that a scheduler that is asked again after a crash would propose something else, and what came of later decisions
 * would be taken for older than what is acted on once more.
 */
export interface Acting {
  /** Of the latest event in the domain's log that was acted on to its end. */
  readonly position: number;
  /** What was begun, and may not have ended, for the event at that position. */
  begun(position: number): SchedulingRound | undefined;
  /** To be called before any of the round's commands is sent. */
  begin(position: number, round: SchedulingRound): Promise<void>;
  end(position: number): Promise<void>;
  /** Positions stand for other events from now on. */
  forget(): Promise<void>;
}

/** What a scheduler proposed for a decision, and which of that is carried out without asking. */
export interface SchedulingRound {
  /** Counts from 1. */
  readonly attempt: number;
  readonly answer: Extract<SchedulerAnswer, { kind: 'PROPOSED' }>;
  /** Of the orders that the proposals are for, by their ids. */
  readonly revisions: readonly (readonly [order: string, revision: number])[];
  /** Indexes of the answer's proposals. */
  readonly automatic: readonly number[];
  /** Orders that nothing needs now that less is needed. */
  readonly unneeded: readonly string[];
}

export interface ActingDocument {
  readonly position: number;
  readonly begun?: { readonly position: number; readonly round: SchedulingRound };
}

export const ACTING: CollectionDefinition<ActingDocument> = { name: 'acting', indexes: [] };

/** Throws, when something is kept, if another process has kept something since. */
export async function readActing(collection: Collection<ActingDocument>): Promise<Acting> {
  const [stored] = await collection.getMany([ID]);
  let document: ActingDocument = stored?.document ?? { position: 0 };
  let version = stored?.version ?? 0;
  const keep = async (next: ActingDocument): Promise<void> => {
    const change = { id: ID, expectedVersion: version, document: next, events: [], messageIds: [] };
    const [result] = await collection.commit([change]);
    if (result?.status !== 'committed') throw new Error('Another process acts on decisions as well.');
    [document, version] = [next, result.version];
  };
  return {
    get position() {
      return document.position;
    },
    begun: (position) => (document.begun?.position === position ? document.begun.round : undefined),
    begin: (position, round) => keep({ position: document.position, begun: { position, round } }),
    end: (position) => keep({ position }),
    forget: () => keep({ position: 0 }),
  };
}

const ID = 'actions';

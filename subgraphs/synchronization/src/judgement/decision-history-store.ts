import { setImmediate } from 'node:timers/promises';
import type { Collection } from '@takt/document-store';
import type { Decision } from './decision.ts';
import { decisionOf, type KeptDecision } from './decision-follower.ts';

interface DecisionWindow {
  /** RFC 3339 in UTC, as `decidedAt` is; half-open. */
  readonly from: string;
  readonly to: string;
  readonly location?: string | undefined;
}

/** Decisions of a window, one item at a location after the other, of each in order. */
export type DecisionHistory = (window: DecisionWindow) => AsyncIterable<Decision>;

/** Reads a page at a time, and lets others go on in between. */
export function decisionHistory(records: Pick<Collection<KeptDecision>, 'page'>): DecisionHistory {
  return async function* ({ from, to, location }) {
    const where = { decidedAt: { from, to }, ...(location !== undefined && { location }) };
    for (let after: readonly (string | number | boolean | null)[] | undefined; ;) {
      const query = { where, orderBy: ['planningUnit', 'against'] as const, first: PAGE };
      const { entries, hasNextPage } = await records.page({ ...query, ...(after && { after }) });
      for (const { document } of entries) yield decisionOf(document);
      after = entries.at(-1)?.key;
      if (!hasNextPage || !after) return;
      await setImmediate();
    }
  };
}

const PAGE = 100;

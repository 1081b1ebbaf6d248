import type { DocumentEnd } from '@takt/backing-system';
import type { RecordResult } from './integration-message.ts';

/** How many of a document's parts ended how. */
export class Tally {
  applied = 0;
  duplicate = 0;
  rejected = 0;
  deadLettered = 0;

  add(results: readonly RecordResult[]): void {
    for (const { status } of results) this[FIELDS[status]] += 1;
  }

  get counts(): DocumentEnd['counts'] {
    const { applied, duplicate, rejected, deadLettered } = this;
    return { applied, duplicate, rejected, deadLettered };
  }

  /** The worst of them; APPLIED if there is none. */
  get status(): Exclude<DocumentEnd['status'], 'DISCARDED'> {
    if (this.deadLettered > 0) return 'DEAD_LETTERED';
    if (this.rejected > 0) return 'REJECTED';
    return this.applied > 0 || this.duplicate === 0 ? 'APPLIED' : 'DUPLICATE';
  }
}

const FIELDS = {
  APPLIED: 'applied',
  DUPLICATE: 'duplicate',
  REJECTED: 'rejected',
  DEAD_LETTERED: 'deadLettered',
} as const;

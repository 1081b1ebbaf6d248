import { compare, isNegative, isZero, type Quantity } from '@takt/quantity';
import type { CommitSupply, Confirmation } from './messages.ts';

/** What is required, and what the supplier answers. */
export interface Answer {
  readonly required: Quantity;
  readonly requiredOn: string;
  readonly confirmation: Confirmation;
  readonly committed?: Quantity | undefined;
  readonly committedOn?: string | undefined;
}

/** What contradicts itself in an answer, for a planner to read; undefined if nothing does. Quantities in one unit. */
export function contradiction(answer: Answer): string | undefined {
  const { required, requiredOn, confirmation, committed, committedOn } = answer;
  const short = committed !== undefined && compare(committed, required) < 0;
  const late = committedOn !== undefined && committedOn > requiredOn;
  const differs =
    (committed !== undefined && compare(committed, required) !== 0) || (committedOn ?? requiredOn) !== requiredOn;
  const promised = committed !== undefined && !isZero(committed);
  if (committed && isNegative(committed)) return `A promise cannot be of ${committed.value}.`;
  switch (confirmation) {
    case 'PENDING':
      return promised ? 'Nothing is answered yet, but a quantity is promised.' : undefined;
    case 'ACCEPTED':
      if (short) return `Accepted, but ${committed.value} are promised of ${required.value}.`;
      return late ? `Accepted for ${requiredOn}, but promised for ${committedOn}.` : undefined;
    case 'ACCEPTED_WITH_CHANGE':
      return differs ? undefined : 'Accepted with a change, but quantity and date are as required.';
    case 'REJECTED':
      return promised ? `Rejected, but ${committed.value} are promised.` : undefined;
    case 'BACKORDERED':
      return committedOn !== undefined && !late ? `Backordered, but promised in time for ${committedOn}.` : undefined;
    case 'PARTIAL':
      return short && promised ? undefined : `Accepted in part, but not for a part of ${required.value}.`;
  }
}

/** An answer with what it leaves unsaid: who accepts promises what is required, when it is. */
export function completed(
  { required, requiredOn }: Pick<Answer, 'required' | 'requiredOn'>,
  { confirmation, committed, committedOn }: Pick<CommitSupply, 'confirmation' | 'committed' | 'committedOn'>,
): Answer {
  switch (confirmation) {
    case 'ACCEPTED':
    case 'ACCEPTED_WITH_CHANGE':
      return {
        required,
        requiredOn,
        confirmation,
        committed: committed ?? required,
        committedOn: committedOn ?? requiredOn,
      };
    case 'PARTIAL':
      return { required, requiredOn, confirmation, committed, committedOn: committedOn ?? requiredOn };
    case 'PENDING':
    case 'REJECTED':
    case 'BACKORDERED':
      return { required, requiredOn, confirmation, committed, committedOn };
  }
}

import type { Refusal } from '@takt/intake';

/** Every reason for which an exception refuses a message. */
const REFUSALS = {
  EXCEPTION_UNKNOWN: 'There is no exception with this id.',
  EXCEPTION_CLOSED: 'The exception has been decided already.',
  REVISION_NOT_GIVEN: 'An approval says in expectedRevision what was looked at.',
  CHANGED_SINCE: 'What there is to approve is not what it was any more. Look at it again.',
  EXPIRED: 'What is proposed would begin in the past.',
  APPROVED_ALREADY: 'You have approved it already: in the frozen zone somebody else has to approve as well.',
  PROPOSER_MAY_NOT_APPROVE: 'Who proposed it does not approve it.',
  SNOOZE_OUT_OF_RANGE: 'It can be snoozed until a time to come, at most 30 days ahead.',
  NOT_DUE: 'Its time has not come yet.',
  DUE_IN_THE_PAST: 'It would be due in the past.',
  NOT_APPROVED: 'It cannot have been carried out: it has not been approved.',
  OLDER_THAN_KNOWN: 'It is older than what is known of the exception.',
} as const;
export type RefusalCode = keyof typeof REFUSALS;

/** The table's reason, followed by what is particular to this case. */
export function refuse(code: RefusalCode, detail?: string): { readonly refused: Refusal } {
  return { refused: { code, reason: detail === undefined ? REFUSALS[code] : `${REFUSALS[code]} ${detail}` } };
}

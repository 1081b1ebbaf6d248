import type { Refusal } from '@takt/intake';

/** Every reason for which a production order refuses a message. */
const REFUSALS = {
  ORDER_UNKNOWN: 'There is no production order with this id.',
  ORDER_EXISTS: 'There is a production order with this id already.',
  ORDER_NOT_PLANNED: 'The order is only proposed: firm it first.',
  ORDER_ALREADY_FIRMED: 'The order is firmed already.',
  ORDER_ALREADY_RELEASED: 'The order has been released already.',
  ORDER_NOT_RELEASED: 'The order has not been released yet.',
  ORDER_STARTED: 'Work on the order has begun: reverse its confirmations first.',
  ORDER_NOT_FINISHED: 'The order is not finished: confirm its operations first.',
  ORDER_FINISHED: 'The order is finished.',
  ORDER_CLOSED: 'The order is closed.',
  ORDER_CANCELLED: 'The order is cancelled.',
  ORDER_FROZEN: 'The schedule of the order is frozen: only an approved revision for QUALITY or MANUAL may change it.',
  ORDER_ON_HOLD: 'The order is on quality hold.',
  OPERATION_ON_HOLD: 'The operation is on quality hold.',
  OPERATION_UNKNOWN: 'The order has no such operation.',
  OPERATION_FINISHED: 'The operation is confirmed finally or cancelled.',
  OPERATION_REPEATED: 'Two operations have the same sequence.',
  COMPONENT_UNKNOWN: 'The order has no component at this position.',
  COMPONENT_WITHDRAWN: 'The component has been withdrawn completely: there is nothing left to substitute.',
  COMPONENT_REPEATED: 'Two components have the same position.',
  SUBSTITUTE_UNSUITABLE: 'A component can be replaced neither by itself nor by the product of the order.',
  RATIO_NOT_POSITIVE: 'The ratio of a substitution must be greater than zero.',
  END_BEFORE_START: 'An end lies before its start.',
  QUANTITY_NOT_POSITIVE: 'The quantity must be greater than zero.',
  QUANTITY_NEGATIVE: 'A quantity must not be negative.',
  QUANTITY_BELOW_CONFIRMED: 'More than this quantity has been confirmed already.',
  QUANTITY_OUT_OF_RANGE: 'A quantity has, or would have, more digits than can be kept exactly.',
  UNITS_DIFFER: 'Quantities that belong together are in different units.',
  OVER_DELIVERY: 'More would be confirmed than the over-delivery tolerance allows before the final confirmation.',
  CONFIRMATION_EMPTY: 'A confirmation that is not final must say how much came out.',
  CONFIRMATION_REPEATED: 'The order has a confirmation with this id already.',
  CONFIRMATION_UNKNOWN: 'The order has no confirmation with this id.',
  CONFIRMATION_REVERSED: 'The confirmation has been reversed already.',
  HOLD_REPEATED: 'The order has a quality hold with this id already.',
  HOLD_UNKNOWN: 'The order has no quality hold with this id.',
  HOLD_RELEASED: 'The quality hold has been released already.',
  HOLD_SCOPE_UNCLEAR: 'A hold of scope OPERATION names an operation, of scope LOT a lot, of scope ORDER neither.',
  TOO_MANY: 'The order cannot keep more of these.',
  OLDER_THAN_KNOWN: 'The report is older than what is known of the order.',
} as const;
export type RefusalCode = keyof typeof REFUSALS;

/** The table's reason, followed by what is particular to this case. */
export function refuse(code: RefusalCode, detail?: string): { readonly refused: Refusal } {
  return { refused: { code, reason: detail === undefined ? REFUSALS[code] : `${REFUSALS[code]} ${detail}` } };
}

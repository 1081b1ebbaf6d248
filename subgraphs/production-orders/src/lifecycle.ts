import { ORDER_STATES, type CommandName, type OrderState } from './messages.ts';
import type { RefusalCode } from './refusals.ts';

/**
 * Which states allow which command: all from `from` to `to` in the order of {@link ORDER_STATES}. Before and after them
 * the command is refused with the code given; a closed or cancelled order says that instead.
 */
export const LIFECYCLE: { readonly [command in Exclude<CommandName, 'CreateProductionOrder'>]: Stretch } = {
  FirmProductionOrder: { from: 'PROPOSED', to: 'PLANNED', tooLate: 'ORDER_ALREADY_FIRMED' },
  ReleaseProductionOrder: {
    from: 'PLANNED',
    to: 'FIRMED',
    tooEarly: 'ORDER_NOT_PLANNED',
    tooLate: 'ORDER_ALREADY_RELEASED',
  },
  ReviseSchedule: { from: 'PROPOSED', to: 'PARTIALLY_CONFIRMED', tooLate: 'ORDER_FINISHED' },
  SubstituteMaterial: { from: 'PROPOSED', to: 'PARTIALLY_CONFIRMED', tooLate: 'ORDER_FINISHED' },
  PlaceQualityHold: { from: 'PROPOSED', to: 'TECHNICALLY_COMPLETE' },
  /** What becomes of held material has to be said, whatever became of the order. */
  ReleaseQualityHold: { from: 'PROPOSED', to: 'CANCELLED' },
  ConfirmCompletion: {
    from: 'RELEASED',
    to: 'PARTIALLY_CONFIRMED',
    tooEarly: 'ORDER_NOT_RELEASED',
    tooLate: 'ORDER_FINISHED',
  },
  ReverseConfirmation: { from: 'RELEASED', to: 'TECHNICALLY_COMPLETE', tooEarly: 'ORDER_NOT_RELEASED' },
  CloseProductionOrder: { from: 'CONFIRMED', to: 'TECHNICALLY_COMPLETE', tooEarly: 'ORDER_NOT_FINISHED' },
  CancelProductionOrder: { from: 'PROPOSED', to: 'RELEASED', tooLate: 'ORDER_STARTED' },
};

/** Why an order in this state cannot take the command; undefined if it can. */
export function hindrance(state: OrderState, command: keyof typeof LIFECYCLE): RefusalCode | undefined {
  const { from, to, tooEarly, tooLate } = LIFECYCLE[command];
  if (!isBefore(state, from) && !isBefore(to, state)) return undefined;
  if (state === 'CLOSED') return 'ORDER_CLOSED';
  if (state === 'CANCELLED') return 'ORDER_CANCELLED';
  return isBefore(state, from) ? (tooEarly ?? 'ORDER_NOT_PLANNED') : (tooLate ?? 'ORDER_FINISHED');
}

/** Final: no command and no report changes it any more. */
export function isFinal(state: OrderState): boolean {
  return state === 'CLOSED' || state === 'CANCELLED';
}

export function isBefore(state: OrderState, other: OrderState): boolean {
  return ORDER_STATES.indexOf(state) < ORDER_STATES.indexOf(other);
}

interface Stretch {
  readonly from: OrderState;
  readonly to: OrderState;
  readonly tooEarly?: RefusalCode;
  readonly tooLate?: RefusalCode;
}

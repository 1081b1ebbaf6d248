import { compare, sum, type Quantity } from '@takt/quantity';
import { isBefore, isFinal } from './lifecycle.ts';
import { OPERATION_STATES, type OperationState, type OrderState } from './messages.ts';
import type { Confirmation, Confirmed, Operation, ProductionOrder } from './order.ts';
import { without } from './without.ts';

/**
 * The order with everything derived that follows from its facts: so a reversed confirmation leaves no trace but itself.
 *
 * - RELEASED: released, nothing confirmed.
 * - IN_PROGRESS: something is confirmed, but nothing at the last operation.
 * - PARTIALLY_CONFIRMED: something is confirmed at the last operation.
 * - CONFIRMED: every operation is confirmed finally or cancelled.
 *
 * A stage that is further along than what the confirmations show stays.
 */
export function derive(facts: ProductionOrder): ProductionOrder {
  const active = activeConfirmations(facts);
  const state = orderState(facts, active);
  const operations = facts.operations.map((operation) =>
    deriveOperation(operation, state, active, facts.quantity.unit),
  );
  const unit = facts.quantity.unit;
  const last = lastOperation(facts);
  const started = earliest([...operations.map(({ actualStart }) => actualStart), ...active.map(startOf)]);
  const ended = latest([...operations.map(({ actualEnd }) => actualEnd), ...active.map(endOf)]);
  const finished = state !== 'CANCELLED' && !isBefore(state, 'CONFIRMED');
  return {
    ...without(facts, 'actualStart', 'actualEnd'),
    state,
    onHold: facts.qualityHolds.some(({ release }) => release === undefined),
    operations,
    workCenters: [...new Set(operations.flatMap(({ workCenter }) => workCenter ?? []))],
    confirmed: {
      ...addUp(active, unit),
      yield: addUp(
        active.filter(({ operation }) => operation === last),
        unit,
      ).yield,
    },
    ...(started !== undefined && { actualStart: started }),
    ...(finished && ended !== undefined && { actualEnd: ended }),
  };
}

/** Those that have not been reversed. */
export function activeConfirmations({ confirmations }: Pick<ProductionOrder, 'confirmations'>): Confirmation[] {
  return confirmations.filter(({ reversal }) => reversal === undefined);
}

/** The greatest yield that is confirmed at any operation: less cannot be produced any more. */
export function mostConfirmed(order: ProductionOrder): Quantity {
  return order.operations
    .map(({ confirmed }) => confirmed.yield)
    .reduce((most, each) => (compare(each, most) > 0 ? each : most), order.confirmed.yield);
}

/** Sequence under which an order without operations is confirmed. */
export const WHOLE_ORDER = 0;

function lastOperation({ operations }: Pick<ProductionOrder, 'operations'>): number {
  return operations.filter(({ reported }) => reported.state !== 'CANCELLED').at(-1)?.sequence ?? WHOLE_ORDER;
}

function orderState(facts: ProductionOrder, active: readonly Confirmation[]): OrderState {
  if (isFinal(facts.stage) || active.length === 0) return facts.stage;
  const shown = shownBy(facts, active);
  return isBefore(facts.stage, shown) ? shown : facts.stage;
}

function shownBy(facts: ProductionOrder, active: readonly Confirmation[]): OrderState {
  const isDone = (sequence: number) => active.some(({ operation, final }) => final && operation === sequence);
  const sequences = facts.operations.length === 0 ? [WHOLE_ORDER] : undefined;
  const allDone = sequences
    ? sequences.every(isDone)
    : facts.operations.every(
        ({ sequence, reported }) =>
          reported.state === 'CONFIRMED' || reported.state === 'CANCELLED' || isDone(sequence),
      );
  if (allDone) return 'CONFIRMED';
  const last = lastOperation(facts);
  return active.some(({ operation }) => operation === last) ? 'PARTIALLY_CONFIRMED' : 'IN_PROGRESS';
}

function deriveOperation(
  operation: Operation,
  order: OrderState,
  active: readonly Confirmation[],
  unit: string,
): Operation {
  const own = active.filter((confirmation) => confirmation.operation === operation.sequence);
  const state = operationState(operation.reported.state, order, own);
  const started = earliest([operation.reported.actualStart, ...own.map(startOf)]);
  const ended = latest([operation.reported.actualEnd, ...own.map(endOf)]);
  return {
    ...without(operation, 'actualStart', 'actualEnd'),
    state,
    confirmed: addUp(own, unit),
    ...(started !== undefined && { actualStart: started }),
    ...(state === 'CONFIRMED' && ended !== undefined && { actualEnd: ended }),
  };
}

function operationState(
  reported: OperationState | undefined,
  order: OrderState,
  own: readonly Confirmation[],
): OperationState {
  if (reported === 'CANCELLED') return 'CANCELLED';
  if (own.some(({ final }) => final) || reported === 'CONFIRMED') return 'CONFIRMED';
  if (order === 'CANCELLED') return 'CANCELLED';
  const shown = own.length > 0 ? 'PARTIALLY_CONFIRMED' : isBefore(order, 'RELEASED') ? 'PLANNED' : 'RELEASED';
  if (reported === undefined) return shown;
  return OPERATION_STATES.indexOf(reported) > OPERATION_STATES.indexOf(shown) ? reported : shown;
}

/** What was confirmed while the source had the order in another unit does not count. */
export function addUp(confirmations: readonly Confirmation[], unit: string): Confirmed {
  const total = (quantities: readonly Quantity[]) =>
    sum(
      quantities.filter((each) => each.unit === unit),
      unit,
    );
  return {
    yield: total(confirmations.map((confirmation) => confirmation.yield)),
    scrap: total(confirmations.map(({ scrap }) => scrap)),
    rework: total(confirmations.map(({ rework }) => rework)),
  };
}

function startOf({ startedAt, endedAt, confirmedAt }: Confirmation): string {
  return startedAt ?? endedAt ?? confirmedAt;
}

function endOf({ endedAt, confirmedAt }: Confirmation): string {
  return endedAt ?? confirmedAt;
}

/** All in UTC and ISO form, so that text order is time order. */
function earliest(instants: readonly (string | undefined)[]): string | undefined {
  return instants.filter((each) => each !== undefined).sort()[0];
}

function latest(instants: readonly (string | undefined)[]): string | undefined {
  return instants
    .filter((each) => each !== undefined)
    .sort()
    .at(-1);
}

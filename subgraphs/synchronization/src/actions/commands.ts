import type { Cause } from '@takt/event-log';
import type { MessageInput } from '@takt/intake';
import type { CommandData } from '@takt/production-orders/contract';
import type { ProposedChange } from '../exceptions/messages.ts';

export interface CommandOrigin {
  /**
   * Of the decision, or the approval, with its time: with the order it makes the command's id. Unlike the revisions that
   * ids of decisions are made of, times do not come again where a backup was restored.
   */
  readonly id: string;
  /** Id of the decision that the order keeps. */
  readonly decision: string;
  readonly cause: Cause;
  readonly correlationId: string;
  /** Counts from 1: a command that was refused because the order had changed is another one when it is made anew. */
  readonly attempt: number;
  /** Who approved it, if anybody had to. */
  readonly approvedBy?: string;
}

export type ScheduleCommand =
  | MessageInput<'ReviseSchedule', CommandData<'ReviseSchedule'>>
  | MessageInput<'CreateProductionOrder', CommandData<'CreateProductionOrder'>>;

/**
 * What a change asks of production orders. The same change of the same origin is the same command, however often it is
 * sent; an order that is not as it was when the change was made refuses it.
 */
export function commandOf(change: ProposedChange, origin: CommandOrigin): ScheduleCommand {
  const { decision, cause, correlationId, approvedBy } = origin;
  const envelope = { id: commandId(change, origin), source: 'takt/synchronization', cause, correlationId };
  if (change.kind === 'CREATE') {
    return { ...envelope, type: 'CreateProductionOrder', data: planOf(change) };
  }
  const data = {
    ...scheduleOf(change),
    cause,
    policyDecision: decision,
    ...(approvedBy !== undefined && { approvedBy }),
  };
  return { ...envelope, type: 'ReviseSchedule', data, expectedRevision: change.orderRevision };
}

function planOf({
  kind: _kind,
  order,
  reason: _reason,
  operations = [],
  components = [],
  ...plan
}: ProposedChange & { kind: 'CREATE' }) {
  return { id: order, ...plan, operations, components };
}

function scheduleOf({
  kind: _kind,
  order,
  orderRevision: _orderRevision,
  ...schedule
}: ProposedChange & { kind: 'REVISE' }) {
  return { id: order, ...schedule };
}

function commandId({ kind, order }: ProposedChange, { id, attempt }: CommandOrigin): string {
  return `${id}/${kind === 'CREATE' ? 'create' : 'revise'}/${order}${attempt > 1 ? `/${attempt}` : ''}`;
}

import { given } from '@takt/intake/testing';
import type { DecisionContext } from '@takt/intake';
import type { ExceptionCommands, ProposedChange, RaiseException, StateOfNow } from './messages.ts';
import { planningException, type ExceptionEvent, type ExceptionMessage } from './planning-exception.ts';

export const NOON = '2026-01-05T12:00:00Z';

export const MOVE: Extract<ProposedChange, { kind: 'REVISE' }> = {
  kind: 'REVISE',
  order: 'PO-1',
  orderRevision: 3,
  scheduledStart: '2026-01-12T06:00:00Z',
  scheduledEnd: '2026-01-12T14:00:00Z',
  reason: 'Starts two days earlier.',
};

export function raise(rest: Partial<RaiseException> = {}) {
  const data: RaiseException = {
    id: 'SCHEDULE_APPROVAL:PUMP@P100',
    kind: 'SCHEDULE_APPROVAL',
    sku: 'PUMP',
    location: 'P100',
    zone: 'SLUSHY',
    severity: 'MEDIUM',
    summary: 'Demand for PUMP at P100 in the week of 2026-01-12: 40 → 65 EA.',
    decisions: ['D1'],
    orders: ['PO-1'],
    proposal: [MOVE],
    owner: 'planning',
    dueAt: '2026-01-06T12:00:00.000Z',
    escalateTo: ['lead', 'manager'],
    raisedAt: '2026-01-05T12:00:00.000Z',
    ...rest,
  };
  return { type: 'RaiseException', data } as const;
}

/** The orders and the unit are what they were when {@link raise} was sent. */
export const UNCHANGED: StateOfNow = { orders: [{ order: 'PO-1', revision: 3 }], decision: 'D1' };

export function approve(by: string, rest: Partial<ExceptionCommands['ApproveException']> = {}) {
  return message('ApproveException', { by, matter: 1, now: UNCHANGED, ...rest });
}

export function message<Type extends keyof ExceptionCommands>(
  type: Type,
  data: Omit<ExceptionCommands[Type], 'id'>,
): ExceptionMessage {
  return { type, data: { id: raise().data.id, ...data } } as unknown as ExceptionMessage;
}

/** What messages caused, those of a later time with their own context. Throws for one that is refused. */
export function eventsOf(...messages: readonly Sent[]): ExceptionEvent[] {
  const events: ExceptionEvent[] = [];
  for (const each of messages) {
    const [one, context] = 'type' in each ? [each, {}] : each;
    const { decision } = given(planningException, events).when(one, context);
    if ('refused' in decision) throw new Error(`${decision.refused.code}: ${decision.refused.reason}`);
    events.push(...decision.events);
  }
  return events;
}

export function at(instant: string): Partial<DecisionContext> {
  return { now: new Date(instant), time: instant };
}

/** Of its own time, or of noon. */
export type Sent = ExceptionMessage | readonly [ExceptionMessage, Partial<DecisionContext>];

import type { Decision, DecisionContext } from '@takt/intake';
import type { Approval } from './events.ts';
import type { ExceptionCommands, ProposedChange, StateOfNow } from './messages.ts';
import type { ExceptionEvent, PlanningException } from './planning-exception.ts';
import { refuse } from './refusals.ts';

/**
 * Approves what is proposed, or gives one of the two approvals that a change in the frozen zone takes. What was approved
 * has to be what was seen, has to fit the orders and the unit as they are now, and must not lie in the past.
 */
export function approve(
  state: PlanningException,
  data: ExceptionCommands['ApproveException'],
  context: DecisionContext,
): Decision<ExceptionEvent> {
  if (data.matter !== state.matter) return refuse('CHANGED_SINCE', `Now: ${state.summary}`);
  if (state.proposedBy !== undefined && isSamePerson(state.proposedBy, data.by)) {
    return refuse('PROPOSER_MAY_NOT_APPROVE');
  }
  if (state.approvals.some(({ by }) => isSamePerson(by, data.by))) return refuse('APPROVED_ALREADY');
  const changes = changesSince(state, data.now);
  if (changes.length > 0) return refuse('CHANGED_SINCE', changes.join(' '));
  const past = state.proposal.find((change) => startOf(change, Infinity) < context.now.getTime());
  if (past) return refuse('EXPIRED', `Order ${past.order}: ${past.reason}`);

  const { id, kind, sku, location, owner, matter, proposal, decisions } = state;
  const approval: Approval = {
    by: data.by.trim(),
    at: context.time,
    ...(data.comment !== undefined && { comment: data.comment }),
  };
  const approvals = [...state.approvals, approval];
  const about = { id, kind, sku, location, owner, at: context.time, matter };
  return approvals.length < approvalsNeeded(state, data.now)
    ? { events: [{ type: 'ExceptionApprovalGiven', data: { ...about, approval } }] }
    : { events: [{ type: 'ExceptionApproved', data: { ...about, approvals, proposal, decisions } }] };
}

/** Two in the frozen zone, else one. It is in the frozen zone as well once time has brought there what it would change. */
export function approvalsNeeded(
  { zone, proposal }: Pick<PlanningException, 'zone' | 'proposal'>,
  now?: StateOfNow,
): 1 | 2 {
  if (zone === 'FROZEN') return 2;
  const frozenUntil = now?.frozenUntil === undefined ? -Infinity : Date.parse(now.frozenUntil);
  const revised = new Set(proposal.map(({ order }) => order));
  const starts = [
    ...proposal.map((change) => startOf(change, Infinity)),
    ...(now?.orders ?? []).flatMap(({ order, scheduledStart }) =>
      revised.has(order) && scheduledStart !== undefined ? [Date.parse(scheduledStart)] : [],
    ),
  ];
  return starts.some((start) => start < frozenUntil) ? 2 : 1;
}

/** Whatever case and spaces a name is written with. */
export function isSamePerson(one: string, other: string): boolean {
  return nameOf(one) === nameOf(other);
}

function nameOf(person: string): string {
  return person.normalize('NFKC').trim().replaceAll(/\s+/g, ' ').toLowerCase();
}

/** What of its orders is not as it was when this was proposed: one sentence each. */
export function orderChangesSince(
  { proposal }: Pick<PlanningException, 'proposal'>,
  now: Pick<StateOfNow, 'orders'>,
): string[] {
  const orders = new Map(now.orders.map((order) => [order.order, order.revision]));
  return proposal.flatMap((change) => {
    const revision = orders.get(change.order);
    if (change.kind === 'CREATE') return revision === undefined ? [] : [`Order ${change.order} exists already.`];
    if (revision === undefined) return [`There is no order ${change.order} any more.`];
    if (revision === change.orderRevision) return [];
    return [`Order ${change.order} was at revision ${change.orderRevision}, it is at ${revision}.`];
  });
}

/** What of the orders and the unit is not as it was when this was proposed: one sentence each. */
function changesSince(state: PlanningException, now: StateOfNow): string[] {
  const changes = orderChangesSince(state, now);
  const isJudgedAnew = now.decision !== undefined && !state.decisions.includes(now.decision);
  return isJudgedAnew ? [...changes, `The unit was judged again: decision ${now.decision}.`] : changes;
}

/** In ms since 1970: when the first of what would be done begins; `otherwise` if the proposal gives no time. */
function startOf(change: ProposedChange, otherwise: number): number {
  const operations = change.kind === 'REVISE' ? (change.operations ?? []) : [];
  const times = [change.scheduledStart, ...operations.map(({ scheduledStart }) => scheduledStart)];
  const starts = times.flatMap((time) => (time === undefined ? [] : [Date.parse(time)]));
  if (starts.length > 0) return Math.min(...starts);
  return change.scheduledEnd === undefined ? otherwise : Date.parse(change.scheduledEnd);
}

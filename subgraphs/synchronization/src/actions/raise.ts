import type { PlanningCalendar } from '@takt/planning-time';
import type { EXCEPTION_KINDS, ProposedChange, RaiseException } from '../exceptions/messages.ts';
import { dueAt, responsibleFor, type Ownership } from '../exceptions/ownership.ts';
import { isOpen, type PlanningException } from '../exceptions/planning-exception.ts';
import type { Decision, DecisionLine, DecisionOutcome } from '../judgement/decision.ts';
import { ZONES } from '../judgement/observation.ts';
import { zoneOf } from '../judgement/weeks.ts';
import type { ScheduleProposal, SchedulerAnswer } from '../scheduling/scheduler.ts';

export interface RaiseContext {
  readonly ownership: Ownership;
  /** Working time of the location, if it is known. */
  readonly calendar?: PlanningCalendar | undefined;
  /** Exceptions about the unit, open ones and others. */
  readonly existing: readonly Pick<PlanningException, 'id' | 'kind' | 'status'>[];
  /** RFC 3339 */
  readonly now: string;
}

/**
 * What planners and buyers have to see to of a decision: FROZEN_CHANGE for lines of outcome EXCEPTION, with what would help
 * inside the demand time fence, PROCUREMENT for those of PROCUREMENT_ALERT, SCHEDULE_APPROVAL for proposals that wait for
 * approval and orders that nothing needs any more, UNSCHEDULABLE for what the scheduler could not do. `waiting` are among the answer's proposals; `revisions` are
 * those of the orders that it was made for. That less is short, or late, is told only of what is open and not over.
 */
export function exceptionsOf(
  decision: Decision,
  scheduled: {
    readonly answer?: Extract<SchedulerAnswer, { kind: 'PROPOSED' }> | undefined;
    readonly waiting: readonly ScheduleProposal[];
    readonly revisions: ReadonlyMap<string, number>;
    readonly inside?: {
      readonly waiting: readonly ScheduleProposal[];
      readonly revisions: ReadonlyMap<string, number>;
    };
    /** Orders that nothing needs any more. */
    readonly unneeded?: readonly string[];
    /** What ids of new orders begin with; the decision's id unless given. */
    readonly orderPrefix?: string;
  },
  context: RaiseContext,
): RaiseException[] {
  const { answer, waiting, revisions, inside, unneeded = [], orderPrefix = decision.id } = scheduled;
  const raised: RaiseException[] = [];
  const raise = (kind: Kind, lines: readonly DecisionLine[], more: Partial<RaiseException> & { told?: string } = {}) =>
    raised.push(exceptionOf(kind, decision, lines, more, context));
  const isNews = (kind: Kind, lines: readonly DecisionLine[]) =>
    lines.some((line) => !isRelief(line)) ||
    (lines.length > 0 &&
      !isGone(kind, decision) &&
      context.existing.some((each) => each.kind === kind && isOpen(each)));
  const alarming = linesOf(decision, 'EXCEPTION');
  if (isNews('FROZEN_CHANGE', alarming)) {
    const proposal = (inside?.waiting ?? []).map((each, index) =>
      proposedChange(each, inside?.revisions ?? revisions, `${orderPrefix}/inside-${index + 1}`),
    );
    const told = proposal.length > 0 ? toApprove(proposal) : undefined;
    raise('FROZEN_CHANGE', alarming, { proposal, orders: ordersOf(proposal), ...(told !== undefined && { told }) });
  }
  const buying = linesOf(decision, 'PROCUREMENT_ALERT');
  if (isNews('PROCUREMENT', buying)) raise('PROCUREMENT', buying);
  const scheduling = linesOf(decision, 'RECALCULATE', 'PROPOSE');
  if (answer && waiting.length + unneeded.length > 0) {
    const proposal = waiting.map((each) =>
      proposedChange(each, revisions, newOrderId(orderPrefix, answer.proposals.indexOf(each))),
    );
    const orders = [...new Set([...ordersOf(proposal), ...unneeded])].slice(0, ORDERS_TOLD);
    const told = [...(proposal.length > 0 ? [toApprove(proposal)] : []), ...unneeded.map(toCancel)].join(' ');
    raise('SCHEDULE_APPROVAL', scheduling, { proposal, orders, told });
  }
  const cannot = answer?.cannot ?? [];
  if (cannot.length > 0) {
    const orders = [...new Set(cannot.flatMap(({ order }) => order ?? []))];
    raise('UNSCHEDULABLE', scheduling, {
      orders: orders.slice(0, ORDERS_TOLD),
      told: `Supply cannot follow: ${cannot.map(({ reason }) => reason).join(' ')}`,
    });
  }
  return raised;
}

/**
 * Whether nothing is left of what exceptions of a kind are about. Of PROCUREMENT and UNSCHEDULABLE if nothing is short; of
 * SCHEDULE_APPROVAL and FROZEN_CHANGE if a decision only says that less is short or late, and nothing is any more, of
 * FROZEN_CHANGE in the frozen zone.
 */
export function isGone(kind: Kind, { lines, observation }: Pick<Decision, 'lines' | 'observation'>): boolean {
  const { weeks } = observation;
  switch (kind) {
    case 'PROCUREMENT':
    case 'UNSCHEDULABLE':
      return weeks.every(({ shortage }) => shortage === '0');
    case 'SCHEDULE_APPROVAL':
      return lines.length > 0 && lines.every(isRelief) && weeks.every(isMet);
    case 'FROZEN_CHANGE': {
      const frozen = lines.filter(({ zone }) => zone === 'FROZEN');
      const inZone = weeks.filter(({ week }) => zoneOf(week, observation) === 'FROZEN');
      return frozen.length > 0 && frozen.every(isRelief) && inZone.every(isMet);
    }
    case 'SOURCE_REFUSED':
      return false;
  }
}

/** SOURCE_REFUSED: the system that owns an order did not take a change that was decided. */
export function refusalOf(
  decision: Decision,
  { order, system, reason }: { readonly order: string; readonly system: string; readonly reason: string },
  context: RaiseContext,
): RaiseException {
  const lines = linesOf(decision, 'RECALCULATE', 'PROPOSE');
  const told = `${system} refused the change of order ${order}: ${reason}`;
  return exceptionOf('SOURCE_REFUSED', decision, lines, { orders: [order], told }, context);
}

/** Id of the order that a proposal makes. `index` is that of the proposal. */
export function newOrderId(orderPrefix: string, index: number): string {
  return `${orderPrefix}/${index + 1}`;
}

/**
 * Severity by points. Zone: FROZEN 2, SLUSHY 1. Item: CRITICAL 2, HIGH 1. A customer of priority 1 or better waits: 1.
 * Something is short, or it changed by half or more of what it was, or from or to nothing: 1. CRITICAL from 5 points on,
 * HIGH from 3, MEDIUM from 2.
 */
function severityOf(decision: Decision, lines: readonly DecisionLine[]): RaiseException['severity'] {
  const zone = { FROZEN: 2, SLUSHY: 1, LIQUID: 0 }[nearestZone(lines)];
  const item = { CRITICAL: 2, HIGH: 1, NORMAL: 0, LOW: 0 }[decision.observation.criticality];
  const customer = lines.some(({ customerPriority = Infinity }) => customerPriority <= 1) ? 1 : 0;
  const points = zone + item + customer + (lines.some(isLarge) ? 1 : 0);
  return points >= 5 ? 'CRITICAL' : points >= 3 ? 'HIGH' : points >= 2 ? 'MEDIUM' : 'LOW';
}

function exceptionOf(
  kind: Kind,
  decision: Decision,
  concerned: readonly DecisionLine[],
  { told, ...more }: Partial<RaiseException> & { told?: string },
  { ownership, calendar, existing, now }: RaiseContext,
): RaiseException {
  const { sku, location, family, region, planner } = decision.observation;
  const lines = concerned.length > 0 ? concerned : decision.lines;
  const severity = severityOf(decision, lines);
  const unit = {
    kind,
    sku,
    location,
    ...(family !== undefined && { family }),
    ...(region !== undefined && { region }),
    ...(planner !== undefined && { planner }),
  };
  return {
    id: idOf(unit, decision.id, existing),
    ...unit,
    zone: nearestZone(lines),
    severity,
    summary: clipped([summaryOf(decision, lines), told].filter((part) => part !== undefined).join(' ')),
    decisions: [decision.id],
    orders: [],
    proposal: [],
    ...more,
    ...responsibleFor(unit, ownership),
    dueAt: dueAt(severity, now, ownership, calendar),
    raisedAt: now,
  };
}

/** One that is open is brought up to date; after one that is closed comes another. */
function idOf(
  { kind, sku, location }: Pick<RaiseException, 'kind' | 'sku' | 'location'>,
  decision: string,
  existing: RaiseContext['existing'],
): string {
  const ofKind = existing.filter((exception) => exception.kind === kind);
  const first = `${kind}:${sku}@${location}`;
  return ofKind.find(isOpen)?.id ?? (ofKind.length === 0 ? first : `${first}:${decision}`);
}

function summaryOf({ observation }: Decision, lines: readonly DecisionLine[]): string {
  const [worst, ...others] = [...lines].sort(
    (one, other) =>
      Number(isRelief(one)) - Number(isRelief(other)) ||
      ZONES.indexOf(one.zone) - ZONES.indexOf(other.zone) ||
      WORST_FIRST.indexOf(one.measure) - WORST_FIRST.indexOf(other.measure) ||
      one.week.localeCompare(other.week),
  );
  const { sku, location, unit } = observation;
  if (!worst) return `${sku} at ${location}.`;
  const { week, zone, measure, baseline, now, changePercent } = worst;
  const what = { DEMAND: 'Demand for', SHORTAGE: 'Shortage of', CAPACITY: 'Delay of orders for' }[measure];
  const amount = measure === 'CAPACITY' ? 'minutes' : unit;
  const percent = changePercent === null ? '' : ` (${changePercent > 0 ? '+' : ''}${changePercent.toFixed(1)} %)`;
  const more = others.length > 0 ? ` ${counted(others.length, 'other figure')} changed as well.` : '';
  return `${what} ${sku} at ${location} in the week of ${week}, ${zone.toLowerCase()} zone: ${baseline} → ${now} ${amount}${percent}.${more}`;
}

/** A proposal as it is kept until it is carried out: with the revision of the order that it was made for. */
export function proposedChange(
  { needsApproval: _needsApproval, ...proposal }: ScheduleProposal,
  revisions: ReadonlyMap<string, number>,
  newId: string,
): ProposedChange {
  if (proposal.kind === 'CREATE') return { ...proposal, order: newId };
  const orderRevision = revisions.get(proposal.order);
  if (orderRevision === undefined) throw new Error(`The revision of order ${proposal.order} is not known.`);
  const { operations, ...rest } = proposal;
  return { ...rest, orderRevision, ...(operations && { operations: operations.map((each) => ({ ...each })) }) };
}

function reasonOf(change: ProposedChange): string {
  return `${change.order}: ${change.reason}`;
}

function ordersOf(proposal: readonly ProposedChange[]): string[] {
  const revised = proposal.flatMap(({ kind, order }) => (kind === 'REVISE' ? [order] : []));
  return [...new Set(revised)].slice(0, ORDERS_TOLD);
}

function toApprove(proposal: readonly ProposedChange[]): string {
  return `${counted(proposal.length, 'schedule change')} to approve: ${proposal.map(reasonOf).join(' ')}`;
}

/** Nothing of it is short or late. */
function isMet({ shortage, lateMinutes }: Decision['observation']['weeks'][number]): boolean {
  return shortage === '0' && lateMinutes === 0;
}

/** No policy cancels anything. */
function toCancel(order: string): string {
  return `Nothing needs order ${order} any more: cancel it, or leave it for what comes.`;
}

/** Less is short, or late, than was told. */
function isRelief({ measure, change }: DecisionLine): boolean {
  return measure !== 'DEMAND' && change.startsWith('-');
}

function linesOf({ lines }: Pick<Decision, 'lines'>, ...outcomes: readonly DecisionOutcome[]): DecisionLine[] {
  return lines.filter(({ outcome }) => outcomes.includes(outcome));
}

function nearestZone(lines: readonly DecisionLine[]): RaiseException['zone'] {
  return ZONES.find((zone) => lines.some((line) => line.zone === zone)) ?? 'LIQUID';
}

function isLarge({ measure, now, changePercent }: DecisionLine): boolean {
  return (measure === 'SHORTAGE' && Number(now) > 0) || changePercent === null || Math.abs(changePercent) >= 50;
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

function clipped(text: string): string {
  return text.length <= LONGEST_SUMMARY ? text : `${text.slice(0, LONGEST_SUMMARY - 1)}…`;
}

type Kind = (typeof EXCEPTION_KINDS)[number];

const WORST_FIRST: readonly DecisionLine['measure'][] = ['SHORTAGE', 'CAPACITY', 'DEMAND'];
const ORDERS_TOLD = 100;
const LONGEST_SUMMARY = 2000;

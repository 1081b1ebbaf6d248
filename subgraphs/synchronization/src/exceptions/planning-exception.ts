import { Value } from '@sinclair/typebox/value';
import type { Aggregate, Decision, DecisionContext } from '@takt/intake';
import { ZONES } from '../judgement/observation.ts';
import { approve } from './approve.ts';
import { ExceptionEvents, type Approval } from './events.ts';
import { DECISIONS_KEPT, ExceptionCommands, RaiseException, SEVERITIES, type Settlement } from './messages.ts';
import { refuse } from './refusals.ts';

/**
 * OPEN: somebody has to decide. SNOOZED: not before a certain time. Both end with APPROVED, REJECTED or SETTLED; APPROVED
 * ends with SETTLED as soon as it is known what became of it.
 */
export const EXCEPTION_STATES = ['OPEN', 'SNOOZED', 'APPROVED', 'REJECTED', 'SETTLED'] as const;
type ExceptionStatus = (typeof EXCEPTION_STATES)[number];

/** What waits for a planner at an item and a location, and what has been said and done about it. */
export interface PlanningException extends RaiseException {
  readonly status: ExceptionStatus;
  /** Of {@link SEVERITIES}, the worst is 0: for sorting. */
  readonly severityRank: number;
  /** Counts from 1 what there was to approve: grows when summary, zone or proposal change. */
  readonly matter: number;
  /** When it was told latest how it stands. */
  readonly toldAt: string;
  readonly escalationLevel: number;
  readonly snoozedUntil?: string;
  /** When something happens to it by itself: it wakes up, or is escalated. Absent if nothing will. */
  readonly nextAt?: string;
  /** Of `matter` as it is now; those of what it was before count no more. */
  readonly approvals: readonly Approval[];
  /** The latest, newest first: at most {@link COMMENTS_KEPT}. */
  readonly comments: readonly ExceptionComment[];
  /** What happened, newest first: at most {@link HISTORY_KEPT}; all of it is in the log. */
  readonly history: readonly ExceptionHistoryEntry[];
  /** When nobody had to decide any more. */
  readonly closedAt?: string;
  readonly rejection?: { readonly by: string; readonly reason: string };
  readonly settlement?: { readonly outcome: Settlement; readonly reason: string; readonly at: string };
}

interface ExceptionComment {
  readonly by: string;
  readonly at: string;
  readonly text: string;
}

export interface ExceptionHistoryEntry {
  /** Type of the event. */
  readonly event: ExceptionEvent['type'];
  readonly at: string;
  readonly by?: string;
  /** Who had it, where somebody else has it now. */
  readonly from?: string;
  readonly owner: string;
  readonly text?: string;
}

export const COMMENTS_KEPT = 50;
export const HISTORY_KEPT = 50;

export type ExceptionMessage =
  | { readonly type: 'RaiseException'; readonly data: RaiseException }
  | {
      [type in keyof ExceptionCommands]: { readonly type: type; readonly data: ExceptionCommands[type] };
    }[keyof ExceptionCommands];
export type ExceptionEvent = {
  [type in keyof ExceptionEvents]: { readonly type: type; readonly data: ExceptionEvents[type] };
}[keyof ExceptionEvents];

export const planningException: Aggregate<PlanningException, ExceptionMessage, ExceptionEvent> = {
  noun: 'PlanningException',
  collection: {
    name: 'planning-exceptions',
    indexes: [
      ['id'],
      ['nextAt'],
      ['dueAt', 'id'],
      ['raisedAt', 'id'],
      ['severityRank', 'dueAt', 'id'],
      ['status', 'dueAt', 'id'],
      ['owner', 'dueAt', 'id'],
      ['location', 'dueAt', 'id'],
      ['location', 'closedAt'],
      ['sku', 'location', 'dueAt'],
      ['sku', 'location', 'status', 'dueAt'],
      ['sku', 'location', 'kind', 'dueAt'],
      ['orders', 'dueAt'],
    ],
  },
  messages: { RaiseException, ...ExceptionCommands },
  events: ExceptionEvents,
  identify: ({ data }) => data.id,
  decide,
  evolve,
};

/** Whether somebody has to decide. */
export function isOpen({ status }: Pick<PlanningException, 'status'>): boolean {
  return status === 'OPEN' || status === 'SNOOZED';
}

function decide(
  state: PlanningException | undefined,
  message: ExceptionMessage,
  context: DecisionContext,
): Decision<ExceptionEvent> {
  if (message.type === 'RaiseException') return raise(state, message.data, context);
  if (!state) return refuse('EXCEPTION_UNKNOWN');
  const at = context.time;
  switch (message.type) {
    case 'CommentException': {
      const { by, text } = message.data;
      return { events: [{ type: 'ExceptionCommented', data: { ...about(state, at), by, text } }] };
    }
    case 'SettleException':
      return settle(state, message.data, at);
    case 'WakeException':
      return wake(state, message.data, context);
    case 'EscalateException':
      return escalate(state, message.data, context);
  }
  if (!isOpen(state)) return refuse('EXCEPTION_CLOSED', closedHow(state));
  switch (message.type) {
    case 'AssignException': {
      const { owner, by, reason } = message.data;
      if (owner === state.owner) return { events: [] };
      const data = { ...about(state, at), owner, from: state.owner, by, ...present({ reason }) };
      return { events: [{ type: 'ExceptionAssigned', data }] };
    }
    case 'SnoozeException':
      return snooze(state, message.data, context);
    case 'ApproveException':
      return approve(state, message.data, context);
    case 'RejectException': {
      const { by, reason } = message.data;
      return { events: [{ type: 'ExceptionRejected', data: { ...about(state, at), by, reason } }] };
    }
  }
}

function raise(state: PlanningException | undefined, data: RaiseException, { time }: DecisionContext) {
  if (!state) return { events: [{ type: 'ExceptionRaised', data } as const] };
  if (!isOpen(state)) return refuse('EXCEPTION_CLOSED', closedHow(state));
  if (Date.parse(data.raisedAt) < Date.parse(state.toldAt)) return refuse('OLDER_THAN_KNOWN');
  const decisions = [...new Set([...state.decisions, ...data.decisions])].slice(-DECISIONS_KEPT);
  const isWorse = rankOf(data.severity) < state.severityRank || ZONES.indexOf(data.zone) < ZONES.indexOf(state.zone);
  const woken = isWorse && state.status === 'SNOOZED';
  const dueAt = woken || (isWorse && Date.parse(data.dueAt) < Date.parse(state.dueAt)) ? data.dueAt : state.dueAt;
  const { owner, escalateTo, raisedAt } = state;
  const after = { ...data, decisions, dueAt, owner, escalateTo, raisedAt };
  const changed = FIELDS.filter((name) => !Value.Equal(state[name], after[name]));
  if (changed.length === 0) return { events: [] };
  const isOther = MATTER.some((name) => changed.includes(name));
  const update = {
    ...after,
    at: time,
    toldAt: data.raisedAt,
    matter: isOther ? state.matter + 1 : state.matter,
    changed,
    voided: isOther ? state.approvals.map(({ by }) => by) : [],
    woken,
  };
  return { events: [{ type: 'ExceptionUpdated', data: update } as const] };
}

function snooze(
  state: PlanningException,
  { by, until, reason }: ExceptionCommands['SnoozeException'],
  { now, time }: DecisionContext,
): Decision<ExceptionEvent> {
  const ahead = Date.parse(until) - now.getTime();
  if (ahead <= 0 || ahead > LONGEST_SNOOZE_MS) return refuse('SNOOZE_OUT_OF_RANGE');
  return { events: [{ type: 'ExceptionSnoozed', data: { ...about(state, time), by, until, ...present({ reason }) } }] };
}

function wake(
  state: PlanningException,
  { dueAt }: ExceptionCommands['WakeException'],
  { now, time }: DecisionContext,
): Decision<ExceptionEvent> {
  if (state.status !== 'SNOOZED') return { events: [] };
  if (state.snoozedUntil !== undefined && now.getTime() < Date.parse(state.snoozedUntil)) return refuse('NOT_DUE');
  if (Date.parse(dueAt) <= now.getTime()) return refuse('DUE_IN_THE_PAST');
  return { events: [{ type: 'ExceptionWoken', data: { ...about(state, time), dueAt } }] };
}

function escalate(
  state: PlanningException,
  { level, dueAt }: ExceptionCommands['EscalateException'],
  { now, time }: DecisionContext,
): Decision<ExceptionEvent> {
  const owner = state.escalateTo[state.escalationLevel];
  if (state.status !== 'OPEN' || level !== state.escalationLevel + 1 || owner === undefined) return { events: [] };
  if (now.getTime() < Date.parse(state.dueAt)) return refuse('NOT_DUE');
  if (Date.parse(dueAt) <= now.getTime()) return refuse('DUE_IN_THE_PAST');
  const data = { ...about(state, time), owner, level, from: state.owner, dueAt };
  return { events: [{ type: 'ExceptionEscalated', data }] };
}

function settle(
  state: PlanningException,
  { outcome, reason }: ExceptionCommands['SettleException'],
  at: string,
): Decision<ExceptionEvent> {
  if (state.status === 'REJECTED' || state.status === 'SETTLED') return { events: [] };
  const needsApproval = outcome !== 'SUPERSEDED' && outcome !== 'GONE';
  if (needsApproval && state.status !== 'APPROVED') return refuse('NOT_APPROVED');
  return { events: [{ type: 'ExceptionSettled', data: { ...about(state, at), outcome, reason } }] };
}

function evolve(before: PlanningException | undefined, event: ExceptionEvent): PlanningException {
  if (event.type === 'ExceptionRaised') return noted(raised(event.data), event);
  if (!before) throw new Error(`${event.type} of ${event.data.id}, which was never raised.`);
  return noted(after(before, event), event);
}

function raised(data: RaiseException): PlanningException {
  return {
    ...data,
    status: 'OPEN',
    severityRank: rankOf(data.severity),
    matter: 1,
    toldAt: data.raisedAt,
    escalationLevel: 0,
    approvals: [],
    comments: [],
    history: [],
  };
}

function after(
  state: PlanningException,
  event: Exclude<ExceptionEvent, { type: 'ExceptionRaised' }>,
): PlanningException {
  switch (event.type) {
    case 'ExceptionUpdated':
      return updated(state, event.data);
    case 'ExceptionAssigned':
      return { ...state, owner: event.data.owner };
    case 'ExceptionCommented': {
      const { by, at, text } = event.data;
      return { ...state, comments: [{ by, at, text }, ...state.comments].slice(0, COMMENTS_KEPT) };
    }
    case 'ExceptionSnoozed':
      return { ...state, status: 'SNOOZED', snoozedUntil: event.data.until };
    case 'ExceptionWoken':
      return { ...awake(state), dueAt: event.data.dueAt };
    case 'ExceptionEscalated': {
      const { owner, level, dueAt } = event.data;
      return { ...state, owner, escalationLevel: level, dueAt };
    }
    case 'ExceptionApprovalGiven':
      return { ...state, approvals: [...state.approvals, event.data.approval] };
    case 'ExceptionApproved':
      return { ...closed(state, event.data.at), status: 'APPROVED', approvals: event.data.approvals };
    case 'ExceptionRejected': {
      const { by, reason, at } = event.data;
      return { ...closed(state, at), status: 'REJECTED', rejection: { by, reason } };
    }
    case 'ExceptionSettled': {
      const { outcome, reason, at } = event.data;
      return { ...closed(state, at), status: 'SETTLED', settlement: { outcome, reason, at } };
    }
  }
}

/** What it is told of again is as it is told now; what was done with it stays. */
function updated(state: PlanningException, data: ExceptionEvents['ExceptionUpdated']): PlanningException {
  const { matter, toldAt, severity, voided, woken } = data;
  const told = FIELDS.flatMap((name) => (data[name] === undefined ? [] : [[name, data[name]]]));
  const kept = Object.entries(woken ? awake(state) : state).filter(([name]) => !(name in RaiseException.properties));
  return {
    ...(Object.fromEntries([...kept, ...told]) as PlanningException),
    matter,
    toldAt,
    severityRank: rankOf(severity),
    approvals: voided.length > 0 ? [] : state.approvals,
  };
}

function awake({ snoozedUntil: _until, ...state }: PlanningException): PlanningException {
  return { ...state, status: 'OPEN' };
}

function closed(state: PlanningException, at: string): PlanningException {
  return { ...awake(state), closedAt: state.closedAt ?? at };
}

/** With the event in its history, and the time at which it needs to be looked at again. */
function noted({ nextAt: _nextAt, ...state }: PlanningException, event: ExceptionEvent): PlanningException {
  return {
    ...state,
    raisedAt: utc(state.raisedAt),
    dueAt: utc(state.dueAt),
    ...present({ nextAt: nextAt(state) }),
    history: [historyEntryOf(event), ...state.history].slice(0, HISTORY_KEPT),
  };
}

function nextAt(state: PlanningException): string | undefined {
  if (state.status === 'SNOOZED') return state.snoozedUntil && utc(state.snoozedUntil);
  return state.status === 'OPEN' && state.escalationLevel < state.escalateTo.length ? utc(state.dueAt) : undefined;
}

/** Sorts as text. */
function utc(instant: string): string {
  return new Date(instant).toISOString();
}

/** What an event says in a history. */
export function historyEntryOf(event: ExceptionEvent): ExceptionHistoryEntry {
  const { type, data } = event;
  const by = 'by' in data ? data.by : type === 'ExceptionApprovalGiven' ? data.approval.by : undefined;
  const approver = type === 'ExceptionApproved' ? data.approvals.at(-1)?.by : by;
  return {
    event: type,
    at: type === 'ExceptionRaised' ? data.raisedAt : data.at,
    owner: data.owner,
    ...present({ by: approver, from: 'from' in data ? data.from : undefined, text: textOf(event) }),
  };
}

function textOf({ type, data }: ExceptionEvent): string | undefined {
  switch (type) {
    case 'ExceptionRaised':
    case 'ExceptionUpdated':
      return data.summary;
    case 'ExceptionCommented':
      return data.text;
    case 'ExceptionApprovalGiven':
      return data.approval.comment;
    case 'ExceptionApproved':
      return data.approvals.at(-1)?.comment;
    case 'ExceptionAssigned':
    case 'ExceptionSnoozed':
    case 'ExceptionRejected':
    case 'ExceptionSettled':
      return data.reason;
    case 'ExceptionWoken':
    case 'ExceptionEscalated':
      return undefined;
  }
}

function about({ id, kind, sku, location, owner }: PlanningException, at: string) {
  return { id, kind, sku, location, owner, at };
}

function closedHow({ status, rejection, settlement, approvals }: PlanningException): string {
  if (settlement) return `${settlement.outcome}: ${settlement.reason}`;
  if (rejection) return `${rejection.by} rejected it: ${rejection.reason}`;
  return `${status} by ${approvals.map(({ by }) => by).join(' and ')}.`;
}

function rankOf(severity: RaiseException['severity']): number {
  return SEVERITIES.length - 1 - SEVERITIES.indexOf(severity);
}

const LONGEST_SNOOZE_MS = 30 * 24 * 60 * 60 * 1000;
const FIELDS = Object.keys(RaiseException.properties) as (keyof RaiseException)[];
/** What whoever approves agrees to. */
const MATTER = ['summary', 'zone', 'proposal', 'proposedBy'] as const;

function present<T extends object>(fields: T): { [name in keyof T]?: Exclude<T[name], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never;
}

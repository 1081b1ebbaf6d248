import { Type, type Static } from '@sinclair/typebox';
import { defineMasterRecord, type Aggregate, type Decision, type DecisionContext } from '@takt/intake';
import { ShiftSchema } from '@takt/planning-time';
import { DecimalSchema } from '@takt/quantity';

/** ISA-95 part 1, equipment hierarchy. */
export const EQUIPMENT_LEVELS = ['AREA', 'WORK_CENTER', 'WORK_UNIT'] as const;
export const WORK_CENTER_TYPES = ['MACHINE', 'LABOR', 'LINE', 'SUBCONTRACT'] as const;
export const WORK_CENTER_STATES = ['RUNNING', 'IDLE', 'DOWN', 'SETUP', 'MAINTENANCE'] as const;
type WorkCenterState = (typeof WORK_CENTER_STATES)[number];

const code = Type.String({ minLength: 1, maxLength: 200 });
const workCenterState = Type.Union(WORK_CENTER_STATES.map((state) => Type.Literal(state)));
const instant = Type.String({ format: 'date-time' });

/** Data of `WorkCenterReported`: the master record of a machine, a line or a group of people. */
export const WorkCenterReport = Type.Object(
  {
    code,
    name: Type.String({ minLength: 1 }),
    description: Type.Optional(Type.String()),
    location: code,
    level: Type.Union(EQUIPMENT_LEVELS.map((level) => Type.Literal(level))),
    /** Code of the work center above it. */
    parent: Type.Optional(code),
    type: Type.Union(WORK_CENTER_TYPES.map((type) => Type.Literal(type))),
    category: Type.Optional(Type.String()),
    subcategory: Type.Optional(Type.String()),
    /** How much it can do at once, in `capacityUnit`s (machines, people): multiplies its working time. */
    capacity: DecimalSchema,
    capacityUnit: Type.String({ minLength: 1 }),
    efficiencyPercent: Type.Optional(Type.Number({ exclusiveMinimum: 0 })),
    /** Code of the calendar of its working time; none means always. */
    calendar: Type.Optional(Type.String()),
    /** Code of the calendar whose values are its capacity over time, where it varies. */
    capacityCalendar: Type.Optional(Type.String()),
    /** Local times in the location's zone; an end at or before the start is on the next day. None means all day. */
    shifts: Type.Optional(Type.Array(ShiftSchema)),
    /** IANA time zone of its shifts. */
    timeZone: Type.String({ minLength: 1 }),
    constrained: Type.Optional(Type.Boolean()),
    /** Utilization above which it is critical; 90 where the source says nothing. */
    criticalLoadPercent: Type.Optional(Type.Number({ minimum: 0 })),
    alternates: Type.Optional(Type.Array(code)),
    skills: Type.Optional(
      Type.Array(Type.Object({ name: Type.String({ minLength: 1 }), priority: Type.Optional(Type.Integer()) })),
    ),
  },
  { additionalProperties: false },
);
export type WorkCenterReport = Static<typeof WorkCenterReport>;

/** Data of `WorkCenterStateReported`: what the machine or its operator says, true since the message's time. */
export const WorkCenterStateReport = Type.Object(
  {
    code,
    state: workCenterState,
    /** Why it is down, in the plant's words. */
    reason: Type.Optional(Type.String({ minLength: 1 })),
    expectedEnd: Type.Optional(instant),
  },
  { additionalProperties: false },
);
export type WorkCenterStateReport = Static<typeof WorkCenterStateReport>;

/** Who told it, and when it was true there. */
const Told = Type.Object({ system: Type.String(), instance: Type.String(), asOf: instant });

/** Data of `WorkCenterChanged`: the record as it is now and the names of the fields that differ from before. */
export const WorkCenterChange = Type.Object({
  record: WorkCenterReport,
  changed: Type.Array(Type.String()),
  told: Told,
});
export type WorkCenterChange = Static<typeof WorkCenterChange>;

/** Data of `WorkCenterStateChanged`. Where `from` and `to` are the same, its reason or expected end is another. */
export const WorkCenterStateChange = Type.Object({
  code,
  location: code,
  /** None before the first report. */
  from: Type.Optional(workCenterState),
  to: workCenterState,
  reason: Type.Optional(Type.String()),
  /** When it came into state `to`. */
  since: instant,
  expectedEnd: Type.Optional(instant),
  told: Told,
});
export type WorkCenterStateChange = Static<typeof WorkCenterStateChange>;

export interface WorkCenter extends WorkCenterReport {
  /** When its master record was told. */
  readonly recordTold: Static<typeof Told>;
  /** None before anybody has told it. */
  readonly status?: WorkCenterStatus;
  /** The latest times that it was down or in maintenance, newest first, at most {@link DOWNTIMES_KEPT}. */
  readonly downtimes: readonly Downtime[];
}

interface WorkCenterStatus {
  readonly state: WorkCenterState;
  readonly reason?: string;
  readonly since: string;
  readonly expectedEnd?: string;
  readonly told: Static<typeof Told>;
}

interface Downtime {
  readonly state: WorkCenterState;
  readonly reason?: string;
  readonly from: string;
  /** None while it lasts. */
  readonly to?: string;
}

export const DOWNTIMES_KEPT = 50;

const master = defineMasterRecord({
  noun: 'WorkCenter',
  collection: { name: 'work-centers', indexes: [] },
  key: (report: WorkCenterReport) => report.code,
  data: WorkCenterReport,
});

type Message =
  | { readonly type: 'WorkCenterReported'; readonly data: WorkCenterReport }
  | { readonly type: 'WorkCenterStateReported'; readonly data: WorkCenterStateReport };
type Event =
  | { readonly type: 'WorkCenterChanged'; readonly data: WorkCenterChange }
  | { readonly type: 'WorkCenterStateChanged'; readonly data: WorkCenterStateChange };

export const workCenter: Aggregate<WorkCenter, Message, Event> = {
  noun: 'WorkCenter',
  collection: {
    name: 'work-centers',
    indexes: [
      ['code'],
      ['location', 'code'],
      ['type', 'code'],
      ['status.state', 'code'],
      ['constrained', 'code'],
      ['parent', 'code'],
      ['name', 'code'],
    ],
  },
  messages: { WorkCenterReported: WorkCenterReport, WorkCenterStateReported: WorkCenterStateReport },
  events: { WorkCenterChanged: WorkCenterChange, WorkCenterStateChanged: WorkCenterStateChange },
  identify: ({ data }) => data.code,
  decide: (state, message, context) =>
    message.type === 'WorkCenterReported' ? report(state, message, context) : reportState(state, message.data, context),
  evolve: (state, event) =>
    event.type === 'WorkCenterChanged' ? withRecord(state, event.data) : withStatus(state, event.data),
};

/** A source may tell records and states: a record is older only than the record that this source has told. */
function report(
  state: WorkCenter | undefined,
  message: Extract<Message, { type: 'WorkCenterReported' }>,
  context: DecisionContext,
): Decision<Event> {
  const { recordTold } = state ?? {};
  const { system, instance } = context.origin;
  const own = recordTold?.system === system && recordTold.instance === instance;
  const lastTold = own ? recordTold.asOf : context.lastTold;
  const decision = master.decide(state && recordOf(state), message, { ...context, lastTold });
  if ('refused' in decision) return decision;
  const told = toldIn(context);
  return {
    events: decision.events.map(({ data: { record, changed } }) => ({
      type: 'WorkCenterChanged',
      data: { record, changed: [...changed], told },
    })),
  };
}

function reportState(
  state: WorkCenter | undefined,
  data: WorkCenterStateReport,
  context: DecisionContext,
): Decision<Event> {
  if (!state) return refused('UNKNOWN_WORK_CENTER', `No source has reported a work center ${data.code}.`);
  const { location, status } = state;
  if (status && Date.parse(context.time) < Date.parse(status.told.asOf)) {
    const reason = `It was ${data.state} at ${context.time}, but it is known to be ${status.state} at ${status.told.asOf}.`;
    return refused('OLDER_THAN_KNOWN', reason);
  }
  const before = status?.state === data.state ? status : undefined;
  const details = present({
    reason: data.reason ?? before?.reason,
    expectedEnd: data.expectedEnd ?? before?.expectedEnd,
  });
  if (before && before.reason === details.reason && before.expectedEnd === details.expectedEnd) return { events: [] };
  const change: WorkCenterStateChange = {
    code: data.code,
    location,
    ...present({ from: status?.state }),
    to: data.state,
    ...details,
    since: before?.since ?? context.time,
    told: toldIn(context),
  };
  return { events: [{ type: 'WorkCenterStateChanged', data: change }] };
}

function withRecord(state: WorkCenter | undefined, { record, told }: WorkCenterChange): WorkCenter {
  const { status, downtimes = [] } = state ?? {};
  return { ...record, recordTold: told, ...present({ status }), downtimes };
}

function withStatus(state: WorkCenter | undefined, change: WorkCenterStateChange): WorkCenter {
  if (!state) throw new Error(`Work center ${change.code} has a state and no record.`);
  const { to, reason, since, expectedEnd, told } = change;
  const status = { state: to, ...present({ reason }), since, ...present({ expectedEnd }), told };
  return { ...state, status, downtimes: downtimesAfter(state.downtimes, change) };
}

function downtimesAfter(downtimes: readonly Downtime[], change: WorkCenterStateChange): readonly Downtime[] {
  const { from, to, reason, since } = change;
  const [latest, ...earlier] = downtimes;
  const ended = latest && latest.to === undefined && from !== to ? [{ ...latest, to: since }, ...earlier] : downtimes;
  if (!STANDS_STILL.has(to)) return ended;
  const now: Downtime = { state: to, ...present({ reason }), from: since };
  return (from === to ? [now, ...earlier] : [now, ...ended]).slice(0, DOWNTIMES_KEPT);
}

const STANDS_STILL: ReadonlySet<WorkCenterState> = new Set(['DOWN', 'MAINTENANCE']);

function recordOf({
  recordTold: _told,
  status: _status,
  downtimes: _downtimes,
  ...record
}: WorkCenter): WorkCenterReport {
  return record;
}

function toldIn({ origin, time }: DecisionContext): Static<typeof Told> {
  return { ...origin, asOf: time };
}

function refused(code: string, reason: string): Decision<Event> {
  return { refused: { code, reason } };
}

function present<T extends object>(fields: T): { [name in keyof T]?: Exclude<T[name], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never;
}

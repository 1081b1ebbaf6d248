import type { Message } from '../envelope.ts';
import { forecastBuckets } from '../forecast-buckets.ts';
import type { Cumulatives, Head, LineData, Schedule, Transaction } from '../record.ts';
import { schedulesOf, type ScheduleDraft } from '../schedules.ts';
import type { Segment } from '../segment.ts';
import { amount, fail, quoted, readLines, required, requiredAmount, sections, text } from '../values.ts';
import { asideOf, dated, dayOf, documentNumber, itemOf, orderOf, partiesOf, reference } from './elements.ts';

/** DELFOR, delivery schedule, and DELJIT, delivery just in time. Throws ProblemError. */
export function readScheduleEdifact({ segments }: Message): Transaction {
  const body = segments.slice(0, -1);
  const { bgm, number } = documentNumber(body);
  const { head: before, parts } = sections(body, 'LIN', ['UNS', 'CNT']);
  const head: Head = {
    number,
    purpose: text(bgm, 3),
    date: dated(before, ['137']),
    order: reference(before, ['ON', 'CT'])?.number,
    release: reference(before, ['AAN'])?.number ?? number,
    horizon: { from: dated(before, ['158', '64']), to: dated(before, ['159', '63']) },
    parties: partiesOf(before),
  };
  if (parts.length === 0) fail(bgm, 'MISSING_SEGMENT', 'No LIN follows it');
  // D96A has the ship-to before the lines it is of.
  let shipTo = head.parties.shipTo;
  const lines = readLines(parts, (part, lin) => {
    const parties = partiesOf(part);
    shipTo = parties.shipTo ?? shipTo;
    return lineOf(part, lin, head, shipTo ? { ...parties, shipTo } : parties);
  });
  return { head, lines };
}

const KNOWN = new Set(['LIN', 'PIA', 'RFF', 'QTY', 'SCC', 'DTM', 'NAD']);
/** 6063: discrete, ordered, to be delivered. */
const SCHEDULED = new Set(['1', '21', '113']);

/** States: before the first scheduled quantity or status; then one schedule after the other. */
function lineOf(part: readonly Segment[], lin: Segment, head: Head, parties: LineData['parties'] & object): LineData {
  const item = itemOf(part);
  if (Object.keys(item).length === 0) fail(lin, 'MISSING_ELEMENT', 'It names no item', 3);
  const cumulatives: { -readonly [name in keyof Cumulatives]: Cumulatives[name] } = {};
  const drafts: Draft[] = [];
  const units = new Set<string>();
  // Older directories have one status before its quantities, newer ones have one behind each quantity.
  const isStatusFirst = part.find((each) => each.tag === 'SCC' || isScheduled(each))?.tag === 'SCC';
  let status: Segment | undefined;
  for (const segment of part) {
    const last = drafts.at(-1);
    if (segment.tag === 'SCC') {
      status = segment;
      if (!isStatusFirst && last) last.status = segment;
    } else if (segment.tag === 'QTY') {
      const qualifier = required(segment, 1);
      const unit = text(segment, 1, 3);
      if (unit !== undefined) units.add(unit);
      const name = CUMULATIVES[qualifier];
      if (SCHEDULED.has(qualifier)) {
        drafts.push({ segment, quantity: requiredAmount(segment, 1, 2), status: isStatusFirst ? status : undefined });
      } else if (qualifier === '3' && last && last.cumulative === undefined) last.cumulative = amount(segment, 1, 2);
      else if (name) cumulatives[name] = amount(segment, 1, 2);
    } else if (segment.tag === 'DTM') {
      const qualifier = required(segment, 1);
      if (qualifier === '51') cumulatives.since = dayOf(segment).from;
      else if (last && DELIVERY.has(qualifier)) last.day ??= dayOf(segment);
      else if (last && qualifier === '63' && last.day) last.day.to ??= dayOf(segment).from;
    } else if (segment.tag === 'RFF' && last && text(segment, 1) === 'AAN') last.reference = text(segment, 1, 2);
  }
  if (units.size > 1) fail(lin, 'CONTRADICTION', `Its quantities are in ${[...units].join(' and ')}`);
  const schedules = schedulesOf(drafts.map(draftOf), false, {});
  const ordered = orderOf(part, head.order, text(lin, 1));
  return {
    number: text(lin, 1),
    order: ordered && { number: ordered.number, line: ordered.line },
    item,
    unit: [...units][0] ?? 'PCE',
    cumulatives,
    schedules,
    forecast: forecastBuckets(schedules),
    ...(Object.keys(parties).length > 0 && { parties }),
    aside: asideOf(part, KNOWN),
  };
}

function isScheduled(segment: Segment): boolean {
  return segment.tag === 'QTY' && SCHEDULED.has(segment.value(1));
}

interface Draft {
  readonly segment: Segment;
  readonly quantity: string;
  status: Segment | undefined;
  cumulative?: string | undefined;
  day?: { from: string; to?: string | undefined };
  reference?: string | undefined;
}

function draftOf({ segment, quantity, status, cumulative, day, reference: call }: Draft): ScheduleDraft {
  if (!day) return fail(segment, 'MISSING_SEGMENT', 'No DTM tells when');
  const code = status ? required(status, 1) : '1';
  const level = LEVELS[code] ?? fail(status ?? segment, 'BAD_CODE', `${quoted(code)} is no delivery plan status`, 1);
  const frequency = status && text(status, 3);
  return {
    segment,
    quantity,
    from: day.from,
    to: day.to,
    level,
    granularity: frequency === undefined ? undefined : GRANULARITIES[frequency],
    cumulative,
    reference: call,
  };
}

/** 4017. */
const LEVELS: Readonly<Record<string, Schedule['level']>> = {
  '1': 'FIRM',
  '2': 'PLANNED',
  '3': 'PLANNED',
  '4': 'FORECAST',
  '10': 'FIRM',
};
/** 2013. */
const GRANULARITIES: Readonly<Record<string, Schedule['granularity']>> = { D: 'DAY', Y: 'DAY', W: 'WEEK', M: 'MONTH' };
/** 2005: requested, earliest, shipment requested, period start and period. */
const DELIVERY = new Set(['2', '10', '64', '67', '69', '194', '191', '158', '263', '358', '364', '206']);
/** 6063: received and scheduled so far. */
const CUMULATIVES: Readonly<Record<string, 'received' | 'required' | 'shipped'>> = {
  '70': 'received',
  '71': 'required',
  '78': 'required',
  '3': 'shipped',
};

import type { Message } from '../envelope.ts';
import { forecastBuckets } from '../forecast-buckets.ts';
import type { Cumulatives, Head, LineData, Schedule, Transaction } from '../record.ts';
import { schedulesOf, type ScheduleDraft } from '../schedules.ts';
import type { Segment } from '../segment.ts';
import { amount, date, fail, quoted, readLines, required, requiredAmount, sections, text } from '../values.ts';
import { asideOf, orderOf, pairsOf, partiesOf } from './elements.ts';

/** 830, planning schedule with release capability, and 862, shipping schedule. Throws ProblemError. */
export function readScheduleX12({ type, segments }: Message): Transaction {
  const { head: before, parts } = sections(segments.slice(1, -1), 'LIN', ['CTT']);
  const tag = type === '830' ? 'BFR' : 'BSS';
  const begin = before.find((segment) => segment.tag === tag);
  const [st] = segments;
  if (begin === undefined) return fail(st as Segment, 'MISSING_SEGMENT', `There is no ${tag} in it`);
  if (parts.length === 0) fail(begin, 'MISSING_SEGMENT', 'No LIN follows it');
  const { head, cumulate } = type === '830' ? headOf830(begin, before) : headOf862(begin, before);
  return { head, lines: readLines(parts, (part, lin) => lineOf(part, lin, head, cumulate)) };
}

function headOf830(bfr: Segment, before: readonly Segment[]): { head: Head; cumulate: boolean } {
  const release = text(bfr, 3);
  const head: Head = {
    number: text(bfr, 2) ?? release ?? required(bfr, 2),
    purpose: text(bfr, 1),
    release,
    horizon: { from: date(bfr, 6), to: date(bfr, 7) },
    date: date(bfr, 8),
    order: text(bfr, 11) ?? text(bfr, 10),
    parties: partiesOf(before),
  };
  return { head, cumulate: text(bfr, 5) === 'C' };
}

function headOf862(bss: Segment, before: readonly Segment[]): { head: Head; cumulate: boolean } {
  const head: Head = {
    number: required(bss, 2),
    purpose: text(bss, 1),
    date: date(bss, 3),
    horizon: { from: date(bss, 5), to: date(bss, 6) },
    release: text(bss, 7),
    order: text(bss, 10) ?? text(bss, 9),
    parties: partiesOf(before),
  };
  return { head, cumulate: text(bss, 11) === 'C' };
}

const KNOWN = new Set(['LIN', 'UIT', 'FST', 'SDP', 'SHP', 'ATH', 'N1', 'JIT']);

function lineOf(part: readonly Segment[], lin: Segment, head: Head, cumulate: boolean): LineData {
  const { item, order, line } = pairsOf(lin, 2);
  if (Object.keys(item).length === 0) fail(lin, 'MISSING_ELEMENT', 'It names no item', 3);
  let unit: string | undefined;
  const cumulatives: { -readonly [name in keyof Cumulatives]: Cumulatives[name] } = {};
  const drafts: ScheduleDraft[] = [];
  for (const segment of part) {
    if (segment.tag === 'UIT') unit = text(segment, 1);
    else if (segment.tag === 'FST') drafts.push(draftOf(segment));
    else if (segment.tag === 'SHP' && text(segment, 1) === '02') {
      cumulatives[text(segment, 3) === '011' ? 'shipped' : 'received'] = amount(segment, 2);
      // A range states both ends, the first of which is where counting began.
      if (text(segment, 6) !== undefined || text(segment, 3) === '051') cumulatives.since = date(segment, 4);
    } else if (segment.tag === 'ATH' && text(segment, 1) === 'PQ') cumulatives.required = amount(segment, 3);
  }
  const parties = partiesOf(part);
  const number = text(lin, 1);
  const schedules = schedulesOf(drafts, cumulate, cumulatives);
  return {
    number,
    order: orderOf(order ?? head.order, line ?? number),
    item,
    unit: unit ?? fail(lin, 'MISSING_SEGMENT', 'No UIT tells the unit of its quantities'),
    cumulatives,
    schedules,
    forecast: forecastBuckets(schedules),
    ...(Object.keys(parties).length > 0 && { parties }),
    aside: asideOf(part, KNOWN),
  };
}

function draftOf(fst: Segment): ScheduleDraft {
  const code = required(fst, 2);
  const level = LEVELS[code] ?? fail(fst, 'BAD_CODE', `${quoted(code)} is no forecast qualifier`, 2);
  required(fst, 4);
  return {
    segment: fst,
    quantity: requiredAmount(fst, 1),
    from: date(fst, 4) ?? '',
    to: date(fst, 5),
    level,
    granularity: GRANULARITIES[text(fst, 3) ?? ''],
    reference: text(fst, 9),
  };
}

/** X12 elements 680 and 681. */
const LEVELS: Readonly<Record<string, Schedule['level']>> = {
  A: 'FIRM',
  C: 'FIRM',
  '1': 'FIRM',
  B: 'PLANNED',
  '2': 'PLANNED',
  '3': 'PLANNED',
  D: 'FORECAST',
  '4': 'FORECAST',
  Z: 'FORECAST',
};
const GRANULARITIES: Readonly<Record<string, Schedule['granularity']>> = { C: 'DAY', D: 'DAY', W: 'WEEK', M: 'MONTH' };

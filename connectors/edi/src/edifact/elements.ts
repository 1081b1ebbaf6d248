import { ASIDE_KEPT, type ItemIds, type OrderReference, type Parties, type Party } from '../record.ts';
import type { Segment } from '../segment.ts';
import { fail, isoDate, quoted, required, text } from '../values.ts';

/** Of NAD segments (3035). */
export function partiesOf(segments: readonly Segment[]): Parties {
  const parties: Record<string, Party> = {};
  for (const nad of segments) {
    const code = nad.tag === 'NAD' ? text(nad, 1) : undefined;
    if (code !== undefined) parties[ROLES[code] ?? code] ??= { id: text(nad, 2), name: text(nad, 4) ?? text(nad, 3) };
  }
  return parties;
}

const ROLES: Readonly<Record<string, string>> = {
  BY: 'buyer',
  SE: 'supplier',
  SU: 'supplier',
  ST: 'shipTo',
  DP: 'shipTo',
  CN: 'consignee',
  SF: 'shipFrom',
  WH: 'warehouse',
  IV: 'billTo',
  MI: 'planner',
};

/** Of LIN (C212 in its third element) and PIA (from its second); 7143 says who gave the number. */
export function itemOf(part: readonly Segment[]): ItemIds {
  const item: Record<string, string> = {};
  for (const segment of part) {
    const from = segment.tag === 'LIN' ? 3 : segment.tag === 'PIA' ? 2 : Infinity;
    for (let element = from; element <= (segment.tag === 'LIN' ? 3 : segment.length); element += 1) {
      const value = text(segment, element);
      const code = text(segment, element, 2) ?? '';
      if (value !== undefined) item[ITEM_IDS[code] ?? (code || 'buyer')] ??= value;
    }
  }
  return item;
}

const ITEM_IDS: Readonly<Record<string, string>> = {
  IN: 'buyer',
  BP: 'buyer',
  SA: 'supplier',
  VP: 'supplier',
  VN: 'supplier',
  EN: 'gtin',
  SRV: 'gtin',
  UP: 'gtin',
  EC: 'engineeringChange',
};

/** RFF with a qualifier (1153): number (1154), line (1156). */
export function reference(
  segments: readonly Segment[],
  qualifiers: readonly string[],
): { number: string; line?: string | undefined } | undefined {
  for (const qualifier of qualifiers) {
    const rff = segments.find((segment) => segment.tag === 'RFF' && segment.value(1) === qualifier);
    if (rff) return { number: required(rff, 1, 2), line: text(rff, 1, 3) };
  }
  return undefined;
}

/** Order number, its line and schedule as a line names them (RFF ON or VN of an order, AAN of a delivery schedule). */
export function orderOf(
  part: readonly Segment[],
  inHead: string | undefined,
  number: string | undefined,
): OrderReference | undefined {
  const told = reference(part, ['ON', 'CT']);
  const order = told?.number ?? inHead;
  if (order === undefined) return undefined;
  return { number: order, line: told?.line ?? number, schedule: reference(part, ['AAN'])?.number };
}

/** Day of a DTM with a qualifier (2005), the first of those asked for that is there. Throws ProblemError. */
export function dated(segments: readonly Segment[], qualifiers: readonly string[]): string | undefined {
  for (const qualifier of qualifiers) {
    const dtm = segments.find((segment) => segment.tag === 'DTM' && segment.value(1) === qualifier);
    if (dtm) return dayOf(dtm).from;
  }
  return undefined;
}

/** ISO days of a DTM: of a period, both ends. Throws ProblemError. */
export function dayOf(dtm: Segment): { from: string; to?: string | undefined } {
  const told = required(dtm, 1, 2);
  const format = text(dtm, 1, 3) ?? '102';
  const found = READ[format]?.(told);
  return found ?? fail(dtm, 'BAD_DATE', `${quoted(told)} is no date in format ${quoted(format)}`, 1, 2);
}

type Read = (told: string) => { from: string; to?: string | undefined } | undefined;

const one =
  (length: number): Read =>
  (told) => {
    const from = told.length === length ? isoDate(told) : undefined;
    return from === undefined ? undefined : { from };
  };

/** 2379. */
const READ: Readonly<Record<string, Read>> = {
  '101': one(6),
  '102': one(8),
  '203': one(12),
  '204': one(14),
  '610': (told) => one(8)(`${told}01`),
  '616': (told) => weekOf(told),
  '718': (told) => {
    const [first = '', last = ''] = told.split('-');
    const from = isoDate(first);
    const to = isoDate(last);
    return from === undefined || to === undefined || to < from ? undefined : { from, to };
  },
};

/** Monday of an ISO week, CCYYWW. */
function weekOf(told: string): { from: string } | undefined {
  const [, year = '', week = ''] = /^(\d{4})(\d\d)$/.exec(told) ?? [];
  const fourth = new Date(`${year}-01-04T00:00:00Z`);
  if (Number.isNaN(fourth.getTime()) || Number(week) < 1 || Number(week) > 53) return undefined;
  const weekday = (fourth.getUTCDay() + 6) % 7;
  fourth.setUTCDate(fourth.getUTCDate() - weekday + (Number(week) - 1) * 7);
  return { from: fourth.toISOString().slice(0, 10) };
}

export function asideOf(segments: readonly Segment[], known: ReadonlySet<string>): readonly string[] | undefined {
  const aside = segments.filter(({ tag }) => !known.has(tag));
  return aside.length === 0 ? undefined : aside.slice(0, ASIDE_KEPT).map((segment) => segment.text.slice(0, 200));
}

/** BGM: number (1004) in its second element, which is a composite from D97A on. */
export function documentNumber(segments: readonly Segment[]): { bgm: Segment; number: string } {
  const bgm = segments.find(({ tag }) => tag === 'BGM');
  if (bgm === undefined) return fail(segments[0] as Segment, 'MISSING_SEGMENT', 'There is no BGM in it');
  return { bgm, number: required(bgm, 2) };
}

import type { Message } from '../envelope.ts';
import { packsOf, type Packed } from '../packing.ts';
import type { Head, LineData, Transaction } from '../record.ts';
import type { Segment } from '../segment.ts';
import { amount, date, fail, readLines, required, requiredAmount, sections, text } from '../values.ts';
import { asideOf, orderOf, pairsOf, partiesOf } from './elements.ts';

/** 856, advance ship notice: one line for each item, with the packs around it. Throws ProblemError. */
export function readShipNoticeX12({ segments }: Message): Transaction {
  const { head: before, parts } = sections(segments.slice(1, -1), 'HL', ['CTT']);
  const bsn = before.find(({ tag }) => tag === 'BSN');
  if (bsn === undefined) return fail(segments[0] as Segment, 'MISSING_SEGMENT', 'There is no BSN in it');
  const levels = levelsOf(parts);
  const shipment = parts.find(([hl]) => hl && text(hl, 3) === 'S') ?? [];
  const head: Head = {
    number: required(bsn, 2),
    purpose: text(bsn, 1),
    date: date(bsn, 3),
    parties: partiesOf([...before, ...shipment]),
    shippedOn: dated([...before, ...shipment], '011') ?? date(bsn, 3),
    expectedOn: dated([...before, ...shipment], '017') ?? dated([...before, ...shipment], '067'),
  };
  const items = parts.filter(([hl]) => hl && text(hl, 3) === 'I');
  if (items.length === 0) fail(bsn, 'MISSING_SEGMENT', 'No HL of an item follows it');
  return { head, lines: readLines(items, (part, hl) => itemOf(part, hl, levels)) };
}

interface Level extends Packed {
  readonly prf: Segment | undefined;
}

function levelsOf(parts: readonly (readonly Segment[])[]): ReadonlyMap<string, Level> {
  const levels = new Map<string, Level>();
  for (const part of parts) {
    const [hl] = part;
    if (!hl) continue;
    const id = required(hl, 1);
    const parent = text(hl, 2);
    if (levels.has(id)) fail(hl, 'CONTRADICTION', `Two levels have the number ${id}`, 1);
    if (parent !== undefined && !levels.has(parent)) fail(hl, 'CONTRADICTION', `No level before it is ${parent}`, 2);
    const marks = part.flatMap((each) => (each.tag === 'MAN' ? (text(each, 2) ?? []) : []));
    levels.set(id, { id, parent, level: required(hl, 3), marks, prf: part.find(({ tag }) => tag === 'PRF') });
  }
  return levels;
}

const KNOWN = new Set(['HL', 'LIN', 'SN1', 'PRF', 'MAN', 'N1', 'DTM']);

function itemOf(part: readonly Segment[], hl: Segment, levels: ReadonlyMap<string, Level>): LineData {
  const sn1 = part.find(({ tag }) => tag === 'SN1') ?? fail(hl, 'MISSING_SEGMENT', 'No SN1 tells what was shipped');
  const lin = part.find(({ tag }) => tag === 'LIN');
  const { item, order, line, release } = lin ? pairsOf(lin, 2) : { item: {} };
  const above = packsOf(levels, required(hl, 1));
  const prf = part.find(({ tag }) => tag === 'PRF') ?? above.findLast((around) => around.prf)?.prf;
  const number = (lin && text(lin, 1)) ?? text(sn1, 1);
  return {
    number,
    order: orderOf(order ?? (prf && text(prf, 1)), line ?? number, release ?? (prf && text(prf, 2))),
    item,
    unit: required(sn1, 3),
    shipped: requiredAmount(sn1, 2),
    ordered: amount(sn1, 5),
    cumulatives: { shipped: amount(sn1, 4) },
    packs: above
      .filter(({ level }) => level === 'P' || level === 'T')
      .map(({ id, level, marks }) => ({ id, level, marks })),
    aside: asideOf(part, KNOWN),
  };
}

function dated(segments: readonly Segment[], qualifier: string): string | undefined {
  const dtm = segments.find((segment) => segment.tag === 'DTM' && text(segment, 1) === qualifier);
  return dtm && date(dtm, 2);
}

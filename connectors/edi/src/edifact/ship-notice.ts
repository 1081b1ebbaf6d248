import type { Message } from '../envelope.ts';
import { packsOf, type Packed } from '../packing.ts';
import type { Head, Line, LineData, Transaction } from '../record.ts';
import type { Segment } from '../segment.ts';
import { amount, fail, readLines, required, requiredAmount, sections, text } from '../values.ts';
import { asideOf, dated, documentNumber, itemOf, orderOf, partiesOf, reference } from './elements.ts';

/** DESADV, despatch advice: one line for each item, with the packs around it. Throws ProblemError. */
export function readShipNoticeEdifact({ segments }: Message): Transaction {
  const body = segments.slice(0, -1);
  const { bgm, number } = documentNumber(body);
  const { head: before, parts } = sections(body, 'CPS', ['UNS', 'CNT']);
  const head: Head = {
    number,
    purpose: text(bgm, 3),
    date: dated(before, ['137']),
    order: reference(before, ['ON'])?.number,
    parties: partiesOf(before),
    shippedOn: dated(before, ['11', '10', '137']),
    expectedOn: dated(before, ['17', '132', '2']),
  };
  const levels = levelsOf(parts);
  const lines = parts.flatMap((part): Line[] => {
    const { parts: items } = sections(part, 'LIN', []);
    const [cps] = part;
    if (!cps || items.length === 0) return [];
    const packs = [
      ...packsOf(levels, required(cps, 1)),
      ...(levels.get(required(cps, 1)) ? [levels.get(required(cps, 1)) as Packed] : []),
    ];
    return readLines(items, (item, lin) => ({
      ...lineOf(item, lin, head),
      packs: packs.map(({ id, level, marks }) => ({ id, level, marks })),
    }));
  });
  if (lines.length === 0) fail(bgm, 'MISSING_SEGMENT', 'No LIN in a CPS follows it');
  return { head, lines };
}

function levelsOf(parts: readonly (readonly Segment[])[]): ReadonlyMap<string, Packed> {
  const levels = new Map<string, Packed>();
  for (const part of parts) {
    const [cps] = part;
    if (!cps) continue;
    const id = required(cps, 1);
    const parent = text(cps, 2);
    if (levels.has(id)) fail(cps, 'CONTRADICTION', `Two levels have the number ${id}`, 1);
    if (parent !== undefined && !levels.has(parent)) fail(cps, 'CONTRADICTION', `No level before it is ${parent}`, 2);
    const { head } = sections(part.slice(1), 'LIN', []);
    const marks = head.flatMap((gin) => (gin.tag === 'GIN' ? (text(gin, 2) ?? []) : []));
    levels.set(id, { id, parent, level: text(cps, 3) ?? '', marks });
  }
  return levels;
}

const KNOWN = new Set(['LIN', 'PIA', 'QTY', 'RFF', 'DTM']);

function lineOf(part: readonly Segment[], lin: Segment, head: Head): LineData {
  const find = (qualifier: string) => part.find((each) => each.tag === 'QTY' && each.value(1) === qualifier);
  const shipped = find('12') ?? fail(lin, 'MISSING_SEGMENT', 'No QTY with qualifier 12 tells what was despatched');
  const ordered = find('21');
  const cumulative = find('3');
  return {
    number: text(lin, 1),
    order: orderOf(part, head.order, text(lin, 1)),
    item: itemOf(part),
    unit: text(shipped, 1, 3) ?? 'PCE',
    shipped: requiredAmount(shipped, 1, 2),
    ordered: ordered && amount(ordered, 1, 2),
    cumulatives: { shipped: cumulative && amount(cumulative, 1, 2) },
    aside: asideOf(part, KNOWN),
  };
}

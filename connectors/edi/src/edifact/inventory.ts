import type { Message } from '../envelope.ts';
import type { Head, LineData, Transaction } from '../record.ts';
import type { Segment } from '../segment.ts';
import { fail, readLines, required, requiredAmount, sections, text } from '../values.ts';
import { asideOf, dated, documentNumber, itemOf, orderOf, partiesOf } from './elements.ts';

/** INVRPT, inventory report. Throws ProblemError. */
export function readInventoryEdifact({ segments }: Message): Transaction {
  const body = segments.slice(0, -1);
  const { bgm, number } = documentNumber(body);
  const { head: before, parts } = sections(body, 'LIN', ['UNS', 'CNT']);
  const head: Head = {
    number,
    purpose: text(bgm, 3),
    date: dated(before, ['366', '137']),
    parties: partiesOf(before),
  };
  if (parts.length === 0) fail(bgm, 'MISSING_SEGMENT', 'No LIN follows it');
  return { head, lines: readLines(parts, lineOf) };
}

const KNOWN = new Set(['LIN', 'PIA', 'QTY', 'RFF', 'DTM', 'NAD']);

function lineOf(part: readonly Segment[], lin: Segment): LineData {
  const item = itemOf(part);
  if (Object.keys(item).length === 0) fail(lin, 'MISSING_ELEMENT', 'It names no item', 3);
  const quantities = part.filter(({ tag }) => tag === 'QTY');
  if (quantities.length === 0) fail(lin, 'MISSING_SEGMENT', 'No QTY tells a quantity');
  const units = [...new Set(quantities.flatMap((qty) => text(qty, 1, 3) ?? []))];
  if (units.length > 1) fail(lin, 'CONTRADICTION', `Its quantities are in ${units.join(' and ')}`);
  const parties = partiesOf(part);
  return {
    number: text(lin, 1),
    order: orderOf(part, undefined, undefined),
    item,
    unit: units[0] ?? 'PCE',
    stock: quantities.map((qty) => ({ qualifier: required(qty, 1), quantity: requiredAmount(qty, 1, 2) })),
    ...(Object.keys(parties).length > 0 && { parties }),
    aside: asideOf(part, KNOWN),
  };
}

import type { Message } from '../envelope.ts';
import type { Head, LineData, Transaction } from '../record.ts';
import type { Segment } from '../segment.ts';
import { date, fail, readLines, required, requiredAmount, sections, text } from '../values.ts';
import { asideOf, orderOf, pairsOf, partiesOf } from './elements.ts';

/** 846, inventory inquiry or advice. Throws ProblemError. */
export function readInventoryX12({ segments }: Message): Transaction {
  const { head: before, parts } = sections(segments.slice(1, -1), 'LIN', ['CTT']);
  const bia = before.find(({ tag }) => tag === 'BIA');
  if (bia === undefined) return fail(segments[0] as Segment, 'MISSING_SEGMENT', 'There is no BIA in it');
  const head: Head = {
    number: required(bia, 3),
    purpose: text(bia, 1),
    date: date(bia, 4),
    parties: partiesOf(before),
  };
  if (parts.length === 0) fail(bia, 'MISSING_SEGMENT', 'No LIN follows it');
  return { head, lines: readLines(parts, lineOf) };
}

const KNOWN = new Set(['LIN', 'QTY', 'UIT', 'N1']);

function lineOf(part: readonly Segment[], lin: Segment): LineData {
  const { item, order, line } = pairsOf(lin, 2);
  if (Object.keys(item).length === 0) fail(lin, 'MISSING_ELEMENT', 'It names no item', 3);
  const quantities = part.filter(({ tag }) => tag === 'QTY');
  const uit = part.find(({ tag }) => tag === 'UIT');
  const unit = quantities.map((qty) => text(qty, 3)).find(Boolean) ?? (uit && text(uit, 1));
  const other = quantities.find((qty) => (text(qty, 3) ?? unit) !== unit);
  if (other) fail(other, 'CONTRADICTION', 'Quantities of one item are in two units', 3);
  if (quantities.length === 0) fail(lin, 'MISSING_SEGMENT', 'No QTY tells a quantity');
  const parties = partiesOf(part);
  return {
    number: text(lin, 1),
    order: orderOf(order, line),
    item,
    unit: unit ?? fail(lin, 'MISSING_SEGMENT', 'Nothing tells the unit of its quantities'),
    stock: quantities.map((qty) => ({ qualifier: required(qty, 1), quantity: requiredAmount(qty, 2) })),
    ...(Object.keys(parties).length > 0 && { parties }),
    aside: asideOf(part, KNOWN),
  };
}

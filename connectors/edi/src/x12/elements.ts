import { ASIDE_KEPT, type ItemIds, type OrderReference, type Parties, type Party } from '../record.ts';
import type { Segment } from '../segment.ts';
import { text } from '../values.ts';

/** Of N1 segments; N104 is the id, N102 the name. */
export function partiesOf(segments: readonly Segment[]): Parties {
  const parties: Record<string, Party> = {};
  for (const n1 of segments) {
    const code = n1.tag === 'N1' ? text(n1, 1) : undefined;
    if (code !== undefined) parties[ROLES[code] ?? code] ??= { id: text(n1, 4), name: text(n1, 2) };
  }
  return parties;
}

/** X12 element 98. */
const ROLES: Readonly<Record<string, string>> = {
  BY: 'buyer',
  BT: 'billTo',
  SE: 'supplier',
  SU: 'supplier',
  VN: 'supplier',
  ST: 'shipTo',
  SF: 'shipFrom',
  WH: 'warehouse',
  MI: 'planner',
  UC: 'consignee',
};

/** Pairs of qualifier (X12 element 235) and number, from an element on. */
export function pairsOf(
  segment: Segment,
  from: number,
): { item: ItemIds; order?: string; line?: string; release?: string } {
  const item: Record<string, string> = {};
  const found: { item: ItemIds; order?: string; line?: string; release?: string } = { item };
  for (let element = from; element < segment.length; element += 2) {
    const code = text(segment, element);
    const value = text(segment, element + 1);
    if (code === undefined || value === undefined) continue;
    if (code === 'PO') found.order = value;
    else if (code === 'PL') found.line = value;
    else if (code === 'RN') found.release = value;
    else item[ITEM_IDS[code] ?? code] ??= value;
  }
  return found;
}

const ITEM_IDS: Readonly<Record<string, string>> = {
  BP: 'buyer',
  IN: 'buyer',
  CB: 'buyer',
  VP: 'supplier',
  VN: 'supplier',
  VC: 'supplier',
  UP: 'gtin',
  UK: 'gtin',
  EN: 'gtin',
  EC: 'engineeringChange',
};

export function orderOf(number: string | undefined, line?: string, schedule?: string): OrderReference | undefined {
  return number === undefined ? undefined : { number, line, schedule };
}

export function asideOf(segments: readonly Segment[], known: ReadonlySet<string>): readonly string[] | undefined {
  const aside = segments.filter(({ tag }) => !known.has(tag));
  return aside.length === 0 ? undefined : aside.slice(0, ASIDE_KEPT).map((segment) => segment.text.slice(0, 200));
}

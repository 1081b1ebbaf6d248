import type { ToldCumulatives } from './cumulatives.ts';
import type { ReadDocument } from './read-document.ts';
import type { Cumulatives } from './record.ts';
import { isLess, plus } from './schedules.ts';

/** What a document tells of the cumulatives of one line of an agreement between two partners. */
export interface ToldLine {
  readonly key: string;
  /** For people. */
  readonly name: string;
  readonly place: string;
  readonly told: ToldCumulatives;
}

/** Lines that tell any; those of the same line of an agreement, as of several packs, together. */
export function toldLines({ interchange, messages }: ReadDocument): ToldLine[] {
  const partners = [interchange.sender.id, interchange.receiver.id].sort().join(' ');
  const lines = new Map<string, ToldLine>();
  for (const { read } of messages) {
    if (read.kind !== 'READ') continue;
    const on = read.head.date ?? interchange.preparedAt?.slice(0, 10);
    if (on === undefined) continue;
    for (const line of read.lines) {
      if ('problem' in line) continue;
      const { cumulatives = {}, order, item, number, shipped } = line.data;
      const { required, received, shipped: soFar, since } = cumulatives;
      if ((required ?? received ?? soFar ?? shipped) === undefined) continue;
      const name = order
        ? `${order.number} line ${order.line ?? '-'}`
        : `item ${Object.values(item)[0] ?? number ?? ''}`;
      const key = `${partners} ${name}`;
      const { told: before } = lines.get(key) ?? {};
      const told: ToldCumulatives = {
        on,
        since,
        required: larger(before, 'required', required),
        received: larger(before, 'received', received),
        shipped: larger(before, 'shipped', soFar),
        shippedNow: shipped === undefined ? before?.shippedNow : plus(before?.shippedNow ?? '0', shipped),
      };
      lines.set(key, { key, name, place: line.segment.place, told });
    }
  }
  return [...lines.values()];
}

function larger(before: Cumulatives | undefined, name: 'required' | 'received' | 'shipped', told: string | undefined) {
  const was = before?.[name];
  if (was === undefined || told === undefined) return told ?? was;
  return isLess(was, told) ? told : was;
}

/** An entry of an index: the part of its key that gives the order, and the document it leads to. */
export interface IndexEntry {
  readonly order: Buffer;
  readonly id: string;
}

/** Merges ordered sources into ids in one order. A document that comes from several at the same place is given once. */
export function* mergeEntries(sources: readonly Generator<IndexEntry>[], descending: boolean): Generator<string> {
  const sign = descending ? -1 : 1;
  try {
    let heads = sources.flatMap((source) => advance(source));
    let last: IndexEntry | undefined;
    while (heads.length > 0) {
      const least = heads.reduce((a, b) => (sign * Buffer.compare(a.entry.order, b.entry.order) <= 0 ? a : b));
      if (!last?.order.equals(least.entry.order)) yield least.entry.id;
      last = least.entry;
      const next = advance(least.source);
      heads = heads.length === 1 ? next : heads.flatMap((head) => (head === least ? next : [head]));
    }
  } finally {
    for (const source of sources) source.return(undefined);
  }
}

function advance(source: Generator<IndexEntry>): { source: Generator<IndexEntry>; entry: IndexEntry }[] {
  const next = source.next();
  return next.done ? [] : [{ source, entry: next.value }];
}

/** Merges ordered sources into ids in one order. A document that comes from several at the same place is given once. */
export function* mergeEntries(sources: readonly Generator<IndexEntry>[], descending: boolean): Generator<string> {
  const sign = descending ? -1 : 1;
  const before = (a: Head, b: Head): boolean => sign * Buffer.compare(a.entry.order, b.entry.order) < 0;
  try {
    const heap = sources.flatMap((source) => advance(source));
    for (let place = (heap.length >> 1) - 1; place >= 0; place--) sink(heap, place, before);
    let last: IndexEntry | undefined;
    for (let [least] = heap; least; [least] = heap) {
      if (!last?.order.equals(least.entry.order)) yield least.entry.id;
      last = least.entry;
      const head = advance(least.source)[0] ?? heap.pop();
      if (head && heap.length > 0) {
        heap[0] = head;
        sink(heap, 0, before);
      }
    }
  } finally {
    for (const source of sources) source.return(undefined);
  }
}

/** An entry of an index: the part of its key that gives the order, and the document it leads to. */
export interface IndexEntry {
  readonly order: Buffer;
  readonly id: string;
}

interface Head {
  readonly source: Generator<IndexEntry>;
  readonly entry: IndexEntry;
}

function advance(source: Generator<IndexEntry>): Head[] {
  const next = source.next();
  return next.done ? [] : [{ source, entry: next.value }];
}

/** Restores a binary heap, its least element first, after a greater one was put at `place`. */
function sink(heap: Head[], place: number, before: (a: Head, b: Head) => boolean): void {
  const head = heap[place] as Head;
  for (;;) {
    let child = 2 * place + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && before(heap[child + 1] as Head, heap[child] as Head)) child++;
    if (!before(heap[child] as Head, head)) break;
    heap[place] = heap[child] as Head;
    place = child;
  }
  heap[place] = head;
}

import { firstId } from './ids.ts';
import type { RecordResult, RecordResults } from './integration-message.ts';
import type { Part } from './convert.ts';
import { FAILURES } from './results.ts';

/** What became of records in the round before, read along with them. */
export class PreviousResults {
  readonly #parts: AsyncIterator<RecordResults>;
  #ahead: Part[] = [];
  #isAtEnd = false;

  constructor(parts: AsyncIterable<RecordResults>) {
    this.#parts = parts[Symbol.asyncIterator]();
  }

  /** Of one record; ask for records in ascending order. */
  async of(record: number): Promise<Part[]> {
    while (!this.#isAtEnd && (this.#ahead.at(-1)?.record ?? -1) <= record) await this.#readOn();
    const from = this.#ahead.findIndex((part) => part.record >= record);
    const found = from < 0 ? [] : this.#ahead.slice(from).filter((part) => part.record === record);
    this.#ahead = from < 0 ? [] : this.#ahead.slice(from + found.length);
    return found;
  }

  /** By record, of all from this one on that nobody has asked for. */
  async *rest(from: number): AsyncGenerator<readonly [record: number, parts: Part[]]> {
    for (let record = from; ;) {
      while (!this.#isAtEnd && (this.#ahead.at(-1)?.record ?? -1) <= record) await this.#readOn();
      const next = this.#ahead.find((part) => part.record >= record);
      if (!next) return;
      yield [next.record, await this.of(next.record)];
      record = next.record + 1;
    }
  }

  async #readOn(): Promise<void> {
    const next = await this.#parts.next();
    if (next.done) this.#isAtEnd = true;
    else for (const result of next.value.results) this.#ahead.push(carried(result, next.value));
  }
}

/**
 * What is to be done about a record that was offered before: what was applied of it keeps its result, everything else is
 * offered anew. Messages are known again by their natural ids, others by what they say, since their numbers shift when a
 * mapping is mended.
 */
export function redo(parts: readonly Part[], before: readonly Part[], renamed: (id: string) => string): Part[] {
  const done = before.flatMap(({ result }) => (result && !FAILURES.includes(result.status) ? [result] : []));
  return parts.map((part) => {
    if (!part.message) return part;
    const { message, digest } = part;
    const at = done.findIndex((result) =>
      digest === undefined
        ? result.messageId !== undefined && firstId(result.messageId) === firstId(message.id)
        : result.digest === digest,
    );
    const [known] = at < 0 ? [] : done.splice(at, 1);
    const { record, place, documentNumbers } = part;
    if (known) return { record, place, documentNumbers, result: { ...known, record, place } };
    return { ...part, message: { ...message, id: renamed(message.id) } };
  });
}

function carried(result: RecordResult, { documentNumbers }: RecordResults): Part {
  // Numbers are kept of all records of a part together: by them people find the message, not the record.
  return { record: result.record, place: result.place, documentNumbers, result };
}

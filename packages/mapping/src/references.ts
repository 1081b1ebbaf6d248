import { ReferencesUnavailableError } from './faults.ts';
import type { CrossReferences, ReferenceKind } from './mapping.ts';

export type Direction = 'toCanonical' | 'toSource';

/**
 * Cross-references as the records of one document read them: what is asked in one turn of the event loop is read
 * together, and what was read is known for {@link KNOWN_MS}. A reference that is told meanwhile counts that much later.
 */
export class ReferenceReader {
  readonly #references: CrossReferences;
  readonly #system: string;
  readonly #now: () => number;
  readonly #known = new Map<string, { readonly at: number; readonly answer: Answer }>();
  readonly #asked = new Map<string, Asked>();

  constructor(references: CrossReferences, system: string, now: () => number) {
    this.#references = references;
    this.#system = system;
    this.#now = now;
  }

  /** At once if it is known. Rejects with {@link ReferencesUnavailableError}. */
  read(direction: Direction, kind: ReferenceKind, id: string): Answer {
    const key = `${direction} ${kind} ${id}`;
    const known = this.#known.get(key);
    if (known && this.#now() - known.at < KNOWN_MS) return known.answer;
    const answer = new Promise<string | undefined>((resolve, reject) => {
      const batch = `${direction} ${kind}`;
      const asked = this.#asked.get(batch) ?? { direction, kind, questions: [] };
      asked.questions.push({ key, id, resolve, reject });
      if (this.#asked.size === 0) setImmediate(() => void this.#answerAll());
      this.#asked.set(batch, asked);
    });
    this.#keep(key, answer);
    return answer;
  }

  async #answerAll(): Promise<void> {
    const batches = [...this.#asked.values()];
    this.#asked.clear();
    await Promise.all(batches.map((batch) => this.#answer(batch)));
  }

  async #answer({ direction, kind, questions }: Asked): Promise<void> {
    try {
      const ids = questions.map(({ id }) => id);
      const answers = await this.#references[direction](this.#system, kind, ids);
      questions.forEach(({ key, resolve }, index) => {
        this.#keep(key, answers[index]);
        resolve(answers[index]);
      });
    } catch (error) {
      for (const { key, reject } of questions) {
        this.#known.delete(key);
        reject(new ReferencesUnavailableError(error));
      }
    }
  }

  #keep(key: string, answer: Answer): void {
    if (this.#known.size >= MOST_KNOWN) this.#known.clear();
    this.#known.set(key, { at: this.#now(), answer });
  }
}

type Answer = string | undefined | Promise<string | undefined>;

interface Asked {
  readonly direction: Direction;
  readonly kind: ReferenceKind;
  readonly questions: {
    readonly key: string;
    readonly id: string;
    readonly resolve: (answer: string | undefined) => void;
    readonly reject: (error: unknown) => void;
  }[];
}

export const KNOWN_MS = 2_000;
const MOST_KNOWN = 20_000;

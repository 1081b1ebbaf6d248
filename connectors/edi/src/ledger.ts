import { createHash } from 'node:crypto';
import type { Checkpoints } from '@takt/backing-system';
import type { Issue } from './acknowledge.ts';
import { reconcile, type KnownCumulatives } from './cumulatives.ts';
import type { ToldLine } from './told-lines.ts';

/** What must be known from one interchange to the next, in checkpoints of bounded size. One call after the other. */
export class Ledger {
  readonly #checkpoints: Checkpoints;

  constructor(checkpoints: Checkpoints) {
    this.#checkpoints = checkpoints;
  }

  /** Whether another interchange of the partner with other content had the control number. */
  async isRepeated(partner: string, control: string, content: string): Promise<boolean> {
    const known = await this.#interchanges(partner);
    return known.some(([number, digest]) => number === control && digest !== content);
  }

  /** The first content that has a number keeps it. */
  async noteInterchange(partner: string, control: string, content: string): Promise<void> {
    const known = await this.#interchanges(partner);
    if (known.some(([number]) => number === control)) return;
    await this.#checkpoints.write(
      `interchanges/${short(partner)}`,
      [...known, [control, content]].slice(-NUMBERS_KEPT),
    );
  }

  async #interchanges(partner: string): Promise<(readonly [control: string, content: string])[]> {
    return ((await this.#checkpoints.read(`interchanges/${short(partner)}`)) ?? []) as [string, string][];
  }

  /** Number and time of the answer to a document, the same until it was sent; undefined once it was. */
  async issue(key: string, now: Date): Promise<Issue | undefined> {
    const answers = await this.#answers();
    const id = short(key);
    if (answers.sent.includes(id)) return undefined;
    const open = answers.open[id] ?? { control: answers.last + 1, at: now.toISOString() };
    if (!answers.open[id]) {
      const last = open.control >= LAST_CONTROL ? 0 : open.control;
      await this.#checkpoints.write(ANSWERS, { ...answers, last, open: { ...answers.open, [id]: open } });
    }
    return { control: open.control, at: new Date(open.at) };
  }

  async noteSent(key: string): Promise<void> {
    const { last, open, sent } = await this.#answers();
    const id = short(key);
    const others = Object.fromEntries(Object.entries(open).filter(([name]) => name !== id));
    await this.#checkpoints.write(ANSWERS, { last, open: others, sent: [...sent, id].slice(-NUMBERS_KEPT) });
  }

  async #answers(): Promise<Answers> {
    return ((await this.#checkpoints.read(ANSWERS)) ?? { last: 0, open: {}, sent: [] }) as Answers;
  }

  /** What the lines contradict of what was told before, and how to remember what they tell. */
  async compare(lines: readonly ToldLine[]): Promise<{ mismatches: Mismatch[]; remember: () => Promise<void> }> {
    const shards = new Map<string, Map<string, KnownCumulatives>>();
    const mismatches: Mismatch[] = [];
    for (const { key, place, name, told } of lines) {
      const id = short(key);
      const shardName = `cumulatives/${id.slice(0, 1)}`;
      const shard = shards.get(shardName) ?? (await this.#cumulatives(shardName));
      shards.set(shardName, shard);
      const { known, mismatches: found } = reconcile(shard.get(id), told);
      // What was told last comes last, so that the first are those that nobody speaks of any more.
      shard.delete(id);
      shard.set(id, known);
      for (const reason of found) mismatches.push({ place, reason: `${name}: ${reason}` });
    }
    return {
      mismatches,
      remember: async () => {
        for (const [name, shard] of shards) await this.#checkpoints.write(name, [...shard].slice(-LINES_KEPT));
      },
    };
  }

  async #cumulatives(name: string): Promise<Map<string, KnownCumulatives>> {
    return new Map(((await this.#checkpoints.read(name)) ?? []) as [string, KnownCumulatives][]);
  }
}

export interface Mismatch {
  readonly place: string;
  readonly reason: string;
}

interface Answers {
  readonly last: number;
  readonly open: Readonly<Record<string, { readonly control: number; readonly at: string }>>;
  readonly sent: readonly string[];
}

/** Names of checkpoints and of what is in them. */
function short(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

const ANSWERS = 'answers';
const NUMBERS_KEPT = 500;
/** In each of 16 checkpoints. */
const LINES_KEPT = 2_000;
const LAST_CONTROL = 999_999_999;

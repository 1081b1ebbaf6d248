import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { edifactText, x12Text, type EdiMessage } from './edi-text.ts';
import { PeerFaults, type Peer } from './peer.ts';

export type { EdiMessage };

export interface EdiPeerOptions {
  /** Of the instance that it is a partner of, e.g. `edi/foundry`. */
  readonly system: string;
  /** Folder that the instance watches; answers to the partner lie in `out` below it. */
  readonly folder: string;
  readonly standard: 'X12' | 'EDIFACT';
  /** Identifiers in envelopes, at most 15 characters. */
  readonly partner: string;
  readonly plant: string;
  readonly clock?: () => Date;
  /** How often answers are fetched: 1 s unless set. */
  readonly fetchEveryMs?: number;
  /** How long a partner waits for its answer before it complains: 60 s unless set. */
  readonly answerWithinMs?: number;
  /** First control number less one; 0 unless set. */
  readonly lastControl?: number;
}

export interface EdiPeer extends Peer {
  /** Leaves an interchange in the plant's folder; resolves with its control number when it lies there, or is held back. */
  send(message: EdiMessage): Promise<number>;
  /** Fetches what lies in `out` now. */
  fetch(): Promise<void>;
  /** What came back, by control number. */
  readonly answers: ReadonlyMap<number, EdiPeerAnswer>;
  /** Control numbers that nobody answered in time, or that were refused, in words. */
  complaints(): readonly string[];
}

export interface EdiPeerAnswer {
  readonly accepted: boolean;
  /** The interchange that answered it. */
  readonly text: string;
}

/**
 * A trading partner that leaves interchanges in a folder and expects 997 or CONTRL for each. Faults: down: leaves and fetches
 * nothing until it is up again; slow: writes a file in pieces, for 3 s; duplicates: every file twice; reordering: each one
 * after the next; corrupt: in turn cut off and with a wrong count.
 */
export async function startEdiPeer(options: EdiPeerOptions): Promise<EdiPeer> {
  const { folder, clock = () => new Date(), fetchEveryMs = 1_000 } = options;
  await mkdir(join(folder, 'out'), { recursive: true });
  const peer = new Partner(options, clock);
  const timer = setInterval(() => void peer.fetch().catch(() => undefined), fetchEveryMs);
  return Object.assign(peer, {
    close: () => {
      clearInterval(timer);
      return peer.stop();
    },
  });
}

class Partner {
  readonly system: string;
  readonly faults = new PeerFaults();
  readonly answers = new Map<number, EdiPeerAnswer>();
  readonly #options: EdiPeerOptions;
  readonly #clock: () => Date;
  readonly #sent = new Map<number, number>();
  readonly #held: { readonly name: string; readonly text: string }[] = [];
  readonly #slow = new Set<NodeJS.Timeout>();
  #last: number;
  #corrupted = 0;
  #isFetching = false;

  constructor(options: EdiPeerOptions, clock: () => Date) {
    this.system = options.system;
    this.#options = options;
    this.#clock = clock;
    this.#last = options.lastControl ?? 0;
    this.faults.onChange(() => void this.#release().catch(() => undefined));
  }

  async send(message: EdiMessage): Promise<number> {
    const { partner: sender, plant: receiver, standard } = this.#options;
    const control = ++this.#last;
    const write = standard === 'X12' ? x12Text : edifactText;
    const text = write(message, { sender, receiver, control, at: this.#clock() });
    const name = `${sender}-${String(control).padStart(9, '0')}`;
    this.#sent.set(control, this.#clock().getTime());
    this.#held.push({ name, text: this.faults.isOn('corrupt') ? this.#corrupt(text) : text });
    if (this.faults.isOn('duplicates')) this.#held.push({ name: `${name}-again`, text });
    await this.#release();
    return control;
  }

  /** All that may go now; reordering keeps the newest back until there is another, and lets that one go first. */
  async #release(): Promise<void> {
    if (this.faults.isOn('down')) return;
    if (this.faults.isOn('reordering')) {
      if (this.#held.length < 2) return;
      this.#held.reverse();
    }
    for (const file of this.#held.splice(0)) await this.#leave(file);
  }

  async #leave({ name, text }: { readonly name: string; readonly text: string }): Promise<void> {
    const path = join(this.#options.folder, `${name}.edi`);
    if (!this.faults.isOn('slow')) {
      await writeFile(`${path}.tmp`, text);
      await rename(`${path}.tmp`, path);
      return;
    }
    await this.#leaveSlowly(path, text, 1);
  }

  async #leaveSlowly(path: string, text: string, piece: number): Promise<void> {
    await writeFile(path, text.slice(0, Math.ceil((text.length * piece) / PIECES)));
    if (piece === PIECES) return;
    const timer = setTimeout(() => {
      this.#slow.delete(timer);
      this.#leaveSlowly(path, text, piece + 1).catch(() => undefined);
    }, SLOW_MS / PIECES);
    this.#slow.add(timer);
  }

  #corrupt(text: string): string {
    if (this.#corrupted++ % 2 === 0) return text.slice(0, Math.floor(text.length * 0.7));
    return text.replace(/(SE\*|UNT\+)(\d+)/, (_all, tag: string, count: string) => `${tag}${Number(count) + 3}`);
  }

  async fetch(): Promise<void> {
    if (this.#isFetching || this.faults.isOn('down')) return;
    this.#isFetching = true;
    try {
      const out = join(this.#options.folder, 'out');
      for (const name of (await readdir(out)).filter((each) => !/^\.|\.tmp$/.test(each)).sort()) {
        const text = await readFile(join(out, name), 'utf8');
        const answer = readAnswer(text);
        if (answer) this.answers.set(answer.control, { accepted: answer.accepted, text });
        await rm(join(out, name), { force: true });
      }
    } finally {
      this.#isFetching = false;
    }
  }

  complaints(): readonly string[] {
    const now = this.#clock().getTime();
    const { answerWithinMs = 60_000 } = this.#options;
    return [...this.#sent].flatMap(([control, at]) => {
      const answer = this.answers.get(control);
      if (answer) return answer.accepted ? [] : [`Interchange ${control} was refused.`];
      return now - at > answerWithinMs ? [`Nobody answered interchange ${control}.`] : [];
    });
  }

  stop(): Promise<void> {
    for (const timer of this.#slow) clearTimeout(timer);
    return Promise.resolve();
  }
}

/** Of a 997 (AK1, AK9), a TA1 or a CONTRL (UCI, UCM): what it is about, and whether all of it was taken. */
function readAnswer(text: string): { readonly control: number; readonly accepted: boolean } | undefined {
  const ta1 = /(?:^|~\s*)TA1\*(\d+)\*\d*\*\d*\*([AER])/.exec(text);
  const group = /AK1\*\w+\*(\d+)/.exec(text)?.[1];
  const end = /AK9\*([AEPR])/.exec(text)?.[1];
  const uci = /UCI\+(\d+)\+[^+]*\+[^+]*\+(\d)/.exec(text);
  if (group !== undefined) return { control: Number(group), accepted: end === 'A' || end === 'E' };
  if (ta1) return { control: Number(ta1[1]), accepted: ta1[2] !== 'R' };
  if (!uci) return undefined;
  const refused = /UCM\+[^+]*\+[^+]*\+4/.test(text);
  return { control: Number(uci[1]), accepted: uci[2] !== '4' && !refused };
}

const SLOW_MS = 3_000;
/** Each sooner than what waits for a file to be still takes it for whole. */
const PIECES = 6;

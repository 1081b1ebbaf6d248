import { createHash } from 'node:crypto';
import type { DocumentEnd, RawDocument, Receipt, Receiver, ReceiverContext } from '@takt/backing-system';
import type { Drop, DropEntry, DropPlace } from '@takt/connector-files';
import type { SourceRecord } from '@takt/mapping';
import { acknowledgementOf, type Issue } from './acknowledge.ts';
import { decodeInterchange } from './decode.ts';
import { Ledger, type Mismatch } from './ledger.ts';
import { readAcknowledgement } from './partner-acknowledgement.ts';
import { readDocument, type ReadDocument } from './read-document.ts';
import { recordsOf } from './records.ts';
import { splitInterchanges } from './split.ts';
import { toldLines } from './told-lines.ts';

export interface EdiSettings {
  readonly drop: Drop;
  readonly acknowledge: 'ALWAYS' | 'REQUESTED' | 'NEVER';
  readonly takesTests: boolean;
}

/**
 * Takes files one after the other: each interchange is a document of its own, accepted in the file's order; when all of
 * them have ended the answers are put into `out`, and the file goes to `done` or `failed` with a report beside it. Whatever
 * is cut off begins again with the same keys and the same answers.
 */
export class EdiReceiver implements Receiver {
  readonly #settings: EdiSettings;

  constructor(settings: EdiSettings) {
    this.#settings = settings;
  }

  async run(context: ReceiverContext, signal: AbortSignal): Promise<void> {
    const stop = new AbortController();
    const both = AbortSignal.any([signal, stop.signal]);
    const place = this.#settings.drop.open();
    const session = new Session({ ...this.#settings, place }, context, both, (fault) => stop.abort(fault));
    try {
      for (;;) {
        await context.due(both);
        const startedAt = performance.now();
        const files = await place.list(both);
        context.observe({ kind: 'ANSWERED', tookMs: Math.round(performance.now() - startedAt) });
        for (const file of files.filter(isOurs).sort(byAge)) {
          if (this.#settings.drop.matches(file.name)) await session.take(file);
        }
      }
    } finally {
      stop.abort();
      await session.settled();
      await place.close();
    }
  }

  async *parse(document: RawDocument): AsyncGenerator<SourceRecord> {
    const chunks: Buffer[] = [];
    for await (const chunk of document.body()) chunks.push(chunk);
    const { isRepeated, cumulativeMismatches } = document.attributes ?? {};
    const text = decodeInterchange(Buffer.concat(chunks));
    const read = readDocument(text, { isRepeated: isRepeated === 'true', takesTests: this.#settings.takesTests });
    const mismatches = JSON.parse(cumulativeMismatches ?? '[]') as Mismatch[];
    yield* recordsOf(read, { cumulativeMismatches: mismatches });
  }
}

/** One run: files on their way, at most {@link FILES_AT_ONCE}. */
class Session {
  readonly #settings: EdiSettings & { readonly place: DropPlace };
  readonly #context: ReceiverContext;
  readonly #signal: AbortSignal;
  readonly #fail: (fault: unknown) => void;
  readonly #ledger: Ledger;
  readonly #seen = new Map<string, { readonly size: string; readonly sinceMs: number }>();
  readonly #underWay = new Map<string, Promise<void>>();
  /** The ledger is written by one at a time. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(
    settings: EdiSettings & { readonly place: DropPlace },
    context: ReceiverContext,
    signal: AbortSignal,
    fail: (fault: unknown) => void,
  ) {
    this.#settings = settings;
    this.#context = context;
    this.#signal = signal;
    this.#fail = fail;
    this.#ledger = new Ledger(context.checkpoints);
  }

  async take(file: DropEntry): Promise<void> {
    const { name } = file;
    if (this.#underWay.has(name) || !this.#isStill(file)) return;
    this.#seen.delete(name);
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of this.#settings.place.read(name, this.#signal)) {
      chunks.push(chunk);
      size += chunk.length;
      if (size > MOST_BYTES) return this.#settle(name, [], `It has more than ${MOST_BYTES} bytes.`);
    }
    const bytes = Buffer.concat(chunks);
    const documents: Taken[] = [];
    for (const { from, to } of splitInterchanges(bytes.toString('latin1'))) {
      documents.push(await this.#accept(name, bytes.subarray(from, to)));
    }
    const ending = this.#finish(name, documents)
      .catch((fault: unknown) => this.#fail(fault))
      .finally(() => this.#underWay.delete(name));
    this.#underWay.set(name, ending);
    if (this.#underWay.size >= FILES_AT_ONCE) await Promise.race(this.#underWay.values());
    this.#signal.throwIfAborted();
  }

  async settled(): Promise<void> {
    await Promise.all(this.#underWay.values());
  }

  #isStill({ name, bytes, modifiedMs }: DropEntry): boolean {
    const now = this.#context.clock().getTime();
    const size = `${bytes} ${modifiedMs}`;
    const seen = this.#seen.get(name);
    if (seen?.size === size) return now - seen.sinceMs >= this.#settings.drop.stillForMs;
    this.#seen.set(name, { size, sinceMs: now });
    return this.#settings.drop.stillForMs === 0;
  }

  async #accept(name: string, body: Buffer): Promise<Taken> {
    const content = createHash('sha256').update(body).digest('hex').slice(0, 16);
    const text = decodeInterchange(body);
    const { takesTests } = this.#settings;
    const first = readDocument(text, { isRepeated: false, takesTests });
    const { standard = 'EDI', sender, control, preparedAt } = first.interchange;
    const partner = `${sender.qualifier}:${sender.id}`;
    const key = [standard, partner, control, content]
      .map((part) => part.replace(UNPRINTABLE, '_').slice(0, 40))
      .join('/');
    return this.#alone(async () => {
      const isRepeated = control !== '' && (await this.#ledger.isRepeated(partner, control, content));
      const read = isRepeated ? readDocument(text, { isRepeated, takesTests }) : first;
      const { mismatches, remember } = await this.#ledger.compare(toldLines(read));
      const receipt = await this.#context.accept(
        {
          key,
          name,
          mediaType: standard === 'X12' ? 'application/edi-x12' : 'application/edifact',
          body,
          documentNumbers: numbersOf(read),
          time: preparedAt,
          attributes: {
            ...(isRepeated && { isRepeated: 'true' }),
            ...(mismatches.length > 0 && {
              cumulativeMismatches: JSON.stringify(mismatches.slice(0, MISMATCHES_TOLD)),
            }),
          },
        },
        { signal: this.#signal },
      );
      if (control !== '' && !isRepeated) await this.#ledger.noteInterchange(partner, control, content);
      // What was accepted before a crash is remembered now; told again later, it teaches nothing that contradicts.
      if (receipt.isNew || mismatches.length === 0) await remember();
      const { acknowledge } = this.#settings;
      const isWanted =
        acknowledge === 'ALWAYS' || (acknowledge === 'REQUESTED' && read.interchange.wantsAcknowledgement);
      return {
        key,
        standard,
        partner: sender.id,
        control,
        receipt,
        answer: isWanted ? acknowledgementOf(read) : undefined,
      };
    });
  }

  async #finish(name: string, documents: readonly Taken[]): Promise<void> {
    const ends: Ended[] = [];
    for (const taken of documents) {
      const end = await taken.receipt.ended(this.#signal);
      ends.push({ ...taken, end });
      await this.#alone(() => this.#answer(taken));
    }
    await this.#settle(name, ends, documents.length === 0 ? 'There is nothing in it.' : undefined);
  }

  /** Written again under the same name if it is not known whether it was: same number, same bytes. */
  async #answer({ key, standard, partner, control, answer }: Taken): Promise<void> {
    if (!answer) return;
    const issue = await this.#ledger.issue(key, this.#context.clock());
    if (!issue) return;
    const kind = standard === 'X12' ? '997' : 'CONTRL';
    const name = [kind, partner, control, String(issue.control)]
      .map((part) => part.replace(UNSAFE, '_').slice(0, 40))
      .join('-');
    await this.#settings.place.put(`out/${name}.edi`, answer(issue), this.#signal);
    await this.#ledger.noteSent(key);
  }

  /** A file that another one was called like gets a number. */
  async #settle(name: string, ends: readonly Ended[], fault?: string): Promise<void> {
    const isDone =
      fault === undefined && ends.every(({ end }) => end.status === 'APPLIED' || end.status === 'DUPLICATE');
    const folder = isDone ? 'done' : 'failed';
    const at = this.#context.clock().toISOString();
    const interchanges = ends.map(({ key, receipt, end }) => ({
      key,
      message: receipt.id,
      isNew: receipt.isNew,
      ...end,
    }));
    const report = JSON.stringify(
      { file: name, at, ...(fault !== undefined && { fault }), interchanges },
      undefined,
      2,
    );
    for (let time = 1; ; time += 1) {
      const target = time === 1 ? name : `${name}.${time}`;
      if (!(await this.#settings.place.move(name, `${folder}/${target}`, this.#signal))) continue;
      await this.#settings.place.put(`${folder}/${target}.report.json`, report, this.#signal);
      return;
    }
  }

  #alone<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => undefined);
    return done;
  }
}

interface Taken {
  readonly key: string;
  readonly standard: string;
  readonly partner: string;
  readonly control: string;
  readonly receipt: Receipt;
  readonly answer: ((issue: Issue) => string) | undefined;
}

interface Ended extends Taken {
  readonly end: DocumentEnd;
}

/** Neither what is half-written nor what leads anywhere else; a server can call its files what it likes. */
function isOurs({ name, kind }: DropEntry): boolean {
  return (
    kind === 'FILE' &&
    /^[^./\\\p{C}][^/\\\p{C}]{0,199}$/u.test(name) &&
    !/\.(tmp|temp|part|partial|filepart|done)$|~$/i.test(name)
  );
}

function byAge(left: DropEntry, right: DropEntry): number {
  return left.modifiedMs - right.modifiedMs || (left.name < right.name ? -1 : 1);
}

function numbersOf({ interchange, messages }: ReadDocument): string[] {
  const numbers = new Set(interchange.control === '' ? [] : [interchange.control]);
  for (const { message, read } of messages) {
    if (numbers.size >= 100) break;
    if (read.kind === 'READ')
      for (const number of [read.head.number, read.head.order]) if (number !== undefined) numbers.add(number);
    if (read.kind === 'ACKNOWLEDGEMENT') for (const { of } of readAcknowledgement(message)) numbers.add(of);
  }
  return [...numbers].slice(0, 100);
}

const FILES_AT_ONCE = 16;
const MOST_BYTES = 32 * 1024 * 1024;
const MISMATCHES_TOLD = 50;
const UNPRINTABLE = /[^\x21-\x2e\x30-\x7e]/g;
const UNSAFE = /[^A-Za-z0-9.-]/g;

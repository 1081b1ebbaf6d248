import { setImmediate } from 'node:timers/promises';
import { DocumentRejectedError, type Problem, type RawDocument, type Receiver } from '@takt/backing-system';
import { StoreUnavailableError } from '@takt/document-store';
import { ReferencesUnavailableError, type CrossReferences, type SourceRecord } from '@takt/mapping';
import type { Waiting } from './backlog.ts';
import { convert, mapContextOf, type ConvertContext, type Part } from './convert.ts';
import { clipped, idInRound } from './ids.ts';
import { RESULTS_TOGETHER, type IntegrationMessage, type RecordResults } from './integration-message.ts';
import { PreviousResults, redo } from './previous-results.ts';
import type { RawStore } from './raw.ts';
import { FAILURES, type ResultStore } from './results.ts';
import { Tally } from './tally.ts';
import { untilDone, type Patience } from './until-done.ts';

/** A document under way. */
interface Work {
  readonly id: string;
  readonly message: IntegrationMessage;
  /** What has been kept, or is about to be. */
  readonly tally: Tally;
  /** Results of it were there when it was begun. */
  readonly wasBegun: boolean;
}

/** As many parts of a document, in order, as are offered and kept together. */
export interface Segment {
  readonly work: Work;
  /** Number of the part of its results. */
  readonly number: number;
  readonly parts: readonly Part[];
  readonly from: number;
  readonly to: number;
  readonly begun: number;
  /** Messages of it may have been taken before, by an attempt of which nothing was kept. */
  readonly isRedo: boolean;
  /** Of the last one. */
  readonly end?: DocumentRead | undefined;
}

/** How the reading of a document ended. */
interface DocumentRead {
  readonly records: number;
  /** RFC 3339. */
  readonly parsedAt: string;
  readonly refused?: { readonly status: 'REJECTED' | 'DEAD_LETTERED'; readonly refusal: Problem } | undefined;
}

export interface ReadContext extends Omit<ConvertContext, 'id' | 'message' | 'mapContext'> {
  readonly crossReferences: CrossReferences;
  readonly receiver: Receiver;
  readonly raw: RawStore;
  readonly results: ResultStore;
  readonly patience: Patience;
}

/**
 * Reads and maps a document, from where its kept results end. It is read to its end before anything of it is given; one
 * that is not small is read once more for that, so that memory does not grow with it. Rejects when the signal aborts.
 */
export async function* segmentsOf(waiting: Waiting, context: ReadContext): AsyncGenerator<Segment> {
  const { id, message, isRedo } = waiting;
  const { results, patience } = context;
  const attempt = <T>(read: () => Promise<T>) => untilDone(read, patience);
  const resume = isRedo ? await resumeOf(results.of(id, message.round, attempt)) : FRESH;
  const work: Work = { id, message, tally: resume.tally(), wasBegun: resume.number > 0 };
  const previous = message.round > 1 ? new PreviousResults(results.of(id, message.round - 1, attempt)) : undefined;
  const cutter = new Cutter(work, resume, isRedo);
  const converting = {
    ...context,
    id,
    message,
    mapContext: mapContextOf(context.system, message, context.crossReferences),
  };
  let records = 0;
  let refused: DocumentRead['refused'];
  let parsedAt: string | undefined;
  try {
    const whole = await readWhole(waiting, context);
    parsedAt = context.clock().toISOString();
    for await (const some of together(whole)) {
      patience.signal.throwIfAborted();
      const start = records;
      records += some.length;
      if (records <= resume.to) continue;
      const before: Part[][] = [];
      for (const index of some.keys()) before.push((await previous?.of(start + index)) ?? []);
      const mapped = await Promise.all(
        some.map((record, index) => partsOf(record, start + index, before[index] ?? [], resume.to, converting)),
      );
      for (const [index, parts] of mapped.entries()) yield* cutter.add(start + index, parts);
      await setImmediate();
    }
  } catch (fault) {
    if (patience.signal.aborted) throw fault;
    refused = refusalOf(fault);
    if (previous) {
      for await (const [record, parts] of previous.rest(Math.max(records, resume.to))) yield* cutter.add(record, parts);
    }
  }
  parsedAt ??= context.clock().toISOString();
  yield cutter.last({ records, parsedAt, refused });
}

/** Cuts parts into segments, at most {@link RESULTS_TOGETHER} each. */
class Cutter {
  #parts: Part[] = [];
  #number: number;
  #from: number;
  #begun = 0;
  #isRedo: boolean;
  to: number;

  constructor(
    private readonly work: Work,
    private readonly resume: Resume,
    isRedo: boolean,
  ) {
    this.#number = resume.number;
    this.#from = this.to = resume.to;
    this.#isRedo = isRedo;
  }

  *add(record: number, parts: readonly Part[]): Generator<Segment> {
    if (record < this.resume.to) return;
    const isResumed = record === this.resume.to;
    if (record !== this.to) this.#begun = 0;
    this.to = record;
    for (const part of isResumed ? parts.slice(this.resume.begun) : parts) {
      this.#parts.push(part);
      this.#begun += 1;
      if (this.#parts.length === RESULTS_TOGETHER) {
        const before = isResumed ? this.resume.begun : 0;
        yield this.#cut(this.to, before + this.#begun);
      }
    }
  }

  last(end: DocumentRead): Segment {
    return this.#cut(end.records, 0, end);
  }

  #cut(to: number, begun: number, end?: DocumentRead): Segment {
    const { work } = this;
    const number = this.#number++;
    const segment = { work, number, parts: this.#parts, from: this.#from, to, begun, isRedo: this.#isRedo, end };
    this.#parts = [];
    this.#from = to;
    this.#isRedo = false;
    return segment;
  }
}

/** Where the kept results of a document end. */
interface Resume {
  readonly number: number;
  readonly to: number;
  readonly begun: number;
  readonly tally: () => Tally;
}

const FRESH: Resume = { number: 0, to: 0, begun: 0, tally: () => new Tally() };

async function resumeOf(kept: AsyncIterable<RecordResults>): Promise<Resume> {
  const tally = new Tally();
  let resume = { number: 0, to: 0, begun: 0 };
  for await (const { part, to, begun, results } of kept) {
    tally.add(results);
    resume = { number: part + 1, to, begun };
  }
  return { ...resume, tally: () => tally };
}

/** Reads it to its end; what it throws is why it is refused. */
async function readWhole(waiting: Waiting, context: ReadContext): Promise<Records> {
  const { receiver, patience } = context;
  const document = rawDocument(waiting, context);
  let kept: SourceRecord[] | undefined = document.bytes <= SMALL_BYTES ? [] : undefined;
  let count = 0;
  for await (const record of receiver.parse(document)) {
    count += 1;
    kept?.push(record);
    if (count > SMALL_RECORDS) kept = undefined;
    if (count % BREATH === 0) {
      await setImmediate();
      patience.signal.throwIfAborted();
    }
  }
  return kept ?? receiver.parse(document);
}

type Records = Iterable<SourceRecord> | AsyncIterable<SourceRecord>;

/** Up to this its records are kept in memory. */
const SMALL_BYTES = 1024 * 1024;
const SMALL_RECORDS = 20_000;
/** Records after which others get their turn. */
const BREATH = 200;

function rawDocument({ id, message }: Waiting, { raw, patience }: ReadContext): RawDocument {
  const { key, mediaType, name, documentNumbers, attributes, receivedAt, time, bytes, body } = message;
  const attempt = <T>(read: () => Promise<T>) => untilDone(read, patience, isUnavailable);
  return {
    id,
    key,
    mediaType,
    name,
    documentNumbers,
    ...(attributes && { attributes }),
    receivedAt,
    time,
    bytes,
    body: () => raw.read({ id, bytes, body }, 0, attempt),
  };
}

function isUnavailable(fault: unknown): boolean {
  return fault instanceof StoreUnavailableError || fault instanceof ReferencesUnavailableError;
}

/** Records that are mapped at the same time. */
const MAPPED_TOGETHER = 32;

async function* together(records: Records): AsyncGenerator<SourceRecord[]> {
  let some: SourceRecord[] = [];
  for await (const record of records) {
    some.push(record);
    if (some.length < MAPPED_TOGETHER) continue;
    yield some;
    some = [];
  }
  if (some.length > 0) yield some;
}

/** Of a record before `from` everything is kept. One that was done in the round before is not done again. */
async function partsOf(
  record: SourceRecord,
  index: number,
  before: readonly Part[],
  from: number,
  context: ReadContext & ConvertContext & { readonly message: IntegrationMessage },
): Promise<readonly Part[]> {
  if (index < from) return [];
  const hasFailed = before.some(({ result }) => result && FAILURES.includes(result.status));
  if (before.length > 0 && !hasFailed) return before;
  const { patience, message } = context;
  let parts: Part[];
  try {
    parts = await untilDone(() => convert(record, index, context), patience, isUnavailable);
  } catch (fault) {
    if (patience.signal.aborted) throw fault;
    patience.onFault(fault);
    parts = [broken(record, index, fault)];
  }
  return before.length === 0 ? parts : redo(parts, before, (first) => idInRound(first, message.round));
}

/** Of a record that cannot be mapped because of a bug of ours: those after it go on. */
function broken({ place: at }: SourceRecord, record: number, fault: unknown): Part {
  const place = clipped(at, 500);
  const refusal = { code: 'MAPPING_BROKE', reason: textOf(fault) };
  return { record, place, documentNumbers: [], result: { record, place, status: 'DEAD_LETTERED', refusal } };
}

function refusalOf(fault: unknown): NonNullable<DocumentRead['refused']> {
  if (fault instanceof DocumentRejectedError) {
    return { status: 'REJECTED', refusal: { code: clipped(fault.code, 100), reason: clipped(fault.reason) } };
  }
  return { status: 'DEAD_LETTERED', refusal: { code: 'UNREADABLE', reason: textOf(fault) } };
}

function textOf(fault: unknown): string {
  return clipped(fault instanceof Error ? `${fault.name}: ${fault.message}` : String(fault));
}

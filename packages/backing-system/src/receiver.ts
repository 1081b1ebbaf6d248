import type { SourceRecord } from '@takt/mapping';
import type { Observation } from './health.ts';

/**
 * What one backing system reports, whatever its protocol. The runtime keeps what is accepted, then reads, maps and offers
 * it in order of arrival, and starts `run` again a while after it rejected.
 */
export interface Receiver {
  /** Takes what the system reports until the signal aborts. Rejects when the system cannot be reached or speaks nonsense. */
  run(context: ReceiverContext, signal: AbortSignal): Promise<void>;
  /**
   * Reads a document that was accepted. No I/O, and deterministic: after a crash the same document gives the same records.
   * Throws {@link DocumentRejectedError} if nothing of it may be used; what else it throws makes the document a dead letter.
   */
  parse(document: RawDocument): AsyncIterable<SourceRecord> | Iterable<SourceRecord>;
}

/** What a receiver is given by the runtime. */
export interface ReceiverContext {
  /** `system/instance` */
  readonly system: string;
  readonly clock: () => Date;
  /**
   * Resolves when the document is on stable storage: only then may its source be told that it was taken. One whose key is
   * known is not taken again. While too many wait it waits itself, or, unless `wait`, throws {@link BacklogFullError}.
   */
  accept(document: NewDocument, options?: { readonly wait?: boolean; readonly signal?: AbortSignal }): Promise<Receipt>;
  /** A small JSON value that survives restarts, such as how far was read. Written after what was accepted before it. */
  readonly checkpoints: Checkpoints;
  /** Resolves when the system's rate allows one more call; rejects when the signal aborts. */
  turn(signal: AbortSignal): Promise<void>;
  /** Leaves the system alone for so long: it asked for it. */
  hold(ms: number): void;
  /** How the system answered: makes its health in the graph. */
  observe(observation: Observation): void;
  /** Resolves when the instance's schedule says that it is time; at once the first time after the start. */
  due(signal: AbortSignal): Promise<void>;
}

export interface Checkpoints {
  read(name: string): Promise<unknown>;
  write(name: string, value: unknown): Promise<void>;
}

/** What came in at once: a page, a file, an interchange, a payload. */
export interface NewDocument {
  /** Idempotency key within the instance: the same whenever the same document comes again. At most 400 characters. */
  readonly key: string;
  /** E.g. `application/json`. */
  readonly mediaType: string;
  /** As it came. More than {@link MAX_DOCUMENT_BYTES} are refused: {@link DocumentTooLargeError}, and nothing is kept. */
  readonly body: Buffer | AsyncIterable<Buffer>;
  /** What its source calls it: a file's name, a topic, a path. */
  readonly name?: string | undefined;
  /** Numbers by which people look for it, such as of an order or an interchange; records may name more. */
  readonly documentNumbers?: readonly string[];
  /** RFC 3339: when it was true in its source; when it was received, unless given. */
  readonly time?: string | undefined;
  /** Of the source's own tracing; a new one unless given. */
  readonly correlationId?: string | undefined;
  /** What reading it takes besides its body. */
  readonly attributes?: Readonly<Record<string, string>>;
}

/** A document as it was kept. */
export interface RawDocument extends Omit<NewDocument, 'body' | 'correlationId' | 'time'> {
  readonly id: string;
  readonly receivedAt: string;
  readonly time: string;
  readonly bytes: number;
  /** From the beginning, each time it is called. */
  body(): AsyncIterable<Buffer>;
}

export interface Receipt {
  /** Of the integration message, as in the graph. */
  readonly id: string;
  /** False if its key is known. */
  readonly isNew: boolean;
  /** Resolves with how it ended; rejects when the signal aborts. */
  ended(signal: AbortSignal): Promise<DocumentEnd>;
}

/** How a document ended, as a report beside it may tell. */
export interface DocumentEnd {
  /** The worst of what became of its records; DUPLICATE if there was nothing new in any of them. */
  readonly status: 'APPLIED' | 'DUPLICATE' | 'REJECTED' | 'DEAD_LETTERED' | 'DISCARDED';
  /** Why the document as a whole was refused. */
  readonly refusal?: Problem | undefined;
  readonly records: number;
  /** Canonical messages by how they ended; records that gave none because of a fault count as rejected. */
  readonly counts: {
    readonly applied: number;
    readonly duplicate: number;
    readonly rejected: number;
    readonly deadLettered: number;
  };
  /** The first of what went wrong, at most {@link PROBLEMS_TOLD}. */
  readonly problems: readonly (Problem & { readonly place: string })[];
}

export interface Problem {
  readonly code: string;
  readonly reason: string;
}

export const PROBLEMS_TOLD = 1000;
export const MAX_DOCUMENT_BYTES = 256 * 1024 * 1024;

/** Nothing of the document may be used; the reason names the place, e.g. a segment. */
export class DocumentRejectedError extends Error {
  constructor(
    readonly code: string,
    readonly reason: string,
  ) {
    super(`${code}: ${reason}`);
    this.name = 'DocumentRejectedError';
  }
}

export class DocumentTooLargeError extends Error {
  constructor(limit: number) {
    super(`The document has more than ${limit} bytes.`);
    this.name = 'DocumentTooLargeError';
  }
}

/** Too many documents of the instance wait to be read: offer it again later. */
export class BacklogFullError extends Error {
  constructor(system: string, waiting: number) {
    super(`${waiting} documents of ${system} wait to be read: offer this one again later.`);
    this.name = 'BacklogFullError';
  }
}

import type { Problem } from '@takt/backing-system';
import type { CollectionDefinition } from '@takt/document-store';
import type { Handling } from '@takt/intake';

/**
 * RECEIVED: kept, and not at its end. Then the worst of what became of its parts. A command to a system is APPLIED,
 * TAKEN (the system has it, and will report what becomes of it) or REJECTED.
 */
export type IntegrationStatus =
  'RECEIVED' | 'APPLIED' | 'TAKEN' | 'DUPLICATE' | 'REJECTED' | 'DEAD_LETTERED' | 'DISCARDED';

/** A document that a backing system gave, or a command that it was given, from its arrival to its end. */
export interface IntegrationMessage {
  /** `system/instance` */
  readonly system: string;
  /** Type of its connector. */
  readonly connector: string;
  readonly direction: 'INBOUND' | 'OUTBOUND';
  /** Idempotency key within the instance. */
  readonly key: string;
  readonly correlationId: string;
  /** What its source calls it, e.g. a file's name; of a command, its type. */
  readonly name?: string | undefined;
  readonly mediaType: string;
  readonly bytes: number;
  readonly sha256: string;
  /** At most {@link DOCUMENT_NUMBERS_KEPT}. */
  readonly documentNumbers: readonly string[];
  readonly attributes?: Readonly<Record<string, string>> | undefined;
  readonly status: IntegrationStatus;
  /** Grows with each message of this store. */
  readonly arrival: number;
  /** RFC 3339, as all times here: when it was true in its source. */
  readonly time: string;
  readonly receivedAt: string;
  /** When it had been read to its end, and when what it gave had been mapped and offered. */
  readonly parsedAt?: string | undefined;
  readonly endedAt?: string | undefined;
  /** With which mapping; none if it needs none. */
  readonly mapping?: { readonly name: string; readonly version: number; readonly sha256: string } | undefined;
  readonly records: number;
  readonly counts: {
    readonly applied: number;
    readonly duplicate: number;
    readonly rejected: number;
    readonly deadLettered: number;
  };
  /** Why it was refused as a whole, or could not be read or mapped. */
  readonly refusal?: Problem | undefined;
  /** Of a command: entity that it is about, and what went over the wire last. */
  readonly entities?: readonly string[] | undefined;
  readonly exchange?: { readonly sent: string; readonly answered: string } | undefined;
  /** How often it was begun. */
  readonly attempts: number;
  /** Counts from 1; grows with each retry. Its results are those of this round. */
  readonly round: number;
  /** Base64 of a body of at most {@link INLINE_BYTES}; a larger one lies in `integration-raw`. */
  readonly body?: string | undefined;
  /** What was done about it as a dead letter, the latest last, at most {@link HANDLINGS_KEPT}. */
  readonly handling?: readonly Handling[] | undefined;
}

export const INLINE_BYTES = 8 * 1024;
export const HANDLINGS_KEPT = 20;

export const DOCUMENT_NUMBERS_KEPT = 100;

export const INTEGRATION_MESSAGES: CollectionDefinition<IntegrationMessage> = {
  name: 'integration-messages',
  indexes: [
    ['arrival'],
    ['status', 'arrival'],
    ['direction', 'arrival'],
    ['system', 'arrival'],
    ['system', 'status', 'arrival'],
    ['correlationId', 'arrival'],
    ['documentNumbers', 'arrival'],
    ['entities', 'arrival'],
  ],
};

/** What became of up to {@link RESULTS_TOGETHER} parts of an inbound message, in the order of its records. */
export interface RecordResults {
  readonly message: string;
  readonly round: number;
  /** Counts from 0 within the round. */
  readonly part: number;
  /** Records of the document that are done with this part: from inclusive, to exclusive. */
  readonly from: number;
  readonly to: number;
  /** How many results of record `to`, which goes on in the next part, there are so far. */
  readonly begun: number;
  readonly results: readonly RecordResult[];
  /** Which statuses there are among the results. */
  readonly statuses: readonly RecordResult['status'][];
  /** `Noun:id` of every entity in it (`domain:id` where nobody tells the noun), and the document numbers of its records. */
  readonly entities: readonly string[];
  readonly documentNumbers: readonly string[];
  /** Of the message. */
  readonly arrival: number;
}

export const INTEGRATION_RESULTS: CollectionDefinition<RecordResults> = {
  name: 'integration-results',
  indexes: [
    ['message', 'round', 'part'],
    ['message', 'round', 'statuses', 'part'],
    ['entities', 'arrival'],
    ['documentNumbers', 'arrival'],
  ],
};

export interface RecordResult {
  /** Counts from 0 within the document. */
  readonly record: number;
  readonly place: string;
  /** Of the canonical message; none if its record gave none. */
  readonly messageId?: string | undefined;
  readonly domain?: string | undefined;
  readonly type?: string | undefined;
  /** Id of the document that it is about. */
  readonly entity?: string | undefined;
  readonly status: 'APPLIED' | 'DUPLICATE' | 'REJECTED' | 'DEAD_LETTERED';
  readonly refusal?: Problem | undefined;
  /** Of the message's type and data, where its id is not a natural one: by it a retry knows what was applied. */
  readonly digest?: string | undefined;
  /** Of a mapping that failed. */
  readonly rule?: string | undefined;
  readonly field?: string | undefined;
  readonly expression?: string | undefined;
}

export const RESULTS_TOGETHER = 500;

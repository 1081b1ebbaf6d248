import type { CloudEvent } from '@takt/event-log';

/** Speaks one backing system's protocol, and knows nothing of queues, retries and rates. */
export interface Connector {
  /**
   * Offers a command once. Its `id` is the idempotency key: a command that was taken before, and whose answer was lost, is
   * offered again under the same. Rejects only for what is wrong on our side, or once `signal` aborts.
   */
  send(command: CloudEvent, signal: AbortSignal): Promise<Answer & { readonly exchange?: Exchange }>;
  close(): Promise<void>;
}

/** What went over the wire, as text; without credentials, at most {@link EXCHANGE_CHARACTERS} each. */
export interface Exchange {
  readonly sent: string;
  readonly answered: string;
}

export const EXCHANGE_CHARACTERS = 8_000;

/** What a backing system made of a command that was offered to it. */
export type Answer =
  | Settlement
  /** An answer that makes no sense: the system speaks, and nobody knows what it did. */
  | { readonly kind: 'WRONG'; readonly reason: string }
  /** It is there and wants to be left alone for a while. */
  | { readonly kind: 'BUSY'; readonly reason: string; readonly retryAfterMs?: number | undefined }
  /** It cannot be reached, or cannot work, now. */
  | { readonly kind: 'DOWN'; readonly reason: string; readonly retryAfterMs?: number | undefined };

/** An answer that ends a command. */
export type Settlement =
  /** The system has it; what becomes of it, it will report. */
  | { readonly kind: 'TAKEN' }
  /** The system did what it asks. */
  | { readonly kind: 'APPLIED' }
  | { readonly kind: 'REFUSED'; readonly reason: string };

export function isSettlement(answer: Answer): answer is Settlement {
  return answer.kind === 'TAKEN' || answer.kind === 'APPLIED' || answer.kind === 'REFUSED';
}

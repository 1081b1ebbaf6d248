import type { DeadLetters } from '@takt/intake';

/** What a domain does with backing systems or for other domains, in its one process that writes. */
export interface DomainExchange {
  /** What other processes may ask of it, by name. Each checks its input, and answers what can be told as JSON. */
  readonly questions?: Questions;
  /** In place of those of the domain's inbox: what it keeps elsewhere until it has an end. */
  readonly deadLetters?: DeadLetters;
  close(): Promise<void>;
}

export type Questions = Readonly<Record<string, (input: unknown) => Promise<unknown>>>;

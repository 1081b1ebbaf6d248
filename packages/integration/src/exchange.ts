import type { BackingSystem, Health, Observation } from '@takt/backing-system';
import type { DocumentStore } from '@takt/document-store';
import type { Clock, Handling, Intake } from '@takt/intake';
import type { CrossReferences } from '@takt/mapping';

/** What takes in all that backing systems report: in the one process that has the pen of the integration's documents. */
export interface Exchange {
  readonly instances: () => readonly InstanceStatus[];
  /**
   * Reads and maps it again, with the mapping of now; what was applied of it before is not applied again. Resolves when that
   * is certain to happen. Both throw {@link MessageHandlingError}: only what is REJECTED or DEAD_LETTERED can be handled.
   */
  retry(id: string, handling: Omit<Handling, 'action' | 'at'>): Promise<void>;
  /** Not to be retried. */
  discard(id: string, handling: Omit<Handling, 'action' | 'at'>): Promise<void>;
  /** Keeps what became of a command to a system; once, however often it is told. */
  record(command: CommandSettled): Promise<void>;
  /** Stops receiving, brings what is under way to a point from which it goes on, and closes. */
  close(): Promise<void>;
}

/** A command to a backing system, and how it ended. */
export interface CommandSettled {
  /** `system/instance` */
  readonly system: string;
  readonly connector: string;
  /** Noun of what it is about. */
  readonly entity: string;
  readonly command: {
    readonly id: string;
    readonly type: string;
    readonly time: string;
    readonly correlationid: string;
    readonly subject?: string | undefined;
    readonly data: unknown;
  };
  readonly settlement: { readonly kind: 'TAKEN' | 'APPLIED' | 'REFUSED'; readonly reason?: string | undefined };
  /** RFC 3339. */
  readonly enqueuedAt: string;
  readonly settledAt: string;
  readonly wrongAnswers: number;
  readonly exchange?: { readonly sent: string; readonly answered: string } | undefined;
}

export interface ExchangeOptions {
  readonly store: DocumentStore;
  readonly systems: readonly BackingSystem[];
  /** The way into a domain. */
  readonly intake: (domain: string) => Intake;
  readonly crossReferences: CrossReferences;
  readonly clock: Clock;
  /** Days for which messages that ended are kept; dead letters until they are handled. */
  readonly keepDays: number;
  /** Hears of what goes wrong on our side. */
  readonly onFault: (fault: unknown) => void;
  /** Hears how a system does, whenever that changes. */
  readonly onHealth?: (system: string, health: Health) => void;
  /** Noun of what a type of message is about, e.g. `Location`; its domain stands in for it where nobody knows. */
  readonly noun?: (type: string) => string | undefined;
  /** Between attempts; for tests that will not wait. */
  readonly pause?: (ms: number, signal: AbortSignal) => Promise<void>;
}

export interface InstanceStatus {
  /** `system/instance` */
  readonly system: string;
  readonly health: Health;
  /** Documents that wait to be read. */
  readonly waiting: number;
  /** RFC 3339. */
  readonly lastReceivedAt?: string | undefined;
  readonly lastObservation?: Observation | undefined;
}

import type { BackingSystem, Health, Observation } from '@takt/backing-system';
import type { DocumentStore } from '@takt/document-store';
import type { Clock, Handling, Intake } from '@takt/intake';
import type { CrossReferences } from '@takt/mapping';

/** What takes in all that backing systems report: in the one process that has the pen of the integration's documents. */
export interface Exchange {
  readonly instances: () => readonly InstanceStatus[];
  /** Reads and maps it again, with the mapping of now; what was applied of it before is not applied again. */
  retry(id: string, handling: Omit<Handling, 'action' | 'at'>): Promise<void>;
  /** Not to be retried. */
  discard(id: string, handling: Omit<Handling, 'action' | 'at'>): Promise<void>;
  /** Stops receiving, brings what is under way to a point from which it goes on, and closes. */
  close(): Promise<void>;
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

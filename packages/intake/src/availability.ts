import { IntakeUnavailableError } from './intake-port.ts';
import type { Clock } from './clock.ts';

export interface AvailabilityLimits {
  /** How long publishing may fail before nothing more is taken: the outbox bridges shorter breaks. Default 5,000. */
  readonly maxPublishingOutageMs: number;
  /** Events that may be committed and not yet published before nothing more is taken. Default 10,000. */
  readonly maxUnpublishedEvents: number;
}

/**
 * Whether messages can be taken: hears from the queue how the store does and from the relay how publishing does. It is
 * available again as soon as they work again; but whoever has stopped being the writer stays so.
 */
export class Availability {
  #store: Outage | undefined;
  #publishing: Outage | undefined;
  #unpublished = 0;
  #isWriter = true;

  constructor(
    private readonly clock: Clock,
    private readonly limits: AvailabilityLimits,
    private readonly asksIfWriter: () => boolean,
  ) {}

  /** Why nothing can be taken now, as sentences; undefined if messages can be taken. */
  reason(): string | undefined {
    if (!this.isWriter()) return 'Another process writes for this domain now.';
    if (this.#store) return sentence('The document store has not been available', this.#store);
    const { maxPublishingOutageMs, maxUnpublishedEvents } = this.limits;
    const outage = this.#publishing;
    if (outage && this.clock().getTime() - outage.since.getTime() > maxPublishingOutageMs) {
      return sentence('Events could not be published', outage);
    }
    if (this.#unpublished <= maxUnpublishedEvents) return undefined;
    return `${this.#unpublished} events wait to be published; ${maxUnpublishedEvents} may.`;
  }

  assertAvailable(): void {
    const reason = this.reason();
    if (reason !== undefined) throw new IntakeUnavailableError(reason);
  }

  isWriter(): boolean {
    this.#isWriter &&= this.asksIfWriter();
    return this.#isWriter;
  }

  /** To be called before each write that a former writer must not do. */
  assertWriter(): void {
    if (!this.isWriter()) this.assertAvailable();
  }

  get isStoreDown(): boolean {
    return this.#store !== undefined;
  }

  storeFailed(fault: Error): void {
    this.#store = { since: this.#store?.since ?? this.clock(), fault };
  }

  storeWorks(): void {
    this.#store = undefined;
  }

  /** Events that were committed or found in the outbox, and wait now. */
  waiting(events: number): void {
    this.#unpublished += events;
  }

  get unpublished(): number {
    return this.#unpublished;
  }

  /** So many events have left the outbox. Some may never have been counted: nobody heard that they were committed. */
  published(events: number): void {
    this.#publishing = undefined;
    this.#unpublished = Math.max(0, this.#unpublished - events);
  }

  /** Publishing failed in an attempt that began then. */
  publishingFailed(began: Date, fault: unknown): void {
    this.#publishing = { since: this.#publishing?.since ?? began, fault };
  }
}

interface Outage {
  readonly since: Date;
  readonly fault: unknown;
}

function sentence(what: string, { since, fault }: Outage): string {
  const why = fault instanceof Error ? fault.message : String(fault);
  return `${what} since ${since.toISOString()}: ${why.replace(/[.\s]*$/, '.')}`;
}

import { observe, openHealths, unknown, type Health, type Observation } from '@takt/backing-system';
import type { Collection, DocumentStore } from '@takt/document-store';
import type { Clock } from '@takt/intake';

export interface InstanceHealthOptions {
  readonly system: string;
  readonly clock: Clock;
  readonly onHealth: (system: string, health: Health) => void;
  readonly onFault: (fault: unknown) => void;
}

/** How one system does, as its receiver sees it: at once in memory, kept when it changes and now and then otherwise. */
export class InstanceHealth {
  #health: Health;
  #lastObservation: Observation | undefined;
  #keptAt = -Infinity;
  #isDirty = false;
  #keeping: Promise<void> | undefined;

  private constructor(
    private readonly healths: Collection<Health>,
    private readonly options: InstanceHealthOptions,
    known: Health | undefined,
  ) {
    this.#health = known ?? unknown(options.clock());
  }

  static async open(store: DocumentStore, options: InstanceHealthOptions): Promise<InstanceHealth> {
    const healths = await openHealths(store);
    const [known] = await healths.getMany([options.system]);
    return new InstanceHealth(healths, options, known?.document);
  }

  get health(): Health {
    return this.#health;
  }

  get lastObservation(): Observation | undefined {
    return this.#lastObservation;
  }

  observe(observation: Observation): void {
    const { clock, onHealth, system } = this.options;
    const now = clock();
    const before = this.#health;
    this.#lastObservation = observation;
    this.#health = observe(before, observation, now);
    if (this.#health === before) return;
    this.#isDirty = true;
    const hasChanged = this.#health.state !== before.state || this.#health.reason !== before.reason;
    if (hasChanged) onHealth(system, this.#health);
    if (hasChanged || now.getTime() - this.#keptAt >= KEPT_EVERY_MS) {
      this.#keptAt = now.getTime();
      this.#keeping ??= this.#keep();
    }
  }

  /** Keeps what has not been kept yet. */
  async close(): Promise<void> {
    await this.#keeping;
    if (this.#isDirty) await this.#keep();
  }

  async #keep(): Promise<void> {
    // After the turn in which it was observed, so that what is observed together is kept together.
    await Promise.resolve();
    let document: Health;
    try {
      do {
        document = this.#health;
        await this.healths.commit([{ id: this.options.system, document, events: [], messageIds: [] }]);
      } while (this.#health.state !== document.state);
      this.#isDirty = this.#health !== document;
    } catch (fault) {
      this.options.onFault(fault);
    }
    this.#keeping = undefined;
  }
}

const KEPT_EVERY_MS = 5_000;

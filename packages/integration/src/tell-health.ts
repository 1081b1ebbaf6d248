import type { Health } from '@takt/backing-system';
import { inboundMessage, type Clock, type InboundMessage, type Intake } from '@takt/intake';
import { pause } from '@takt/resilience';

export interface TellOptions {
  /** Those that are told. */
  readonly domains: readonly string[];
  readonly intake: (domain: string) => Intake;
  readonly clock: Clock;
  /** Hears, once for as long as it lasts, that a domain cannot be told. */
  readonly onFault: (fault: unknown) => void;
  /** Milliseconds until a domain that could not be told is told again. */
  readonly retryMs?: number;
}

/**
 * Tells domains how the systems do that their facts come from: `SourceStateReported`, in order, the latest of each system.
 * A domain that cannot be told is told later what holds then.
 */
export class HealthTeller {
  readonly #options: TellOptions;
  readonly #stopped = new AbortController();
  readonly #telling: Promise<unknown>;
  readonly #waiting = new Map<string, Map<string, Health>>();
  readonly #wakes = new Map<string, () => void>();

  constructor(options: TellOptions) {
    this.#options = options;
    for (const domain of options.domains) this.#waiting.set(domain, new Map());
    this.#telling = Promise.all(options.domains.map((domain) => this.#tell(domain)));
  }

  /** To be told, unless something newer of the system comes first. */
  heard(system: string, health: Health): void {
    for (const [domain, waiting] of this.#waiting) {
      waiting.set(system, health);
      this.#wakes.get(domain)?.();
    }
  }

  async close(): Promise<void> {
    this.#stopped.abort();
    for (const wake of this.#wakes.values()) wake();
    await this.#telling;
  }

  async #tell(domain: string): Promise<void> {
    const { intake, onFault, retryMs = 1_000 } = this.#options;
    const { signal } = this.#stopped;
    const waiting = this.#waiting.get(domain) ?? new Map<string, Health>();
    let isFaulty = false;
    while (!signal.aborted) {
      const told = [...waiting];
      if (told.length === 0) {
        await new Promise<void>((resolve) => this.#wakes.set(domain, resolve));
        continue;
      }
      try {
        await intake(domain).receive(told.map(([system, health]) => this.#message(system, health)));
        isFaulty = false;
        for (const [system, health] of told) if (waiting.get(system) === health) waiting.delete(system);
      } catch (error) {
        if (!isFaulty) onFault(error);
        isFaulty = true;
        await pause(retryMs, signal).catch(() => undefined);
      }
    }
  }

  #message(system: string, { state, since, reason }: Health): InboundMessage {
    const data = { system, state, since, ...(reason !== undefined && { reason: reason.slice(0, 2000) }) };
    return inboundMessage({ type: 'SourceStateReported', source: 'takt/integration', data }, this.#options.clock);
  }
}

import { inboundMessage } from '@takt/intake';
import type { Clock, InboundMessage } from '@takt/intake';
import type { Cause } from '@takt/event-log';
import type { DemoDomain, DemoSystem } from './messages.ts';
import type { Random } from './random.ts';

/** One message of the live plant. */
export interface Move {
  readonly domain: DemoDomain;
  readonly message: InboundMessage;
  /** Corrects what the plant believes, before the next move is made. */
  readonly settle?: (applied: boolean) => void;
}

/** One step of the live plant. */
export class Beat {
  constructor(
    /** From 1. */
    readonly number: number,
    private readonly clock: Clock,
    readonly random: Random,
    private readonly nextNumber: () => string,
  ) {}

  now(): Date {
    return this.clock();
  }

  /** `YYYY-MM-DD` in UTC. */
  today(): string {
    return this.now().toISOString().slice(0, 10);
  }

  /** A document number that no other run has used: it carries the time at which this one began. */
  document(prefix: string): string {
    return `${prefix}-${this.nextNumber()}`;
  }

  /** A message with an idempotency key of its own. */
  message(system: DemoSystem, type: string, data: object, cause: Cause = 'REPORTED'): InboundMessage {
    const id = this.document(`live/${type}`);
    return inboundMessage({ type, source: `${system}/demo`, data, id, cause }, this.clock);
  }
}

import { createHmac } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PeerFaults } from './peer.ts';

export interface Delivery {
  readonly id: string;
  readonly body: string;
}

export interface WebhookTarget {
  readonly url: string;
  /** `whsec_` and base64. */
  readonly secret: string;
}

export interface SenderOptions {
  readonly target: WebhookTarget;
  readonly faults: PeerFaults;
  readonly clock: () => Date;
  /** Before a delivery that was not taken is sent again; each time twice as long. */
  readonly firstPauseMs: number;
}

/** Sends each delivery until it is taken, ten times at most, one after the other: https://www.standardwebhooks.com */
export class WebhookSender {
  /** Statuses that came back, in order; 0 for none. */
  readonly answers: { readonly id: string; readonly status: number }[] = [];
  readonly #options: SenderOptions;
  readonly #stopped = new AbortController();
  readonly #waiting: Delivery[] = [];
  #running: Promise<void> = Promise.resolve();
  #isRunning = false;

  constructor(options: SenderOptions) {
    this.#options = options;
  }

  /** Keeps 1,000 at most, the latest. With `reordering` each second one goes first. */
  send(delivery: Delivery): void {
    if (this.#options.faults.isOn('reordering') && this.#waiting.length > 0) {
      this.#waiting.splice(-1, 0, delivery);
    } else this.#waiting.push(delivery);
    if (this.#waiting.length > MOST_WAITING) this.#waiting.shift();
    if (!this.#isRunning) {
      this.#isRunning = true;
      this.#running = this.#run();
    }
  }

  /** Resolves when nothing waits any more. */
  async idle(): Promise<void> {
    await this.#running;
  }

  async close(): Promise<void> {
    this.#stopped.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopped;
    try {
      // What comes in at the same time may still change places.
      await sleep(1, undefined, { signal });
      for (let next = this.#waiting.shift(); next; next = this.#waiting.shift()) {
        await this.#deliver(next, signal);
        if (this.#options.faults.isOn('duplicates')) await this.#deliver(next, signal);
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      this.#isRunning = false;
    }
  }

  async #deliver(delivery: Delivery, signal: AbortSignal): Promise<void> {
    let pauseMs = this.#options.firstPauseMs;
    for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt += 1) {
      const status = await this.#post(delivery, signal);
      this.answers.push({ id: delivery.id, status });
      if (this.answers.length > MOST_WAITING) this.answers.shift();
      if (status >= 200 && status < 300) return;
      await sleep(pauseMs, undefined, { signal });
      pauseMs *= 2;
    }
  }

  async #post({ id, body }: Delivery, signal: AbortSignal): Promise<number> {
    const { target, faults, clock } = this.#options;
    const timestamp = String(Math.floor(clock().getTime() / 1000));
    const key = Buffer.from(target.secret.replace(/^whsec_/, ''), 'base64');
    const digest = createHmac('sha256', faults.isOn('corrupt') ? 'nobody’s' : key)
      .update(`${id}.${timestamp}.${body}`)
      .digest('base64');
    try {
      const reply = await fetch(target.url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'webhook-id': id,
          'webhook-timestamp': timestamp,
          'webhook-signature': `v1,${digest}`,
        },
        body,
        signal: AbortSignal.any([signal, AbortSignal.timeout(10_000)]),
      });
      await reply.body?.cancel();
      return reply.status;
    } catch {
      signal.throwIfAborted();
      return 0;
    }
  }
}

const MOST_WAITING = 1_000;
const MOST_ATTEMPTS = 10;

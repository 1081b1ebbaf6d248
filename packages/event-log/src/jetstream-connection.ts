import { jetstream, JetStreamApiError, jetstreamManager } from '@nats-io/jetstream';
import type { JetStreamClient, JetStreamManager } from '@nats-io/jetstream';
import { connect, errors } from '@nats-io/transport-node';
import type { NatsConnection } from '@nats-io/transport-node';
import { setTimeout as pause } from 'node:timers/promises';
import { Bell } from './follow.ts';
import { parseNatsUrl } from './nats-url.ts';
import { LogUnavailableError, MAX_EVENT_BYTES, PositionExpiredError } from './port.ts';

/** How long a call waits for a server that does not answer. */
export const PATIENCE_MS = 5000;
/** How long one question waits: what was lost with a connection is asked again within the patience for the call. */
export const ATTEMPT_MS = 2000;

/** Throws {@link LogUnavailableError}, which says what to do, within about {@link PATIENCE_MS}. */
export async function connectJetStream(url: string): Promise<JetStreamConnection> {
  const { servers, options } = parseNatsUrl(url);
  const where = servers.join(', ');
  const advice = 'Start NATS with JetStream (nats-server --jetstream), or mend NATS_URL.';
  const nats = await connect({
    ...options,
    servers,
    name: 'takt',
    timeout: (PATIENCE_MS - ATTEMPT_MS) / servers.length,
    maxReconnectAttempts: -1,
    ignoreAuthErrorAbort: true,
    reconnectTimeWait: 250,
    pingInterval: PATIENCE_MS,
    // A stack trace of each publication took a third of its processor time.
    noAsyncTraces: true,
  }).catch((error: unknown) => {
    throw new LogUnavailableError(`${reasonOf(error)} (NATS at ${where}). ${advice}`);
  });
  try {
    const jsm = await jetstreamManager(nats, { timeout: ATTEMPT_MS });
    const maxPayload = nats.info?.max_payload ?? 0;
    if (maxPayload < MAX_EVENT_BYTES + HEADER_BYTES) {
      throw new Error(`max_payload is ${maxPayload}, ${MAX_EVENT_BYTES + HEADER_BYTES} or more is needed`);
    }
    return new JetStreamConnection(nats, jsm, where);
  } catch (error) {
    await nats.close();
    throw new LogUnavailableError(`${reasonOf(error)} (NATS at ${where}). ${advice}`);
  }
}

/** A connection to NATS that mends itself for as long as it is open. Nothing is sent while it is down: it would pile up. */
export class JetStreamConnection {
  readonly js: JetStreamClient;
  readonly #changes = new Bell();
  readonly #breaks = new Bell();
  #isUp = true;

  constructor(
    readonly nats: NatsConnection,
    readonly jsm: JetStreamManager,
    /** `host:port` of each server, without credentials. */
    readonly where: string,
  ) {
    this.js = jetstream(nats, { timeout: ATTEMPT_MS });
    void this.#watch();
  }

  /** Throws {@link LogUnavailableError} if there is no connection at the deadline. */
  async whenUp(deadline: number): Promise<void> {
    if (this.#isUp) return;
    let wake = (): void => undefined;
    const changed = new Promise<void>((resolve) => this.#changes.join((wake = resolve)));
    const timer = setTimeout(wake, Math.max(0, deadline - Date.now()));
    await changed;
    clearTimeout(timer);
    this.#changes.leave(wake);
    if (!this.#isUp) throw new LogUnavailableError(`there is no connection to NATS at ${this.where}`);
  }

  /** Asks until there is an answer. Throws {@link LogUnavailableError} if the server refuses, or is silent at the deadline. */
  async ask<T>(question: () => Promise<T>, deadline: number): Promise<T> {
    for (;;) {
      await this.whenUp(deadline);
      try {
        return await this.whileUp(question());
      } catch (error) {
        if (error instanceof PositionExpiredError) throw error;
        if (!mayPass(error) || Date.now() >= deadline) throw new LogUnavailableError(reasonOf(error));
        await pause(RETRY_MS);
      }
    }
  }

  /** An answer that is on its way when the connection breaks does not come: rejects at once instead of at its timeout. */
  whileUp<T>(answer: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const cut = (): void => {
        reject(new errors.TimeoutError());
      };
      this.#breaks.join(cut);
      void answer.then(resolve, reject).finally(() => {
        this.#breaks.leave(cut);
      });
    });
  }

  async close(): Promise<void> {
    await this.nats.close();
  }

  async #watch(): Promise<void> {
    for await (const { type } of this.nats.status()) {
      if (type !== 'disconnect' && type !== 'reconnect') continue;
      this.#isUp = type === 'reconnect';
      if (!this.#isUp) this.#breaks.ring();
      this.#changes.ring();
    }
    this.#isUp = false;
    this.#changes.ring();
  }
}

/** A server that restarts answers that JetStream is not enabled. */
export function mayPass(error: unknown): boolean {
  return error instanceof errors.TimeoutError || isNotEnabled(error);
}

/** Why a call of the NATS client failed, without credentials. */
export function reasonOf(error: unknown): string {
  if (error instanceof errors.TimeoutError) return 'the server does not answer';
  if (isNotEnabled(error)) return 'JetStream is not enabled, or the stream is gone';
  if (error instanceof JetStreamApiError) return `${error.message} (error ${error.code})`;
  return error instanceof Error ? error.message : String(error);
}

/** What the client adds to an event: subject, message id, expected stream and sequence. */
const HEADER_BYTES = 1024;
const RETRY_MS = 50;

/** Of the errors of the client only this one's class is not exported. */
function isNotEnabled(error: unknown): boolean {
  return error instanceof Error && error.name === 'JetStreamNotEnabled';
}

import type { ConsumerMessages } from '@nats-io/jetstream';
import { setTimeout as pause } from 'node:timers/promises';
import type { JetStreamConnection } from './jetstream-connection.ts';
import { asLogged } from './jetstream-pages.ts';
import type { LoggedEvent } from './port.ts';

export interface Tail {
  close(): Promise<void>;
}

export interface TailOptions {
  readonly connection: JetStreamConnection;
  readonly stream: string;
  /** Rejects if the stream is not there, or not the same any more. */
  readonly verify: () => Promise<unknown>;
  /** Position of the newest event that was heard of. */
  readonly position: () => number;
  readonly onEvent: (logged: LoggedEvent, bytes: number) => void;
  /** The server is there, at first and again: whoever waits for it may try. */
  readonly onReady: () => void;
}

/** Hears of each new event as the server stores it; after an outage it goes on after the last one that it heard of. */
export function startTail({ connection, stream, verify, position, onEvent, onReady }: TailOptions): Tail {
  const { nats, js } = connection;
  const closing = new AbortController();
  const { signal } = closing;
  let listening: ConsumerMessages | undefined;

  const listen = async (): Promise<void> => {
    await verify();
    const consumer = await js.consumers.get(stream, {
      opt_start_seq: position() + 1,
      inactive_threshold: 5 * EXPIRES_MS,
    });
    try {
      if (signal.aborted) return;
      listening = await consumer.consume({
        max_messages: AT_ONCE,
        expires: EXPIRES_MS,
        abort_on_missing_resource: true,
      });
      onReady();
      for await (const message of listening) onEvent(asLogged(message), message.data.length);
    } finally {
      const deleted = consumer.delete().catch(() => undefined);
      if (signal.aborted) await deleted;
    }
  };

  const run = async (): Promise<void> => {
    while (!signal.aborted) {
      await listen().catch(() => undefined);
      listening = undefined;
      await pause(RETRY_MS, undefined, { signal }).catch(() => undefined);
    }
  };

  /** A server that was away may have forgotten its consumers. */
  const restartOnReconnect = async (): Promise<void> => {
    for await (const { type } of nats.status()) if (type === 'reconnect') listening?.stop();
  };

  void restartOnReconnect();
  const running = run();
  return {
    close: async () => {
      closing.abort();
      listening?.stop();
      await running;
    },
  };
}

const AT_ONCE = 48;
/** The server says at least twice in this time that it is there. */
const EXPIRES_MS = 4000;
const RETRY_MS = 250;

import { connect, type IConnackPacket, type IPublishPacket } from 'mqtt';
import type { Connection } from './settings.ts';

export interface Handlers {
  /** Once connected, before anything is subscribed. Answers filters of former times, to be given up. */
  connected(isSessionPresent: boolean): Promise<readonly string[]>;
  /** Once subscribed. */
  subscribed(): Promise<void>;
  /** One at a time, in the broker's order. A message is confirmed when this resolves; if it rejects, all is hung up. */
  take(packet: IPublishPacket, publish: Publish, signal: AbortSignal): Promise<void>;
}

/** At most once, and nothing is told if it fails. */
export type Publish = (topic: string, payload: Buffer) => void;

/**
 * One connection, until it is lost: then it rejects with the reason. What was not confirmed the broker keeps and sends again
 * to the next connection of the session. Resolves once the signal has aborted and the broker has been left.
 */
export function hold(
  { endpoint, options, subscriptions }: Connection,
  handlers: Handlers,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      resolve();
      return;
    }
    const client = connect(endpoint, options);
    const lost = new AbortController();
    let waiting = 0;
    const leave = () => {
      lost.abort(signal.reason);
      const gone = setTimeout(() => client.end(true, () => resolve()), LEAVING_MS);
      client.end(false, () => {
        clearTimeout(gone);
        resolve();
      });
    };
    const fail = (error: Error) => {
      signal.removeEventListener('abort', leave);
      if (lost.signal.aborted) return;
      lost.abort(error);
      client.end(true);
      reject(error);
    };
    const publish: Publish = (topic, payload) => {
      if (client.connected) client.publish(topic, payload, { qos: 0 }, () => undefined);
    };
    signal.addEventListener('abort', leave, { once: true });
    client.on('error', fail);
    client.on('close', () => fail(new Error(waiting > 0 ? WAITED : 'The broker closed the connection.')));
    client.on('disconnect', ({ reasonCode }) =>
      fail(new Error(`The broker disconnected us: reason ${reasonCode ?? 0}.`)),
    );
    client.on('connect', (connack: IConnackPacket) => {
      start(connack).catch(fail);
    });
    // Its callback sends the PUBACK and lets the next packet come: a client that waits here holds the broker back.
    client.handleMessage = (packet, callback) => {
      waiting += 1;
      handlers
        .take(packet, publish, lost.signal)
        .finally(() => (waiting -= 1))
        .then(() => {
          if (!lost.signal.aborted) callback();
        }, fail);
    };

    async function start({ sessionPresent }: IConnackPacket): Promise<void> {
      const given = await handlers.connected(sessionPresent);
      if (given.length > 0) await client.unsubscribeAsync([...given]);
      const grants = await client.subscribeAsync(
        Object.fromEntries(subscriptions.map(({ topic, qos = 1 }) => [topic, { qos, rh: 1 as const }])),
      );
      const refused = grants.filter(({ qos }) => qos >= 128).map(({ topic }) => topic);
      if (refused.length > 0) throw new Error(`The broker refuses the subscription of ${refused.join(', ')}.`);
      await handlers.subscribed();
    }
  });
}

const WAITED = 'The connection ended while a message waited to be taken: the broker keeps it.';
const LEAVING_MS = 1_000;

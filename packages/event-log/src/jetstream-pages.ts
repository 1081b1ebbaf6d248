import { AckPolicy, DeliverPolicy } from '@nats-io/jetstream';
import type { JsMsg } from '@nats-io/jetstream';
import { nanos } from '@nats-io/transport-node';
import type { CloudEvent } from './event.ts';
import { ATTEMPT_MS } from './jetstream-connection.ts';
import type { JetStreamConnection } from './jetstream-connection.ts';
import { PositionExpiredError } from './port.ts';
import type { LoggedEvent } from './port.ts';

/**
 * Events after a position from the server: up to `count`, fewer if they are large or if a later one is gone, none if the
 * server sends none in time. Throws {@link PositionExpiredError} if the first of them is gone.
 */
export async function fetchPage(
  { js, jsm }: JetStreamConnection,
  stream: string,
  after: number,
  count: number,
): Promise<LoggedEvent[]> {
  const info = await jsm.consumers.add(stream, {
    ack_policy: AckPolicy.None,
    deliver_policy: DeliverPolicy.StartSequence,
    opt_start_seq: after + 1,
    inactive_threshold: nanos(2 * ATTEMPT_MS),
    mem_storage: true,
    num_replicas: 1,
  });
  const consumer = js.consumers.getConsumerFromInfo(info);
  const page: LoggedEvent[] = [];
  let bytes = 0;
  try {
    while (page.length < count && bytes < PAGE_BYTES) {
      const before = page.length;
      const messages = await consumer.fetch({
        max_messages: Math.min(AT_ONCE, count - before),
        expires: ATTEMPT_MS,
        idle_heartbeat: ATTEMPT_MS / 4,
      });
      for await (const message of messages) {
        if (message.seq !== after + 1 + page.length) {
          if (page.length === 0) throw new PositionExpiredError(after, message.seq);
          return page;
        }
        page.push(asLogged(message));
        bytes += message.data.length;
        if (message.info.pending === 0) return page;
      }
      if (page.length === before) break;
    }
    return page;
  } finally {
    void consumer.delete().catch(() => undefined);
  }
}

export function asLogged(message: JsMsg): LoggedEvent {
  return { position: message.seq, event: message.json<CloudEvent>() };
}

/** Messages that may be on their way at once: of the largest size, fewer bytes than NATS queues for a client. */
const AT_ONCE = 48;
const PAGE_BYTES = 4 * 1024 * 1024;

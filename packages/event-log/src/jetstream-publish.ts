import { JetStreamApiError } from '@nats-io/jetstream';
import type { StreamState } from '@nats-io/jetstream';
import { setTimeout as pause } from 'node:timers/promises';
import { ATTEMPT_MS, mayPass, PATIENCE_MS, reasonOf } from './jetstream-connection.ts';
import type { JetStreamConnection } from './jetstream-connection.ts';
import { LogUnavailableError } from './port.ts';

export interface Entry {
  /** The event's id as one word: last token of its subject and its `Nats-Msg-Id`. */
  readonly key: string;
  readonly payload: Uint8Array;
}

export interface StreamToPublishTo {
  readonly connection: JetStreamConnection;
  readonly stream: string;
  /** Newest position that is known here; another process may have gone on. */
  readonly head: () => number;
  /** Asks the server, which makes `head` right for now. */
  readonly look: (deadline: number) => Promise<StreamState>;
}

/**
 * Publishes entries in order, each once, and answers the position of each key. All are on their way at once; each expects
 * the one before it to be the newest, so that a failure leaves a prefix. Then what is there is looked up, and the rest
 * goes on its way again. Throws {@link LogUnavailableError} when none got through for {@link PATIENCE_MS}.
 */
export async function publishInOrder(
  to: StreamToPublishTo,
  entries: readonly Entry[],
  deadline: number,
): Promise<Map<string, number>> {
  const positions = new Map<string, number>();
  let missing = entries;
  let patience = deadline;
  for (;;) {
    await to.connection.whenUp(patience);
    const outcomes = await to.connection
      .whileUp(offer(to, missing))
      .catch((fault: unknown) => missing.map(({ key }): Outcome => ({ key, fault })));
    for (const { key, position } of outcomes) if (position !== undefined) positions.set(key, position);
    if (positions.size === entries.length) return positions;
    await resolve(to, outcomes, positions, patience);
    const left = missing.filter(({ key }) => !positions.has(key));
    if (left.length === 0) return positions;
    if (left.length < missing.length) {
      patience = Date.now() + PATIENCE_MS;
    } else {
      const { fault } = outcomes[0] as Outcome;
      if (!(isOvertaken(fault) || mayPass(fault)) || Date.now() >= patience)
        throw new LogUnavailableError(reasonOf(fault));
      await pause(Math.random() * OVERTAKEN_MS);
    }
    missing = left;
  }
}

interface Outcome {
  readonly key: string;
  readonly position?: number;
  /** The server remembers the id: the event was stored at this position, and may be gone. */
  readonly duplicateOf?: number;
  readonly fault?: unknown;
}

async function offer({ connection, stream, head }: StreamToPublishTo, entries: readonly Entry[]): Promise<Outcome[]> {
  const last = head();
  return Promise.all(
    entries.map(async ({ key, payload }, index): Promise<Outcome> => {
      const before = entries[index - 1];
      try {
        const ack = await connection.js.publish(`${stream}.${key}`, payload, {
          msgID: key,
          timeout: ATTEMPT_MS,
          expect: {
            streamName: stream,
            lastSequence: last + index,
            // The sequence alone may fit by chance when another process has appended as many as were refused before.
            ...(before && { lastMsgID: before.key }),
          },
        });
        return ack.duplicate ? { key, duplicateOf: ack.seq } : { key, position: ack.seq };
      } catch (fault) {
        return { key, fault };
      }
    }),
  );
}

/** Looks up, in the stream itself, what became of the events that were not acknowledged. */
async function resolve(
  { connection, stream, look }: StreamToPublishTo,
  outcomes: readonly Outcome[],
  positions: Map<string, number>,
  deadline: number,
): Promise<void> {
  const { first_seq: first } = await look(deadline);
  const lookUp = async ({ key, duplicateOf }: Outcome): Promise<void> => {
    const query = { last_by_subj: `${stream}.${key}` };
    const message = await connection.ask(() => connection.jsm.streams.getMessage(stream, query), deadline);
    if (message) positions.set(key, message.seq);
    else if (duplicateOf !== undefined && duplicateOf > 0 && duplicateOf < first) positions.set(key, duplicateOf);
  };
  await Promise.all(outcomes.filter(({ key }) => !positions.has(key)).map(lookUp));
}

/** Another process appended first. */
function isOvertaken(fault: unknown): boolean {
  return fault instanceof JetStreamApiError && NOT_THE_NEWEST.includes(fault.code);
}

const NOT_THE_NEWEST = [10070, 10071, 10164];
const OVERTAKEN_MS = 20;

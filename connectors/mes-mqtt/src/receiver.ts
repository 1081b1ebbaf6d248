import type { Receiver, ReceiverContext } from '@takt/backing-system';
import { pause } from '@takt/resilience';
import { hold, type Publish } from './connection.ts';
import { parse } from './parse.ts';
import type { Connection } from './settings.ts';
import { Nodes } from './sparkplug/nodes.ts';
import { Rebirths } from './sparkplug/rebirths.ts';
import { take } from './take.ts';

export function receiver(connection: Connection): Receiver {
  return { run: (context, signal) => run(connection, context, signal), parse };
}

async function run(connection: Connection, context: ReceiverContext, signal: AbortSignal): Promise<void> {
  const { checkpoints, clock } = context;
  let session = readSession(await checkpoints.read(SESSION));
  const filters = connection.subscriptions.map(({ topic }) => topic);
  const rebirths = new Rebirths(clock);
  let failures = 0;
  while (!signal.aborted) {
    const nodes = new Nodes(checkpoints);
    const begun = performance.now();
    let observedAt = -Infinity;
    const observeAnswer = (tookMs: number) => {
      if (performance.now() - observedAt < OBSERVED_EVERY_MS) return;
      observedAt = performance.now();
      context.observe({ kind: 'ANSWERED', tookMs });
    };
    try {
      await hold(
        connection,
        {
          async connected(isSessionPresent) {
            const given = session.filters.filter((filter) => !filters.includes(filter));
            // What was queued in a lost session never comes: what births told is not trusted any longer.
            session = { number: isSessionPresent ? session.number : session.number + 1, filters: session.filters };
            await checkpoints.write(SESSION, { ...session, filters: [...new Set([...session.filters, ...filters])] });
            return isSessionPresent ? given : [];
          },
          async subscribed() {
            session = { ...session, filters };
            await checkpoints.write(SESSION, session);
            failures = 0;
            observeAnswer(performance.now() - begun);
          },
          async take(packet, publish: Publish, lost) {
            const askRebirth = (group: string, node: string) => rebirths.ask(group, node, publish);
            const { subscriptions } = connection;
            await take(packet, { context, subscriptions, nodes, session: session.number, askRebirth }, lost);
            observeAnswer(0);
          },
        },
        signal,
      );
    } catch (error) {
      if (signal.aborted) break;
      failures += 1;
      const { message } = error as Error;
      context.observe({
        kind: failures < LEFT_ALONE_AFTER ? 'FAILED' : 'LEFT_ALONE',
        reason: message || String(error),
      });
      await pause(backoffMs(failures), signal).catch(() => undefined);
    }
  }
}

interface Session {
  /** Grows each time the broker has lost the session. */
  readonly number: number;
  /** What may be subscribed in it. */
  readonly filters: readonly string[];
}

function readSession(kept: unknown): Session {
  return (kept as Session | undefined) ?? { number: 0, filters: [] };
}

/** Half of it by chance, so that not all come back at once. */
function backoffMs(failures: number): number {
  const longest = Math.min(FIRST_BACKOFF_MS * 2 ** (failures - 1), LONGEST_BACKOFF_MS);
  return longest / 2 + (Math.random() * longest) / 2;
}

const SESSION = 'session';
const OBSERVED_EVERY_MS = 5_000;
const LEFT_ALONE_AFTER = 3;
const FIRST_BACKOFF_MS = 500;
const LONGEST_BACKOFF_MS = 30_000;

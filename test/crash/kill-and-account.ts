import { randomInt } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeCursor } from '@takt/event-log';
import { inboundMessage, systemClock, type InboundMessage, type Outcome } from '@takt/intake';
import { knock } from '@takt/subgraph-server';
import { createClient } from 'graphql-ws';
import { expect, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { ROOT } from '../system.ts';
import { bundled } from './bundle.ts';
import type { LastStep } from './last-step.ts';
import { Lives, type Life } from './lives.ts';
import type { ChildOptions } from './subgraph.child.ts';

/** The steps that a message takes from its arrival to its subscriber, and some more. */
const STEPS = 24;
/** How often the process of each profile is killed: at each step, and at random; more for a nightly run or a soak. */
const KILLS = Number(process.env['KILLS'] ?? STEPS + 6);
const ITEMS = 5;
const BATCH = 6;

/**
 * Kills the process at every step, then at any, while a sender offers messages until they are acknowledged and a
 * subscriber follows their effect; then accounts for every message.
 */
export async function killAndAccount(engines: Omit<ChildOptions, 'directory' | 'last'>): Promise<void> {
  const child = await bundled(join(ROOT, 'test/crash/subgraph.child.ts'));
  onTestFinished(() => child.remove());
  const folder = await mkdtemp(join(tmpdir(), 'takt-crash-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const options = { ...engines, directory: join(folder, 'inventory') };
  const lives = new Lives(child.file);
  const sent: string[] = [];
  const acknowledged = new Set<string>();
  const delivered: Delivery[] = [];
  const enough = new AbortController();
  const over = new AbortController();
  /** Kills at a random one of the next acknowledgements and deliveries. */
  let untilKill = Infinity;
  const happened = () => {
    untilKill -= 1;
    if (untilKill === 0) void lives.current.then(({ child }) => child.kill('SIGKILL'));
  };

  const subscribing = subscribe(lives, delivered, happened, over.signal);
  const sending = send(lives, options.directory, sent, acknowledged, happened, enough.signal);
  const failed = Promise.all([sending, subscribing]);
  for (let kill = 0; kill < KILLS; kill++) {
    const last = lastStepOf(kill);
    untilKill = last ? Infinity : randomInt(1, 40);
    const life = await lives.begin({ ...options, last });
    await Promise.race([life?.ended, failed]);
  }

  untilKill = Infinity;
  const life = (await lives.begin(options)) as Life;
  enough.abort();
  await sending;
  // Taken after all others, it is published after them.
  const marker = `m${sent.length}`;
  sent.push(marker);
  await send(lives, options.directory, sent, acknowledged, happened, enough.signal);
  await expect.poll(() => delivered.some(({ id }) => id === marker)).toBe(true);
  over.abort();
  life.child.kill('SIGKILL');
  await life.ended;
  await subscribing;

  expect(acknowledged).toEqual(new Set(sent));
  expect(delivered.map(({ id }) => id).sort()).toEqual([...sent].sort());
  for (let item = 0; item < ITEMS; item++) {
    const its = delivered.filter(({ id }) => itemOf(id) === item);
    expect(its.map(({ id }) => id)).toEqual(sent.filter((id) => itemOf(id) === item));
    expect(its.map(({ onHand }) => onHand)).toEqual(its.map((_, index) => index + 1));
  }
}

interface Delivery {
  readonly id: string;
  readonly onHand: number;
}

/** First at each step, before or after it is done; then at any; every third life ends from outside instead. */
function lastStepOf(kill: number): LastStep | undefined {
  const isDone = randomInt(2) === 1;
  if (kill < STEPS) return { step: kill + 1, isDone };
  return kill % 3 === 0 ? undefined : { step: randomInt(1, STEPS * 6), isDone };
}

function itemOf(id: string): number {
  return Number(id.slice(1)) % ITEMS;
}

/** Offers each message until it has an answer, in order; when told to end, finishes the batch that it has begun. */
async function send(
  lives: Lives,
  directory: string,
  sent: string[],
  acknowledged: Set<string>,
  happened: () => void,
  end: AbortSignal,
): Promise<void> {
  while (!end.aborted || acknowledged.size < sent.length) {
    if (acknowledged.size === sent.length) {
      for (let i = randomInt(1, BATCH + 1); i > 0; i--) sent.push(`m${sent.length}`);
    }
    const batch = sent.filter((id) => !acknowledged.has(id)).map(receipt);
    await lives.current;
    const outcomes = await knock(directory)
      .then((intake) => intake?.receive(batch))
      .catch(() => undefined);
    for (const { messageId, ...outcome } of (outcomes ?? []).map(first)) {
      expect(outcome.status).toBe('APPLIED');
      acknowledged.add(messageId);
      happened();
    }
  }
}

function receipt(id: string): InboundMessage {
  const data = {
    document: id,
    line: 1,
    type: 'RECEIPT',
    sku: `I${itemOf(id)}`,
    location: 'P100',
    status: 'UNRESTRICTED',
    quantity: { value: '1', unit: 'EA' },
  };
  return inboundMessage({ type: 'StockMoved', source: 'wms/p100', id, data }, systemClock);
}

function first(outcome: Outcome): Outcome {
  return (outcome.status === 'DUPLICATE' && outcome.first) || outcome;
}

/** Follows the changes over a websocket, from the cursor of the last one that it has, until told to end. */
async function subscribe(lives: Lives, delivered: Delivery[], happened: () => void, end: AbortSignal): Promise<void> {
  let after: string | undefined;
  while (!end.aborted) {
    const { url, logId } = await lives.current;
    after ??= encodeCursor(logId, 0);
    const client = createClient({
      url: `${url.replace(/^http/, 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      retryAttempts: 0,
    });
    try {
      for await (const { data, errors } of client.iterate<Changed>({ query: SUBSCRIPTION, variables: { after } })) {
        if (!data) throw new Error(JSON.stringify(errors));
        const { cursor, correlationId, onHandAfter } = data.inventoryChanged;
        after = cursor;
        delivered.push({ id: correlationId, onHand: Number(onHandAfter.value) });
        happened();
      }
    } catch {
      // Its process died: goes on with the next one.
    }
    await client.dispose();
  }
}

const SUBSCRIPTION = `subscription ($after: String) {
  inventoryChanged(after: $after) { cursor correlationId onHandAfter { value } }
}`;

interface Changed extends Record<string, unknown> {
  readonly inventoryChanged: { cursor: string; correlationId: string; onHandAfter: { value: string } };
}

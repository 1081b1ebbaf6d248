import { once } from 'node:events';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { Client, request } from 'undici';
import { WebSocket } from 'ws';
import type { GatewayProcess } from './gateway-process.ts';
import { distinctOperation, revised } from './workloads.ts';

export interface ChurnOptions {
  readonly gateway: GatewayProcess;
  /** The file that the gateway serves; it is rewritten all the time, and is what it was at the end. */
  readonly supergraph: string;
  readonly emitUrl: string;
  readonly ms: number;
  /** Counts on. */
  readonly total: Churned;
}

/** How much has come and gone. */
export interface Churned {
  requests: number;
  subscriptions: number;
  supergraphs: number;
  /** Requests without a right answer, subscriptions that were refused. */
  failed: number;
}

const REQUESTERS = 4;
const SUBSCRIBERS = 8;
const REWRITE_MS = 1_000;
const EMIT_MS = 100;
const EVENT_MS = 10_000;

/** Connections, operations, subscriptions and supergraphs, each new and soon gone, for a while. */
export async function churn({ gateway, supergraph, emitUrl, ms, total }: ChurnOptions): Promise<void> {
  const until = performance.now() + ms;
  const goesOn = () => performance.now() < until;
  const { origin, pathname } = new URL(gateway.url);
  const sdl = readFileSync(supergraph, 'utf8');

  const asks = async () => {
    while (goesOn()) {
      const { query, variables } = distinctOperation(total.requests++);
      // No operation has a name that another one had.
      const body = JSON.stringify({ query: query.replace('Items', `Items${total.requests}`), variables });
      if (!(await isAnswered(origin, pathname, body))) total.failed++;
    }
  };
  const listens = async () => {
    while (goesOn()) {
      const end = ENDS[total.subscriptions++ % ENDS.length] ?? 'close';
      const payload = JSON.stringify(revised(total.subscriptions));
      if (!(await isSubscribed(gateway.url, payload, end))) total.failed++;
    }
  };
  const rewrites = async () => {
    while (goesOn()) {
      replaceFile(supergraph, otherSupergraph(sdl, total.supergraphs++));
      await delay(REWRITE_MS);
    }
    replaceFile(supergraph, sdl);
  };
  let someListen = true;
  const emits = async () => {
    for (let event = 0; someListen; event++) {
      await (await request(emitUrl, { method: 'POST', body: String(event) })).body.dump();
      await delay(EMIT_MS);
    }
  };
  const emitting = emits();
  try {
    await Promise.all([...times(REQUESTERS, asks), ...times(SUBSCRIBERS, listens), rewrites()]);
  } finally {
    someListen = false;
    await emitting;
  }
}

/** How a client leaves: in order after an event, gone after an event, gone before one, or still unsubscribed. */
const ENDS = ['close', 'terminate', 'early', 'complete'] as const;

async function isAnswered(origin: string, path: string, body: string): Promise<boolean> {
  const client = new Client(origin);
  try {
    const headers = { 'content-type': 'application/json' };
    const answer = await client.request({ path, method: 'POST', headers, body });
    const text = await answer.body.text();
    return answer.statusCode === 200 && !text.includes('"errors":[');
  } catch {
    return false;
  } finally {
    await client.destroy();
  }
}

async function isSubscribed(url: string, payload: string, end: (typeof ENDS)[number]): Promise<boolean> {
  const socket = new WebSocket(url.replace(/^http/, 'ws'), 'graphql-transport-ws');
  const signal = AbortSignal.timeout(EVENT_MS);
  try {
    await once(socket, 'open', { signal });
    socket.send('{"type":"connection_init"}');
    await once(socket, 'message', { signal });
    socket.send(`{"type":"subscribe","id":"1","payload":${payload}}`);
    if (end === 'early') return true;
    const [data] = (await once(socket, 'message', { signal })) as [Buffer];
    if (end === 'complete') socket.send('{"type":"complete","id":"1"}');
    return (JSON.parse(data.toString()) as { readonly type: string }).type === 'next';
  } catch {
    return false;
  } finally {
    if (end === 'close' || end === 'complete') socket.close();
    else socket.terminate();
  }
}

/** One with a field more, one with another field more, and one that is cut off and cannot be served. */
function otherSupergraph(sdl: string, number: number): string {
  if (number % 5 === 4) return sdl.slice(0, sdl.length / 2);
  return sdl.replace(/^type Supplier\b[^{]*\{/m, (start) => `${start}\n  rating${number % 2}: Int`);
}

/** As a deployment does: whoever reads it finds the one or the other. */
function replaceFile(path: string, text: string): void {
  writeFileSync(`${path}.new`, text);
  renameSync(`${path}.new`, path);
}

function times<Of>(count: number, of: () => Of): Of[] {
  return Array.from({ length: count }, of);
}

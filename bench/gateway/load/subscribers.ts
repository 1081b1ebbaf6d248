import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { request } from 'undici';
import { WebSocket } from 'ws';
import { cpuMsOfTree } from '../../process-figures.ts';
import type { Sample } from '../../statistics.ts';

/** Websocket clients of a gateway, each with one subscription; an event is sent when all of them have the one before. */
export interface SubscribersJob {
  readonly kind: 'subscribers';
  readonly url: string;
  /** Of the gateway: its processor time counts from when everybody is subscribed. */
  readonly pid: number;
  /** `POST` with a number there makes the subgraphs send the event of that number, which is its `revision`. */
  readonly emitUrl: string;
  /** `POST` there tells how many subscriptions the subgraphs have. */
  readonly countUrl: string;
  /** One subscription each: the payload of `subscribe`. */
  readonly payloads: readonly string[];
  /** Ends after so many seconds, but not before `least` events. */
  readonly seconds: number;
  readonly least: number;
}

/** Operations are deliveries; a latency is from sending an event until the last subscriber has it. */
export interface SubscribersResult extends Sample {
  /** The message that brought the first event to the first subscriber. */
  readonly sample: string;
}

export async function toSubscribers({
  url,
  pid,
  emitUrl,
  countUrl,
  payloads,
  seconds,
  least,
}: SubscribersJob): Promise<SubscribersResult> {
  const audience = new Audience(payloads.length);
  const sockets: WebSocket[] = [];
  try {
    for (let from = 0; from < payloads.length; from += CONNECTING_AT_ONCE) {
      const some = payloads.slice(from, from + CONNECTING_AT_ONCE);
      sockets.push(...(await Promise.all(some.map((payload) => subscribed(url, payload, audience)))));
    }
    await untilSettled(countUrl);
    let event = 0;
    while (!(await audience.allHave(event, () => ask(emitUrl, String(event)), PROBE_MS))) {
      if (++event > MAX_PROBES) throw new Error(`${url}: not all of ${payloads.length} subscribers get events.`);
    }
    event = FIRST_EVENT;
    let sample = '';
    const latenciesMs: number[] = [];
    const cpuBefore = cpuMsOfTree(pid);
    const start = performance.now();
    const end = start + seconds * 1000;
    while (performance.now() < end || latenciesMs.length < least) {
      const begun = performance.now();
      const number = String(event);
      if (!(await audience.allHave(event, () => ask(emitUrl, number), DELIVERY_MS))) {
        throw new Error(`${url}: an event did not reach all of ${payloads.length} subscribers.`);
      }
      latenciesMs.push(performance.now() - begun);
      sample ||= audience.sample;
      event++;
    }
    const elapsedMs = performance.now() - start;
    const cpuMs = cpuMsOfTree(pid) - cpuBefore;
    return { operations: latenciesMs.length * payloads.length, elapsedMs, cpuMs, latenciesMs, sample };
  } finally {
    const closed = sockets.map((socket) => once(socket, 'close'));
    for (const socket of sockets) socket.close();
    await Promise.all(closed);
  }
}

const CONNECTING_AT_ONCE = 50;
/** There is no sure sign that a subscription stands but an event: some are sent until one reaches everybody. */
const PROBE_MS = 30_000;
const MAX_PROBES = 5;
const FIRST_EVENT = 100;
const SETTLED_MS = 500;
const DELIVERY_MS = 60_000;

/** Counts who has got an event. */
class Audience {
  sample = '';
  #fault: Error | undefined;
  #event = -1;
  #missing = 0;
  #done: () => void = () => undefined;

  constructor(readonly size: number) {}

  /** Sends an event; whether all have it in time. Throws if one of them was refused. */
  async allHave(event: number, send: () => Promise<unknown>, withinMs: number): Promise<boolean> {
    this.#event = event;
    this.#missing = this.size;
    this.sample = '';
    let deadline: NodeJS.Timeout | undefined;
    const done = new Promise<void>((resolve) => (this.#done = resolve));
    const late = new Promise<void>((resolve) => (deadline = setTimeout(resolve, withinMs)));
    await Promise.race([Promise.all([send(), done]), late]);
    clearTimeout(deadline);
    if (this.#fault) throw this.#fault;
    return this.#missing === 0;
  }

  take(message: string): void {
    if (message.includes('"errors":[')) this.fail(`An event has errors: ${message.slice(0, 500)}`);
    if (Number(/"revision":(\d+)/.exec(message)?.[1]) !== this.#event) return;
    this.sample ||= message;
    if (--this.#missing === 0) this.#done();
  }

  fail(reason: string): void {
    this.#fault ??= new Error(reason);
    this.#done();
  }
}

async function subscribed(url: string, payload: string, audience: Audience): Promise<WebSocket> {
  const socket = new WebSocket(url.replace(/^http/, 'ws'), 'graphql-transport-ws', { perMessageDeflate: false });
  socket.on('error', (error) => audience.fail(`${url}: ${error.message}`));
  await once(socket, 'open');
  socket.send('{"type":"connection_init"}');
  await once(socket, 'message');
  socket.on('message', (data: Buffer) => {
    const text = data.toString();
    const type = /"type":"(\w+)"/.exec(text.slice(0, 100))?.[1] ?? typeOf(text);
    if (type === 'next') audience.take(text);
    else if (type === 'ping') socket.send('{"type":"pong"}');
    else if (type !== 'pong') audience.fail(`${url}: a subscriber got ${text.slice(0, 500)}`);
  });
  socket.send(`{"type":"subscribe","id":"1","payload":${payload}}`);
  return socket;
}

function typeOf(text: string): string {
  return (JSON.parse(text) as { readonly type: string }).type;
}

/** Until the number of subscriptions that the gateway has at the subgraphs does not change any more. */
async function untilSettled(countUrl: string): Promise<void> {
  let before = '0';
  for (let count = await ask(countUrl); count === '0' || count !== before; count = await ask(countUrl)) {
    before = count;
    await delay(SETTLED_MS);
  }
}

async function ask(url: string, question = ''): Promise<string> {
  const { statusCode, body } = await request(url, { method: 'POST', body: question });
  const text = await body.text();
  if (statusCode !== 200) throw new Error(text);
  return text;
}

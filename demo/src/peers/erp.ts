import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { businessCentralDialect } from './erp-business-central.ts';
import { ErpBusiness } from './erp-business.ts';
import { ErpGate } from './erp-gate.ts';
import { ErpService, type ErpReply } from './erp-service.ts';
import { sapDialect } from './erp-sap.ts';
import { ErpStore } from './erp-store.ts';
import { PeerFaults, type Peer } from './peer.ts';

export interface ErpOptions {
  /** `system/instance` */
  readonly system: string;
  /** OData v2 as SAP speaks it, or v4 as Business Central does. */
  readonly dialect: 'sap' | 'business-central';
  readonly port?: number;
  readonly credentials?: { readonly user: string; readonly password: string };
  /** Beyond it: 429. */
  readonly rate?: { readonly perSecond: number; readonly burst: number };
  /** Rows that it gives at once, whatever is asked for. */
  readonly maxPageSize?: number;
  readonly clock?: () => Date;
  /** JSON lines: what it knows survives a restart. */
  readonly file?: string;
  /** How long an answer takes while `slow` is on; default 3 s. */
  readonly slowMs?: number;
}

/** An ERP of the demo plant. */
export interface Erp extends Peer {
  /** Of the service root: what an instance names as its endpoint. */
  readonly url: string;
  readonly business: ErpBusiness;
  readonly store: ErpStore;
  /** Method and path of each request that was let in, in order. */
  readonly requests: readonly string[];
  /** Sessions end: tokens for writes must be fetched anew. */
  expireTokens(): void;
  /** The next write is done, and its answer lost on the way. */
  loseNextAnswer(): void;
  /** What the next request gets instead of an answer. */
  answerNext(reply: ErpReply): void;
  /** Runs before the next answer is made, such as somebody else's change. */
  beforeNext(act: () => void): void;
}

export async function startErp(options: ErpOptions): Promise<Erp> {
  const { system, port = 0, clock = () => new Date(), file, slowMs = 3_000, maxPageSize = 5_000 } = options;
  const faults = new PeerFaults();
  const store = new ErpStore(clock, file);
  const business = new ErpBusiness(store, clock);
  const parts = { store, business, clock };
  const dialect = options.dialect === 'sap' ? sapDialect(parts) : businessCentralDialect(parts);
  const gate = new ErpGate({ ...options, hasTokens: dialect.version === 'v2' });
  const requests: string[] = [];
  const planned: ErpReply[] = [];
  const acts: (() => void)[] = [];
  let losing = false;
  const date = () => ({ date: clock().toUTCString() });
  const server = createServer((request, response) => void answer(request, response).catch(() => response.destroy()));

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (faults.isOn('down')) {
      response.destroy();
      return;
    }
    const body = await readBody(request);
    if (faults.isOn('slow')) await pause(slowMs, undefined, { ref: false });
    const { method = 'GET', url = '/', headers } = request;
    const turned = faults.isOn('busy')
      ? { status: 429, headers: { 'retry-after': '1' }, body: '' }
      : gate.check(method, headers);
    if (turned) {
      send(response, turned, service);
      return;
    }
    requests.push(`${method} ${url}`);
    const next = planned.shift();
    if (next) {
      send(response, next, service);
      return;
    }
    for (const act of acts.splice(0)) act();
    const reply = service.answer({ method, url, headers, body });
    if (method !== 'GET' && losing) {
      losing = false;
      response.destroy();
      return;
    }
    send(response, { ...reply, headers: { ...date(), ...reply.headers, ...gate.headersFor(headers) } }, service);
  }

  const service = new ErpService({ dialect, store, faults, maxPageSize, origin: () => origin });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    system,
    faults,
    url: `${origin}${dialect.base}`,
    business,
    store,
    requests,
    expireTokens: () => gate.expire(),
    loseNextAnswer: () => void (losing = true),
    answerNext: (reply) => void planned.push(reply),
    beforeNext: (act) => void acts.push(act),
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function send(response: ServerResponse, { status, headers = {}, body }: ErpReply, service: ErpService): void {
  const text = status === 200 ? service.spoil(body) : body;
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers }).end(text);
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) throw new RangeError('Too large.');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

const MAX_BODY_BYTES = 1024 * 1024;

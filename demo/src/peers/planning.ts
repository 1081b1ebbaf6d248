import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { PeerFaults, type Peer } from './peer.ts';
import { renderCycle, wireSeries, type CycleFile, type CycleFormat, type PlanningSeries } from './planning-files.ts';
import { WebhookSender, type WebhookTarget } from './planning-webhook.ts';

export type { PlanningSeries } from './planning-files.ts';
export type { WebhookTarget } from './planning-webhook.ts';

export interface PlanningOptions {
  readonly system?: string;
  readonly port?: number;
  /** What its callers must present. */
  readonly token: string;
  readonly format?: CycleFormat;
  /** Whether files come compressed to those who take it. */
  readonly gzip?: boolean;
  /** Calls that it takes in a second before it answers 429. */
  readonly requestsPerSecond?: number;
  readonly webhook?: WebhookTarget;
  readonly clock?: () => Date;
  readonly slowMs?: number;
  /** Before it delivers again. */
  readonly redeliverMs?: number;
}

export type RefreshClassName = 'CRITICAL' | 'STABLE';

export interface PlanningPeer extends Peer {
  /** Its interface. */
  readonly url: string;
  /** Every request for a cycle or a file: `GET path range`. */
  readonly requests: readonly string[];
  /** Statuses that its deliveries met; 0 for no answer. */
  readonly deliveries: readonly { readonly id: string; readonly status: number }[];
  /** Publishes the series of these classes, in place of the cycle before. */
  publishCycle(id: string, series: Readonly<Partial<Record<RefreshClassName, readonly PlanningSeries[]>>>): void;
  /** A planner corrects one critical item: the next cycle has it, and whoever wants to hears at once. */
  reviseItem(series: PlanningSeries): void;
  /** The next downloads break after so many bytes each. */
  cutDownloads(...afterBytes: number[]): void;
  /** Resolves when all deliveries were taken or given up. */
  delivered(): Promise<void>;
  /** Where its deliveries go from now on. */
  deliverTo(target: WebhookTarget): void;
}

interface Published {
  readonly id: string;
  readonly publishedAt: string;
  readonly series: readonly PlanningSeries[];
  readonly file: CycleFile;
}

/**
 * A planning platform with an interface as SaaS platforms have it: the latest cycle by refresh class, its file in CSV or
 * JSON (gzip, ETag, Range, If-Range), a bearer token, a rate limit, and signed deliveries of what planners correct.
 */
export async function startPlanningPeer(options: PlanningOptions): Promise<PlanningPeer> {
  const { system = 'planning/cloud', port = 0, format = 'csv', clock = () => new Date() } = options;
  const faults = new PeerFaults();
  const published = new Map<RefreshClassName, Published>();
  const requests: string[] = [];
  const cuts: number[] = [];
  const allow = rateLimit(options.requestsPerSecond ?? 50);
  let sender = options.webhook && senderTo(options.webhook);

  function senderTo(target: WebhookTarget): WebhookSender {
    return new WebhookSender({ target, faults, clock, firstPauseMs: options.redeliverMs ?? 1_000 });
  }

  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (faults.isOn('down')) {
      request.destroy();
      return;
    }
    requests.push(`${request.method} ${request.url} ${request.headers.range ?? ''}`.trim());
    if (requests.length > MOST_REQUESTS_KEPT) requests.shift();
    if (faults.isOn('slow')) await sleep(options.slowMs ?? 3_000);
    if (request.headers.authorization !== `Bearer ${options.token}`) return void response.writeHead(401).end();
    if (faults.isOn('busy') || !allow()) return void response.writeHead(429, { 'retry-after': '1' }).end();
    const url = new URL(request.url ?? '/', 'http://localhost');
    const refreshClass = url.searchParams.get('refreshClass') ?? 'STABLE';
    const cycle = published.get(refreshClass as RefreshClassName);
    if (request.method !== 'GET') response.writeHead(405).end();
    else if (!cycle) response.writeHead(404).end();
    else if (url.pathname === '/v1/cycles/latest') tell(response, cycle, refreshClass);
    else if (url.pathname === `/v1/cycles/${encodeURIComponent(cycle.id)}/file`) sendFile(request, response, cycle);
    else response.writeHead(404).end();
  }

  function tell(response: ServerResponse, { id, publishedAt, file }: Published, refreshClass: string): void {
    const cycle = {
      id,
      publishedAt,
      format,
      download: `cycles/${encodeURIComponent(id)}/file?refreshClass=${encodeURIComponent(refreshClass)}`,
      bytes: file.plain.length,
      etag: `"${file.tag}"`,
      sha256: file.sha256,
    };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(cycle));
  }

  function sendFile(request: IncomingMessage, response: ServerResponse, { file }: Published): void {
    const isGzip = options.gzip === true && /\bgzip\b/.test(request.headers['accept-encoding'] ?? '');
    const whole = isGzip ? file.gzip : file.plain;
    const etag = `"${file.tag}${isGzip ? '-gzip' : ''}"`;
    const from = rangeStart(request, etag);
    if (from !== undefined && from >= whole.length) {
      return void response.writeHead(416, { 'content-range': `bytes */${whole.length}` }).end();
    }
    const rest = whole.subarray(from ?? 0);
    const body = faults.isOn('corrupt') ? rest.subarray(0, Math.floor(rest.length * 0.7)) : rest;
    response.writeHead(from === undefined ? 200 : 206, {
      'content-type': format === 'csv' ? 'text/csv' : 'application/json',
      'content-length': body.length,
      'accept-ranges': 'bytes',
      etag,
      ...(isGzip && { 'content-encoding': 'gzip' }),
      ...(from !== undefined && { 'content-range': `bytes ${from}-${whole.length - 1}/${whole.length}` }),
    });
    const cut = cuts.shift();
    if (cut === undefined || cut >= body.length) response.end(body);
    else response.write(body.subarray(0, cut), () => response.destroy());
  }

  function publish(refreshClass: RefreshClassName, id: string, series: readonly PlanningSeries[]): Published {
    const cycle = { id, publishedAt: clock().toISOString(), series, file: renderCycle(series, format) };
    published.set(refreshClass, cycle);
    return cycle;
  }

  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    system,
    faults,
    requests,
    get deliveries() {
      return sender?.answers ?? [];
    },
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    publishCycle(id, series) {
      for (const [name, each] of Object.entries(series)) publish(name as RefreshClassName, id, each);
    },
    reviseItem(series) {
      const before = published.get('CRITICAL');
      const others = before?.series.filter((each) => !isSameSeries(each, series)) ?? [];
      const { id, publishedAt } = publish('CRITICAL', before?.id ?? 'unplanned', [...others, series]);
      const data = { cycle: id, publishedAt, series: [wireSeries(series)] };
      const body = JSON.stringify({ type: 'forecast.revised', timestamp: publishedAt, data });
      sender?.send({ id: `msg_${randomUUID()}`, body });
    },
    cutDownloads: (...afterBytes) => void cuts.push(...afterBytes),
    delivered: () => sender?.idle() ?? Promise.resolve(),
    deliverTo: (target) => void (sender = senderTo(target)),
    close: async () => {
      await sender?.close();
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function isSameSeries(a: PlanningSeries, b: PlanningSeries): boolean {
  return a.sku === b.sku && a.location === b.location && a.segment === b.segment && a.granularity === b.granularity;
}

/** From which byte on, if a part is asked for and what the caller has is of the same file. */
function rangeStart({ headers }: IncomingMessage, etag: string): number | undefined {
  const [, from] = /^bytes=(\d{1,15})-$/.exec(headers.range ?? '') ?? [];
  const ifRange = headers['if-range'];
  return from === undefined || (ifRange !== undefined && ifRange !== etag) ? undefined : Number(from);
}

/** So many in each second. */
function rateLimit(perSecond: number): () => boolean {
  let second = 0;
  let count = 0;
  return () => {
    const now = Math.floor(performance.now() / 1000);
    if (now !== second) [second, count] = [now, 0];
    count += 1;
    return count <= perSecond;
  };
}

const MOST_REQUESTS_KEPT = 1_000;

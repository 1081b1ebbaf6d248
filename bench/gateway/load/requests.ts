import { Pool, type Dispatcher } from 'undici';
import { cpuMsOfTree } from '../../process-figures.ts';
import type { Sample } from '../../statistics.ts';

/** Requests to a gateway, a fixed number at once, each with the next one of the bodies. */
export interface LoadJob {
  readonly kind: 'requests';
  readonly url: string;
  /** Of the gateway, whose processor time counts. */
  readonly pid: number;
  readonly bodies: readonly string[];
  /** Besides those that every request has. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Where in the bodies to begin. */
  readonly from: number;
  readonly connections: number;
  /** Ends after so many seconds, but not before `least` requests. */
  readonly seconds: number;
  readonly least: number;
}

/** How long each answer was, by URL, headers and body: the same request gets the same answer. */
const expectedBytes = new Map<string, number>();

/** Throws if an answer has errors, another status than 200, or another length than the same request got before. */
export async function underLoad({
  url,
  pid,
  bodies,
  headers = {},
  from,
  connections,
  seconds,
  least,
}: LoadJob): Promise<Sample> {
  const { origin, pathname } = new URL(url);
  const pool = new Pool(origin, { connections, pipelining: 1, headersTimeout: 120_000, bodyTimeout: 120_000 });
  const sent = { ...HEADERS, ...headers };
  const latenciesMs: number[] = [];
  const cpuBefore = cpuMsOfTree(pid);
  const start = performance.now();
  const end = start + seconds * 1000;
  let next = from;
  const worker = async () => {
    while (performance.now() < end || next - from < least) {
      const body = bodies[next++ % bodies.length] ?? '';
      const begun = performance.now();
      const { bytes, hasErrors, status } = await post(pool, { path: pathname, method: 'POST', headers: sent, body });
      latenciesMs.push(performance.now() - begun);
      const key = `${url} ${JSON.stringify(headers)} ${body}`;
      const expected = expectedBytes.get(key) ?? bytes;
      if (expectedBytes.size < MAX_EXPECTED) expectedBytes.set(key, expected);
      if (status !== 200 || hasErrors || bytes !== expected) {
        throw new Error(`${url} answered ${status} with ${bytes} bytes of ${expected}${hasErrors ? ', errors' : ''}`);
      }
    }
  };
  try {
    await Promise.all(Array.from({ length: connections }, worker));
  } finally {
    await pool.destroy();
  }
  const elapsedMs = performance.now() - start;
  return { operations: latenciesMs.length, elapsedMs, cpuMs: cpuMsOfTree(pid) - cpuBefore, latenciesMs };
}

const MAX_EXPECTED = 10_000;

/** Errors come first or last in a response: they are looked for in the first and the last part of it. */
function post(
  pool: Pool,
  request: Dispatcher.DispatchOptions,
): Promise<{ status: number; bytes: number; hasErrors: boolean }> {
  return new Promise((resolve, reject) => {
    let status = 0;
    let bytes = 0;
    let first: Buffer | undefined;
    let last: Buffer = Buffer.alloc(0);
    pool.dispatch(request, {
      onRequestStart: () => undefined,
      onResponseStart: (_controller, code) => void (status = code),
      onResponseData(_controller, chunk) {
        bytes += chunk.length;
        first ??= chunk;
        last = chunk;
      },
      onResponseEnd() {
        resolve({
          status,
          bytes,
          hasErrors: saysErrors(first?.subarray(0, EDGE)) || saysErrors(last.subarray(-EDGE)),
        });
      },
      onResponseError: (_controller, error) => reject(error),
    });
  });
}

const HEADERS = { 'content-type': 'application/json', accept: 'application/json' };
const EDGE = 2000;

function saysErrors(part: Buffer | undefined): boolean {
  return part?.includes('"errors":[') ?? true;
}

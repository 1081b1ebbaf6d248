import type { Sample } from '../../statistics.ts';
import type { GatewayProcess } from '../gateway-process.ts';
import type { SubgraphsProcess } from '../subgraphs/start.ts';
import { upTo } from '../subgraphs/world.ts';
import { startWorker } from '../worker.ts';
import type { Workload } from '../workloads.ts';
import type { Job } from './load.ts';
import type { SubscribersResult } from './subscribers.ts';

/** Who asks the gateways, in a process of its own. */
export interface Load extends AsyncDisposable {
  driver(workload: Workload, subgraphs: SubgraphsProcess, effort: Effort): LoadDriver;
}

interface Effort {
  readonly seconds: number;
  /** Only a few subscribers and a few of the requests. */
  readonly quick: boolean;
}

/** One workload towards whichever gateway. */
interface LoadDriver {
  /** A few answers, as text, to be compared with those of others. */
  readonly answers: (gateway: GatewayProcess) => Promise<string[]>;
  readonly measure: (gateway: GatewayProcess, warmUp: boolean) => Promise<Sample>;
}

export async function startLoad(): Promise<Load> {
  const worker = startWorker(new URL('load.ts', import.meta.url));
  await worker.heard();
  const measured = async <Of extends Sample>(job: Job): Promise<Of> => {
    worker.tell(job);
    const answer = (await worker.heard()) as { readonly result?: Of; readonly fault?: string };
    if (!answer.result) throw new Error(answer.fault);
    return answer.result;
  };
  return {
    driver: (workload, subgraphs, effort) =>
      workload.subscriptions
        ? subscribersDriver(workload, subgraphs, effort, (job) => measured<SubscribersResult>(job))
        : requestsDriver(workload, effort, (job) => measured(job)),
    [Symbol.asyncDispose]: () => worker.stop(),
  };
}

function requestsDriver(
  { requests, connections, distinct }: Workload,
  { seconds, quick }: Effort,
  measured: (job: Job) => Promise<Sample>,
): LoadDriver {
  const bodies = (quick && !distinct ? requests.slice(0, connections) : requests).map((request) =>
    JSON.stringify(request),
  );
  const next = new Map<string, number>();
  return {
    answers: ({ url }) =>
      Promise.all([0, 1, bodies.length - 1].map((index) => answerText(url, bodies[index % bodies.length] ?? ''))),
    async measure({ name, url, pid }, warmUp) {
      // All of the requests once, so that the subgraphs have their answers ready; new ones are new to them as well.
      const least = distinct ? MIN_DISTINCT : warmUp ? bodies.length : 1;
      const from = next.get(name) ?? COMPARED;
      const duration = warmUp ? seconds / 2 : seconds;
      const sample = await measured({
        kind: 'requests',
        url,
        pid,
        bodies,
        from,
        connections,
        seconds: duration,
        least,
      });
      next.set(name, from + sample.operations);
      return sample;
    },
  };
}

const MIN_DISTINCT = 10;
/** So many of the first were asked to compare the answers. */
const COMPARED = 2;

function subscribersDriver(
  { requests, connections }: Workload,
  { emitUrl, countUrl }: SubgraphsProcess,
  { seconds, quick }: Effort,
  measured: (job: Job) => Promise<SubscribersResult>,
): LoadDriver {
  const count = quick ? QUICK_SUBSCRIBERS : connections;
  const all = upTo(count, (index) => JSON.stringify(requests[index % requests.length]));
  const job = ({ url, pid }: GatewayProcess, payloads: readonly string[], duration: number) =>
    measured({ kind: 'subscribers', url, pid, emitUrl, countUrl, payloads, seconds: duration, least: 1 });
  return {
    async answers(gateway) {
      const { sample } = await job(gateway, all.slice(0, 1), 0);
      return [JSON.stringify((JSON.parse(sample) as { readonly payload: unknown }).payload)];
    },
    measure: (gateway, warmUp) => job(gateway, all, warmUp ? seconds / 4 : seconds),
  };
}

const QUICK_SUBSCRIBERS = 50;

async function answerText(url: string, body: string): Promise<string> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body,
  });
  const text = await response.text();
  if (response.status !== 200 || text.includes('"errors":[')) {
    throw new Error(`${url} answered ${response.status}: ${text.slice(0, 1000)}`);
  }
  return text;
}

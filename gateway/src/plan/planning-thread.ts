import { Worker } from 'node:worker_threads';
import { SupergraphRefused } from '../supergraph/supergraph.ts';
import type { PlanningAnswer, PlanningAsked, PlanningThreadData } from './planning-worker.ts';

export type PlanningResult = Extract<PlanningAnswer, { kind: 'planned' | 'refused' | 'failed' }>;

/** A thread that plans on one supergraph, one operation at a time. It does not keep the process alive. */
export interface PlanningThread {
  /** Rejects with {@link SupergraphRefused}, or with what ended the thread before it had loaded. */
  readonly loaded: Promise<void>;
  /** Not before it has loaded, and not while it plans. Rejects with what ended the thread. */
  plan(asked: PlanningAsked): Promise<PlanningResult>;
  /** Ends it, whatever it does. */
  end(): Promise<void>;
}

/** Starts a thread. `onEnd` hears once when it has ended, for whatever reason; what waits for it has been rejected then. */
export function startPlanningThread(
  sdl: string,
  { maxHeapMb, startTimeoutMs }: PlanningThreadLimits,
  onEnd: () => void,
): PlanningThread {
  const data: PlanningThreadData = { sdl };
  const worker = new Worker(bootstrap, {
    eval: true,
    execArgv: [],
    workerData: data,
    resourceLimits: { maxOldGenerationSizeMb: maxHeapMb },
  });
  worker.unref();

  let waiting: { resolve: (answer: PlanningAnswer) => void; reject: (reason: Error) => void } | undefined;
  let fault = new Error('The planning thread has been ended.');
  const nextAnswer = () =>
    new Promise<PlanningAnswer>((resolve, reject) => {
      waiting = { resolve, reject };
    }).finally(() => (waiting = undefined));
  const startTimeout = setTimeout(() => {
    fault = new Error(`A planning thread did not start within ${startTimeoutMs} ms.`);
    void worker.terminate();
  }, startTimeoutMs);

  worker.on('message', (answer: PlanningAnswer) => waiting?.resolve(answer));
  worker.on('error', (error: Error) => (fault = error));
  worker.on('exit', () => {
    waiting?.reject(fault);
    onEnd();
  });

  const loaded = nextAnswer()
    .then((answer) => {
      if (answer.kind === 'supergraph refused') throw new SupergraphRefused(answer.message);
    })
    .finally(() => clearTimeout(startTimeout));
  // Whoever needs to know asks for it.
  loaded.catch(() => undefined);

  return {
    loaded,
    async plan(asked) {
      const answer = nextAnswer();
      worker.postMessage(asked);
      return (await answer) as PlanningResult;
    },
    async end() {
      clearTimeout(startTimeout);
      await worker.terminate();
    },
  };
}

/** Node 20 reads TypeScript only where tsx is registered, and in a thread that takes a call rather than a flag. */
const bootstrap = `
  import(${JSON.stringify(import.meta.resolve('tsx/esm/api'))})
    .then(({ tsImport }) => tsImport(${JSON.stringify(new URL('planning-worker.ts', import.meta.url).href)}, ${JSON.stringify(import.meta.url)}))
    .catch((error) => setImmediate(() => { throw error; }));
`;

export interface PlanningThreadLimits {
  /** Of the thread's own heap; a thread that needs more ends, and with it what it was planning. */
  readonly maxHeapMb: number;
  /** For starting and for loading the supergraph. */
  readonly startTimeoutMs: number;
}

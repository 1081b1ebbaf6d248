import type { QueryPlan } from '@apollo/query-planner';
import { gatewayError, OperationRefused } from '../errors.ts';
import type { MadePlan, PlanMaker, PlanRequest } from './plan-maker.ts';
import { startPlanningThread } from './planning-thread.ts';
import type { PlanningResult, PlanningThread, PlanningThreadLimits } from './planning-thread.ts';

export interface PlanningPoolLimits extends PlanningThreadLimits {
  /** Threads; one is kept, the others run while there is more to plan than one can do. */
  readonly threads: number;
  /** For validating and planning one operation; then it is refused and its thread ended and replaced. */
  readonly timeoutMs: number;
  /** Operations that may wait for a thread; those beyond are refused. */
  readonly maxWaiting: number;
  /** How long one may wait; then it is refused. */
  readonly maxWaitMs: number;
  /** How long a thread beyond the first stays without work. */
  readonly idleMs: number;
}

export const defaultPlanningPoolLimits: PlanningPoolLimits = {
  threads: 2,
  timeoutMs: 5_000,
  maxWaiting: 100,
  maxWaitMs: 10_000,
  idleMs: 30_000,
  maxHeapMb: 512,
  startTimeoutMs: 30_000,
};

export interface PlanningPool extends PlanMaker {
  /** Resolves when plans can be made. Rejects with {@link SupergraphRefused}, or if no thread starts. */
  loaded(): Promise<void>;
  /** How many threads there are. */
  readonly threads: number;
}

/**
 * Plans in threads of its own, so that no operation holds up the calling thread.
 *
 * A thread is loading, then idle or planning, and ends. An operation waits, then is planned by one thread, and settles;
 * it takes nothing but its own thread with it. A thread that ends is replaced while something waits, and so that one is
 * there; but not one that failed to load, of which those who wait are told.
 */
export function createPlanningPool(sdl: string, given: Partial<PlanningPoolLimits> = {}): PlanningPool {
  const limits = { ...defaultPlanningPoolLimits, ...given };
  const threads = new Set<Thread>();
  const waiting = new Set<Job>();
  let closed = false;
  let kept = 1;

  const start = (): Thread => {
    const started = startPlanningThread(sdl, limits, () => {
      clearTimeout(thread.idle);
      threads.delete(thread);
      if (!closed && thread.state !== 'loading' && (waiting.size > 0 || threads.size < kept)) start();
    });
    const thread: Thread = { ...started, state: 'loading', idle: undefined };
    threads.add(thread);
    thread.loaded.then(
      () => rested(thread),
      (error: unknown) => {
        if (threads.size > 1) return;
        for (const job of waiting) leave(job).reject(error);
      },
    );
    return thread;
  };

  const rested = (thread: Thread) => {
    thread.state = 'idle';
    assign();
    if (thread.state !== 'idle') return;
    if (kept === 0) void thread.end();
    else if (threads.size > kept) thread.idle = setTimeout(() => void thread.end(), limits.idleMs).unref();
  };

  const assign = () => {
    for (const job of waiting) {
      const idle = [...threads].find(({ state }) => state === 'idle');
      if (!idle) {
        const isLoading = [...threads].some(({ state }) => state === 'loading');
        if (!isLoading && threads.size < limits.threads) start();
        return;
      }
      leave(job);
      void planIn(idle, job);
    }
  };

  const planIn = async (thread: Thread, job: Job): Promise<void> => {
    clearTimeout(thread.idle);
    thread.state = 'planning';
    let inTime = true;
    const timeout = setTimeout(() => {
      inTime = false;
      void thread.end();
      job.reject(refused('OPERATION_TOO_EXPENSIVE', `The operation takes more than ${limits.timeoutMs} ms to plan.`));
    }, limits.timeoutMs);
    try {
      const { query, operationName, document, variant, contract } = job.request;
      const result = await thread.plan({ query, operationName, variant, contract });
      if (!inTime) return;
      rested(thread);
      if (result.kind === 'planned') job.resolve(madeOf(result.plan));
      else job.reject(result.kind === 'refused' ? refusalOf(result, document) : new Error(result.reason));
    } catch (error) {
      if (isOutOfMemory(error)) job.reject(refused('OPERATION_TOO_EXPENSIVE', tooMuchMemory));
      else job.reject(closed ? shuttingDown() : error);
    } finally {
      clearTimeout(timeout);
    }
  };

  const leave = (job: Job): Job => {
    clearTimeout(job.wait);
    waiting.delete(job);
    return job;
  };

  start();
  return {
    async loaded() {
      await ([...threads][0] ?? start()).loaded;
    },

    get threads() {
      return threads.size;
    },

    make: (request) =>
      new Promise<MadePlan>((resolve, reject) => {
        if (closed) throw shuttingDown();
        if (waiting.size >= limits.maxWaiting) throw busy();
        const job: Job = {
          request,
          resolve,
          reject,
          wait: setTimeout(() => leave(job).reject(busy()), limits.maxWaitMs),
        };
        waiting.add(job);
        assign();
      }),

    rest() {
      kept = 0;
      for (const thread of threads) if (thread.state === 'idle') void thread.end();
    },

    async close() {
      closed = true;
      for (const job of waiting) leave(job).reject(shuttingDown());
      await Promise.all(Array.from(threads, (thread) => thread.end()));
    },
  };
}

const tooMuchMemory = 'The operation takes more memory to plan than the gateway gives it.';

function madeOf(plan: string): MadePlan {
  return { plan: JSON.parse(plan) as QueryPlan, size: plan.length };
}

/** The errors as validation found them, at their places in the client's document. */
function refusalOf(
  { errors }: Extract<PlanningResult, { kind: 'refused' }>,
  { loc }: PlanRequest['document'],
): OperationRefused {
  return new OperationRefused(
    errors.map(({ message, code, positions }) =>
      gatewayError(code, message, positions.length > 0 && loc ? { source: loc.source, positions } : {}),
    ),
  );
}

function refused(code: 'OPERATION_TOO_EXPENSIVE' | 'PLANNING_BUSY', message: string): OperationRefused {
  return new OperationRefused([gatewayError(code, message)]);
}

function busy(): OperationRefused {
  return refused('PLANNING_BUSY', 'Too many new operations are being planned. Try again later.');
}

function shuttingDown(): OperationRefused {
  return refused('PLANNING_BUSY', 'The gateway is shutting down.');
}

function isOutOfMemory(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
}

interface Thread extends PlanningThread {
  state: 'loading' | 'idle' | 'planning';
  idle: NodeJS.Timeout | undefined;
}

interface Job {
  readonly request: PlanRequest;
  readonly resolve: (made: MadePlan) => void;
  readonly reject: (reason: unknown) => void;
  readonly wait: NodeJS.Timeout;
}

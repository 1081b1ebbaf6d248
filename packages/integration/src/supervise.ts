import { dueBy, type BackingSystem, type Checkpoints, type Receiver, type ReceiverContext } from '@takt/backing-system';
import type { Clock } from '@takt/intake';
import type { Acceptor } from './accept.ts';
import { clipped } from './ids.ts';
import type { InstanceHealth } from './instance-health.ts';
import { jittered, type Pause } from './until-done.ts';

export interface Supervised {
  readonly system: Pick<BackingSystem, 'system' | 'bucket' | 'schedule'>;
  readonly receiver: Receiver;
  readonly acceptor: Acceptor;
  readonly checkpoints: Checkpoints;
  readonly health: InstanceHealth;
  readonly clock: Clock;
  readonly pause: Pause;
}

/**
 * Runs a receiver until the signal aborts: again after it rejected or ended, a second later at first and up to a minute
 * once it has failed many times in a row. Failing three times in a row the system counts as down.
 */
export async function supervise(supervised: Supervised, signal: AbortSignal): Promise<void> {
  const { system, receiver, health, clock, pause } = supervised;
  for (let failures = 0; !signal.aborted;) {
    const startedAt = clock().getTime();
    const run = new AbortController();
    const stop = AbortSignal.any([signal, run.signal]);
    const context = contextOf(supervised);
    let fault: unknown;
    try {
      await receiver.run(context, stop);
      fault = new Error('Its receiver ended.');
    } catch (rejected) {
      fault = rejected;
    }
    // What it may have left running.
    run.abort(new Error(`The receiver of ${system.system} has ended.`));
    if (signal.aborted) return;
    const isSteady = context.hasAnswered() || clock().getTime() - startedAt >= STEADY_MS;
    failures = isSteady ? 1 : failures + 1;
    const reason = clipped(fault instanceof Error ? fault.message : String(fault), MAX_REASON);
    health.observe({ kind: failures < FAILURES_TO_DOWN ? 'FAILED' : 'LEFT_ALONE', reason });
    const waitMs = Math.min(FIRST_MS * 2 ** (failures - 1), LONGEST_MS);
    await pause(jittered(waitMs), signal).catch(() => undefined);
  }
}

const FIRST_MS = 1_000;
const LONGEST_MS = 60_000;
const STEADY_MS = 60_000;
const FAILURES_TO_DOWN = 3;
const MAX_REASON = 1_000;

function contextOf({ system, acceptor, checkpoints, health, clock, pause }: Supervised) {
  let isFirst = true;
  let hasAnswered = false;
  return {
    system: system.system,
    clock,
    accept: acceptor.accept,
    checkpoints,
    async turn(signal) {
      for (;;) {
        signal.throwIfAborted();
        const waitMs = system.bucket.take();
        if (waitMs === 0) return;
        await pause(waitMs, signal);
      }
    },
    hold: (ms) => system.bucket.hold(ms),
    observe(observation) {
      hasAnswered ||= observation.kind === 'ANSWERED';
      health.observe(observation);
    },
    async due(signal) {
      signal.throwIfAborted();
      if (isFirst) isFirst = false;
      else await dueBy(system.schedule, clock(), signal);
    },
    /** Whether the system has answered since it was run. */
    hasAnswered: () => hasAnswered,
  } satisfies ReceiverContext & { hasAnswered(): boolean };
}

import { setTimeout as sleep } from 'node:timers/promises';
import { IntakeBusyError, systemClock } from '@takt/intake';
import type { Clock, InboundMessage, Outcome } from '@takt/intake';
import { Beat } from './live-beat.ts';
import type { Move } from './live-beat.ts';
import { moveForecast } from './live-forecast.ts';
import { moveMachine } from './live-machine.ts';
import { livePlant } from './live-plant.ts';
import { moveProduction } from './live-production.ts';
import { movePromise } from './live-promise.ts';
import { moveStock } from './live-stock.ts';
import type { DemoDomain } from './messages.ts';
import type { DemoOptions } from './plan.ts';
import { randomFor } from './random.ts';

export interface LiveDemoOptions {
  /** The options with which the plant was filled; another day is no harm, ids are the same. */
  readonly plant: DemoOptions;
  /** The intake of a domain. What it throws ends the demo, except IntakeBusyError, which costs one beat. */
  readonly send: (domain: DemoDomain, messages: readonly InboundMessage[]) => Promise<readonly Outcome[]>;
  readonly signal: AbortSignal;
  readonly clock?: Clock;
  /** From the end of one beat to the start of the next. Default: 2000. */
  readonly intervalMs?: number;
  /** How to wait; it may reject when the signal aborts. Default: a timer. */
  readonly wait?: (milliseconds: number, signal: AbortSignal) => Promise<unknown>;
}

/** What became of the messages. */
export interface LiveTally {
  beats: number;
  applied: number;
  /** Nothing new, or seen before. */
  duplicate: number;
  /** Rejected or dead-lettered: business goes on, and the plant corrects what it believed. */
  refused: number;
  /** Beats cut short because an intake was busy. */
  busy: number;
}

/**
 * Keeps the demo plant moving through the same intake as everything else until the signal aborts, then answers what it did.
 *
 * Each beat moves stock, so that `inventoryChanged` always has something to say; every other beat production goes on (release,
 * confirm, receive, hold, order anew), and now and then a machine fails or recovers, a supplier is late or catches up, a
 * forecast is revised. It knows the plant from the seed and learns from outcomes: after a restart over data that has moved
 * on, what it believes wrongly is refused, counted and corrected. Document numbers carry the time, so that no run repeats
 * another's.
 */
export async function liveDemo(options: LiveDemoOptions): Promise<LiveTally> {
  const { plant: plantOptions, signal, send, clock = systemClock, intervalMs = 2000, wait = waitFor } = options;
  const plant = livePlant(plantOptions);
  const random = randomFor(plantOptions.seed, 'live', clock().getTime());
  const tally: LiveTally = { beats: 0, applied: 0, duplicate: 0, refused: 0, busy: 0 };
  const start = clock().getTime();
  let documents = 0;

  while (!signal.aborted) {
    const number = ++tally.beats;
    const beat = new Beat(number, clock, random, () => `${start.toString(36)}-${String(++documents)}`.toUpperCase());
    try {
      await play(moveStock(plant, beat));
      if (number % 2 === 0) await play(moveProduction(plant, beat));
      if (number % 5 === 3) await play(moveMachine(plant, beat));
      if (number % 6 === 4) await play(moveForecast(plant, beat));
      if (number % 7 === 5) await play(movePromise(plant, beat));
    } catch (error) {
      if (!(error instanceof IntakeBusyError)) throw error;
      tally.busy++;
    }
    await pause();
  }
  return tally;

  /** One message after the other, since each may depend on how the one before ended. */
  async function play(moves: Iterable<Move>): Promise<void> {
    for (const { domain, message, settle } of moves) {
      if (signal.aborted) return;
      const [outcome] = await send(domain, [message]);
      if (!outcome) throw new Error(`The intake of ${domain} answered nothing for ${message.type} ${message.id}.`);
      if (outcome.status === 'APPLIED') tally.applied++;
      else if (outcome.status === 'DUPLICATE') tally.duplicate++;
      else tally.refused++;
      settle?.(outcome.status === 'APPLIED');
    }
  }

  async function pause(): Promise<void> {
    try {
      if (!signal.aborted) await wait(intervalMs, signal);
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }
}

function waitFor(milliseconds: number, signal: AbortSignal): Promise<unknown> {
  return sleep(milliseconds, undefined, { signal });
}

import type { Collection, DocumentStore, Stored } from '@takt/document-store';
import type { CloudEvent } from '@takt/event-log';
import { pause } from '@takt/resilience';
import { Attempts } from './attempts.ts';
import { Breaker } from './breaker.ts';
import { isSettlement, type Answer, type Connector, type Exchange, type Settlement } from './connector.ts';
import { observe, unknown, type Health, type Observation } from './health.ts';
import { openHealths } from './health-store.ts';
import type { OutboundCommand, OutboundQueue } from './queue.ts';
import type { TokenBucket } from './token-bucket.ts';

/** A command that has ended. */
export interface SettledCommand extends Pick<OutboundCommand, 'command' | 'enqueuedAt' | 'exchange' | 'wrongAnswers'> {
  readonly settlement: Settlement;
  /** RFC 3339. */
  readonly settledAt: string;
}

export interface SenderOptions {
  readonly store: DocumentStore;
  readonly queue: OutboundQueue;
  readonly connector: Connector;
  /** Of the system, shared with whoever else calls it from this process. */
  readonly bucket: TokenBucket;
  /** Of one attempt; default 10,000. */
  readonly timeoutMs?: number | undefined;
  /** Whether a command still makes sense: one that does not is withdrawn when its turn comes. */
  readonly isWanted: (command: CloudEvent) => Promise<boolean>;
  /**
   * Tells the domain how a command ended. After a crash it may be told again, the same: once it has resolved, the command
   * is forgotten. What it throws is reported, and it is told again a second later.
   */
  readonly tell: (settled: SettledCommand) => Promise<void>;
  /** Hears of what goes wrong on our side, e.g. a store that does not answer. */
  readonly onFault: (fault: unknown) => void;
  readonly clock: () => Date;
  /** Milliseconds that never go back. */
  readonly now?: () => number;
  /** Pauses in milliseconds, for tests that measure. */
  readonly pauses?: Partial<Pauses>;
}

/** In milliseconds; those of retries and breaks grow, with jitter, from the first to the longest. */
export interface Pauses {
  readonly firstRetry: number;
  readonly longestRetry: number;
  readonly firstBreak: number;
  readonly longestBreak: number;
  /** After an answer that made no sense, times how many there were. */
  readonly afterWrong: number;
}

/**
 * Sends the commands of one queue to one backing system, one at a time and in order:
 *
 * idle → (a command is added) → offering → settled: told to the domain, removed, next
 *                                        → busy or down: left alone for a while, then the same command again, for ever
 *                                        → wrong: the same command again, {@link WRONG_ANSWERS} times at most, then dead
 *
 * So nothing overtakes anything: a command is offered when all before it have ended. A refused or dead one does not stop
 * those after it, which say all that they want of their entity themselves.
 */
export class Sender {
  readonly #options: SenderOptions;
  readonly #pauses: Pauses;
  readonly #attempts: Attempts;
  readonly #breaker: Breaker;
  readonly #stopped = new AbortController();
  readonly #running: Promise<void>;
  readonly #healths: Collection<Health>;
  #health: Health;
  #keptHealth: Health | undefined;

  private constructor(options: SenderOptions, healths: Collection<Health>, health: Stored<Health> | undefined) {
    const { connector, bucket, timeoutMs = 10_000, now = () => performance.now(), clock } = options;
    const pauses = { ...PAUSES, ...options.pauses };
    this.#options = options;
    this.#pauses = pauses;
    this.#healths = healths;
    this.#keptHealth = health?.document;
    this.#health = health?.document ?? unknown(clock());
    this.#breaker = new Breaker(pauses.firstBreak, pauses.longestBreak);
    this.#attempts = new Attempts({
      connector,
      bucket,
      timeoutMs,
      maxRetries: MAX_RETRIES,
      firstPauseMs: pauses.firstRetry,
      maxPauseMs: pauses.longestRetry,
      now,
      onAttempt: (observation) => this.#observe(observation),
    });
    this.#running = this.#run(this.#stopped.signal);
  }

  static async start(options: SenderOptions): Promise<Sender> {
    const healths = await openHealths(options.store);
    const [health] = await healths.getMany([options.queue.system]);
    return new Sender(options, healths, health);
  }

  /** Cancels the attempt under way: the command stays in the queue. */
  async close(): Promise<void> {
    this.#stopped.abort();
    await this.#running;
    await this.#options.connector.close();
  }

  async #run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.#next(signal);
      } catch (error) {
        if (signal.aborted) return;
        this.#options.onFault(error);
        await pause(AFTER_FAULT_MS, signal).catch(() => undefined);
      }
    }
  }

  async #next(signal: AbortSignal): Promise<void> {
    const { queue, isWanted, tell } = this.#options;
    const { changes } = queue;
    const head = await queue.head();
    if (!head) {
      this.#observe({ kind: 'IDLE' });
      await this.#keepHealth();
      await queue.added(changes, signal);
      return;
    }
    const { command, settlement, settledAt, enqueuedAt, exchange, wrongAnswers } = head.document;
    if (settlement && settledAt !== undefined) {
      await tell({ command, settlement, settledAt, enqueuedAt, exchange, wrongAnswers });
      await queue.remove(head.id);
    } else if (await isWanted(command)) {
      await this.#offer(head, signal);
      await this.#keepHealth();
    } else {
      await queue.remove(head.id);
    }
  }

  async #offer(head: Stored<OutboundCommand>, signal: AbortSignal): Promise<void> {
    const offered = this.#breaker.pass(() => this.#attempts.offer(head.document.command, signal));
    const { answer, waitMs } = await offered;
    if (answer && isSettlement(answer)) await this.#settle(head, settlementIn(answer), exchangeIn(answer));
    else if (answer?.kind === 'WRONG') await this.#settleWrong(head, answer);
    else if (answer?.kind === 'BUSY' && answer.retryAfterMs === undefined) this.#attempts.bucket.hold(BUSY_MS);
    if (waitMs === undefined) return;
    if (answer?.kind === 'DOWN') this.#observe({ kind: 'LEFT_ALONE', reason: answer.reason });
    await this.#keepHealth();
    await pause(waitMs, signal);
  }

  async #settle(
    head: Stored<OutboundCommand>,
    settlement: Settlement,
    exchange?: Exchange,
    status: OutboundCommand['status'] = settlement.kind === 'REFUSED' ? 'REFUSED' : 'ACKNOWLEDGED',
  ): Promise<void> {
    const { queue, clock } = this.#options;
    const settledAt = clock().toISOString();
    await queue.replace(head, { ...head.document, status, settlement, settledAt, ...(exchange && { exchange }) });
  }

  async #settleWrong(head: Stored<OutboundCommand>, answer: Extract<Answer, { kind: 'WRONG' }>): Promise<void> {
    const { reason } = answer;
    const { queue } = this.#options;
    const wrongAnswers = head.document.wrongAnswers + 1;
    if (wrongAnswers < WRONG_ANSWERS) {
      this.#attempts.bucket.hold(this.#pauses.afterWrong * wrongAnswers);
      await queue.replace(head, { ...head.document, wrongAnswers });
      return;
    }
    const said = `It answered ${WRONG_ANSWERS} times what makes no sense, the last time: ${reason}`;
    await this.#settle(head, { kind: 'REFUSED', reason: said }, exchangeIn(answer), 'DEAD');
  }

  #observe(observation: Observation): void {
    this.#health = observe(this.#health, observation, this.#options.clock());
  }

  /** What changes is kept at once; that it still is UP, from time to time. */
  async #keepHealth(): Promise<void> {
    const [kept, health] = [this.#keptHealth, this.#health];
    const isSame = kept?.state === health.state && kept.reason === health.reason;
    const contactMs = Date.parse(health.lastContact ?? '') - Date.parse(kept?.lastContact ?? '');
    if (kept === health || (isSame && !(contactMs >= CONTACT_KEPT_MS))) return;
    await this.#healths.commit([{ id: this.#options.queue.system, document: health, events: [], messageIds: [] }]);
    this.#keptHealth = health;
  }
}

function settlementIn(answer: Settlement): Settlement {
  return answer.kind === 'REFUSED' ? { kind: 'REFUSED', reason: answer.reason } : { kind: answer.kind };
}

function exchangeIn(answer: Answer & { readonly exchange?: Exchange }): Exchange | undefined {
  return answer.exchange;
}

const PAUSES: Pauses = {
  firstRetry: 200,
  longestRetry: 5_000,
  firstBreak: 1_000,
  longestBreak: 60_000,
  afterWrong: 1_000,
};
const MAX_RETRIES = 3;
/** Answers to one command that make no sense before it is given up. */
export const WRONG_ANSWERS = 5;
/** How long a system is left alone that is busy and does not say for how long. */
const BUSY_MS = 5_000;
const AFTER_FAULT_MS = 1_000;
const CONTACT_KEPT_MS = 5_000;

import { setTimeout as delay } from 'node:timers/promises';
import { ServiceProcess, type Service } from './services-process.ts';
import { afterDeath } from './services-restarts.ts';

export interface SeatOptions {
  /** One line for the operator. */
  readonly log: (line: string) => void;
  /** Its process has died so often that it is not started again. */
  readonly onGivenUp: (reason: string) => void;
  /** Aborts when no process is to be started any more. */
  readonly signal: AbortSignal;
}

/**
 * The place of one process of a service.
 *
 * empty ── fill ──▶ taken ── process dies ──▶ empty, for a pause ──▶ taken
 * taken ── replace ──▶ taken by another
 * any ── clear ──▶ empty
 */
export class Seat {
  #process: ServiceProcess | undefined;
  readonly #deaths: number[] = [];

  constructor(
    readonly name: string,
    readonly service: Service,
    readonly options: SeatOptions,
  ) {}

  /** Starts the first process. Resolves when it is ready, rejects if it does not become so. */
  async fill(): Promise<void> {
    const first = this.#start();
    try {
      await first.ready(READY_MS);
      this.#take(first);
    } catch (error) {
      void first.end({ lingers: false }, END_MS);
      throw this.#told(error);
    }
  }

  /**
   * Puts another process in the place of the one that is there; resolves when the new one is ready, with a promise of
   * the former's end. If it does not become ready the former stays, unless it had to end before.
   */
  async replace(): Promise<{ readonly left: Promise<void> }> {
    const former = this.#process;
    if (!this.service.overlaps) {
      this.#process = undefined;
      await former?.end({ lingers: false }, END_MS);
    }
    const next = this.#start();
    if (!this.service.overlaps) this.#take(next);
    try {
      await next.ready(READY_MS);
    } catch (error) {
      if (this.service.overlaps) void next.end({ lingers: false }, END_MS);
      throw this.#told(error);
    }
    const present = this.#process;
    if (present === next) return { left: Promise.resolve() };
    this.#take(next);
    return { left: present?.end({ lingers: true }, END_MS) ?? Promise.resolve() };
  }

  async clear(): Promise<void> {
    const last = this.#process;
    this.#process = undefined;
    await last?.end({ lingers: false }, END_MS);
  }

  #start(): ServiceProcess {
    const started = new ServiceProcess(this.service, (line) => this.options.log(`${this.name} | ${line}`));
    this.options.log(`${this.name} starts as process ${started.pid}.`);
    return started;
  }

  #take(process: ServiceProcess): void {
    this.#process = process;
    void process.ended.then((how) => {
      if (this.#process === process) return this.#died(how);
    });
  }

  async #died(how: string): Promise<void> {
    const { log, onGivenUp, signal } = this.options;
    this.#process = undefined;
    this.#deaths.push(Date.now());
    const next = afterDeath(this.#deaths);
    if (next === 'give up') {
      onGivenUp(`${this.name} has died ${this.#deaths.length} times (${how} in the end).`);
      return;
    }
    log(`${this.name} has died (${how}) and is started again in ${next.pauseMs} ms.`);
    await delay(next.pauseMs, undefined, { signal }).catch(() => undefined);
    if (!signal.aborted && !this.#process) this.#take(this.#start());
  }

  #told(error: unknown): Error {
    return new Error(`${this.name} ${error instanceof Error ? error.message : String(error)}.`, { cause: error });
  }
}

const READY_MS = 120_000;
/** Longer than a process takes that keeps connections for a while and lets requests run as long as they may. */
const END_MS = 20_000;

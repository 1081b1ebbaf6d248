import { setTimeout as delay } from 'node:timers/promises';
import { ServiceProcess, type Service } from './services-process.ts';
import { pauseAfterDeath } from './services-restarts.ts';

export interface SeatOptions {
  /** One line for the operator. */
  readonly log: (line: string) => void;
  /** Aborts when no process is to be started any more. */
  readonly signal: AbortSignal;
}

/**
 * The place of one process of a service. Only its first process may fail to become ready for good: once it has been
 * filled, what dies is started again for as long as the seat is there.
 *
 * empty ── fill ──▶ taken ── process dies ──▶ empty, for a pause ──▶ taken
 * taken ── replace ──▶ taken by another
 * any ── clear ──▶ empty
 */
export class Seat {
  #process: ServiceProcess | undefined;
  /** When its latest processes died. */
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
    const { log, signal } = this.options;
    this.#process = undefined;
    this.#deaths.push(Date.now());
    if (this.#deaths.length > REMEMBERED_DEATHS) this.#deaths.shift();
    const pauseMs = pauseAfterDeath(this.#deaths);
    log(`${this.name} has died (${how}) and is started again in ${pauseMs} ms.`);
    await delay(pauseMs, undefined, { signal }).catch(() => undefined);
    if (!signal.aborted && !this.#process) this.#take(this.#start());
  }

  #told(error: unknown): Error {
    return new Error(`${this.name} ${error instanceof Error ? error.message : String(error)}.`, { cause: error });
  }
}

/** More than there may be until the pause is as long as it gets. */
const REMEMBERED_DEATHS = 20;
const READY_MS = 120_000;
/** Longer than a process takes that keeps connections for a while and lets requests run as long as they may. */
const END_MS = 20_000;

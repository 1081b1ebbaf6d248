import cluster, { type Worker } from 'node:cluster';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { healthOf, stopMessage, type Stop } from '@takt/serving';

/** A program of which several processes may run. Those that listen on the same port share it: connections go round. */
export interface Service {
  readonly name: string;
  /** Path of a TypeScript file in this repository. */
  readonly main: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly instances: number;
  /** Whether a new process may run beside the one that it replaces. */
  readonly overlaps: boolean;
}

/** A process of a service. It ends when this one does, however that comes about: node:cluster sees to it. */
export class ServiceProcess {
  readonly #worker: Worker;
  #hasEnded = false;
  /** How it has ended, e.g. `exit code 1` or `SIGKILL`. */
  readonly ended: Promise<string>;

  /** Starts it. `log` gets what it prints, line by line. */
  constructor(service: Service, log: (line: string) => void) {
    cluster.setupPrimary({
      exec: join(ROOT, service.main),
      args: [...service.args],
      execArgv: ['--import', import.meta.resolve('tsx')],
      silent: true,
    });
    this.#worker = cluster.fork({ TSX_TSCONFIG_PATH: join(ROOT, 'tsconfig.json'), ...service.env });
    this.#worker.on('error', (error) => log(error.message));
    const { stdout, stderr } = this.#worker.process;
    for (const output of [stdout, stderr] as (Readable | null)[]) {
      if (output) createInterface({ input: output }).on('line', log);
    }
    this.ended = once(this.#worker, 'exit').then(([code, signal]) => {
      this.#hasEnded = true;
      return signal ? String(signal) : `exit code ${code}`;
    });
  }

  get pid(): number | undefined {
    return this.#worker.process.pid;
  }

  /** Resolves when it says itself that it is ready; rejects with the reason if it ends before or takes too long. */
  async ready(withinMs: number): Promise<void> {
    let reasons: readonly string[] = ['It has not started yet'];
    let timer: NodeJS.Timeout | undefined;
    const ready = new Promise<void>((resolve, reject) => {
      this.#worker.on('message', (message: unknown) => {
        reasons = healthOf(message)?.notReady ?? reasons;
        if (reasons.length === 0) resolve();
      });
      void this.ended.then((how) => reject(new Error(`ended before it was ready (${how})`)));
      timer = setTimeout(() => reject(new Error(`is not ready: ${reasons.join(' ').replace(/\.$/, '')}`)), withinMs);
    });
    await ready.finally(() => clearTimeout(timer));
  }

  /** Tells it to stop; kills it if it has not ended in time. */
  async end(stop: Stop, withinMs: number): Promise<void> {
    if (this.#hasEnded) return;
    if (this.#worker.isConnected()) this.#worker.send(stopMessage(stop));
    const timer = setTimeout(() => this.#worker.process.kill('SIGKILL'), withinMs);
    await this.ended;
    clearTimeout(timer);
  }
}

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { ChildOptions } from './subgraph.child.ts';

/** One life of the process under test. */
export interface Life {
  readonly child: ChildProcess;
  readonly url: string;
  readonly logId: string;
  readonly ended: Promise<void>;
}

/**
 * The lives of one subgraph process, one after the other: whoever needs it asks for `current`, which is pending while
 * none is up, and rejects once there are no more.
 */
export class Lives {
  current: Promise<Life>;
  #born!: (life: Life) => void;
  #failed!: (error: unknown) => void;
  #isUp = false;

  constructor(private readonly file: string) {
    this.current = this.#next();
  }

  /** Starts a life; undefined if it died before it was up. */
  async begin(options: ChildOptions): Promise<Life | undefined> {
    const child = spawn(process.execPath, [this.file, JSON.stringify(options)], { stdio: ['pipe', 'pipe', 'pipe'] });
    let errors = '';
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => (errors += chunk));
    const ended = once(child, 'exit').then(([code, signal]) => {
      if (this.#isUp) this.current = this.#next();
      if (signal !== 'SIGKILL') this.#failed(new Error(`The process ended with ${String(code ?? signal)}:\n${errors}`));
    });
    for await (const line of createInterface({ input: child.stdout })) {
      const [url = '', logId = ''] = line.split(' ');
      const life = { child, url, logId, ended };
      this.#isUp = true;
      this.#born(life);
      return life;
    }
    await ended;
    return undefined;
  }

  #next(): Promise<Life> {
    this.#isUp = false;
    const next = new Promise<Life>((resolve, reject) => {
      this.#born = resolve;
      this.#failed = reject;
    });
    next.catch(() => undefined);
    return next;
  }
}

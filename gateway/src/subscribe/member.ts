import { setMaxListeners } from 'node:events';
import type { GraphQLError } from 'graphql';
import type { RunOptions } from '../execute/executor.ts';
import { anonymous } from '../guard/caller.ts';
import type { Caller } from '../guard/caller.ts';
import type { SharedStream } from './shared-stream.ts';
import type { Subscriber } from './subscriber.ts';

/** One subscriber of a stream, until it leaves or is ended. */
export class Member {
  readonly caller: Caller;
  #expiry: NodeJS.Timeout | undefined;
  #isOver = false;

  constructor(
    /** Changes when streams become one. */
    public stream: SharedStream,
    readonly subscriber: Subscriber,
    readonly options: RunOptions,
    readonly onFault: (fault: unknown) => void,
  ) {
    this.caller = options.caller ?? anonymous;
    setMaxListeners(0, options.signal);
    options.signal.addEventListener('abort', this.leave, { once: true });
    this.#watchExpiry();
  }

  get hasExpired(): boolean {
    return this.caller.expiresAt !== undefined && this.caller.expiresAt <= Date.now();
  }

  next(response: string, cursor: string | undefined): void {
    this.#give((subscriber) => subscriber.next(response, cursor));
  }

  place(cursor: string): void {
    this.#give((subscriber) => subscriber.place?.(cursor));
  }

  #give(give: (subscriber: Subscriber) => void): void {
    if (this.#isOver) return;
    try {
      give(this.subscriber);
    } catch (error) {
      this.leave();
      this.onFault(error);
    }
  }

  /** Lets the subscriber go; nobody tells it. */
  readonly leave = (): void => {
    if (this.#isOver) return;
    this.#isOver = true;
    clearTimeout(this.#expiry);
    this.options.signal.removeEventListener('abort', this.leave);
    this.stream.remove(this);
  };

  end(errors: readonly GraphQLError[]): void {
    if (this.#isOver) return;
    this.leave();
    try {
      this.subscriber.end(errors);
    } catch (error) {
      this.onFault(error);
    }
  }

  #watchExpiry(): void {
    const { expiresAt } = this.caller;
    if (expiresAt === undefined) return;
    const dueMs = Math.max(0, expiresAt - Date.now());
    this.#expiry = setTimeout(
      () => (this.hasExpired ? this.stream.expire(this) : this.#watchExpiry()),
      Math.min(dueMs, longestTimerMs),
    );
  }
}

const longestTimerMs = 2 ** 31 - 1;

import type { GraphQLError } from 'graphql';
import type { WebSocket } from 'ws';
import { anonymous } from '../guard/caller.ts';
import type { Caller } from '../guard/caller.ts';
import { ending } from '../subscribe/endings.ts';
import type { Subscriber } from '../subscribe/subscriber.ts';
import type { ClientIdentity } from '../usage/client-identity.ts';
import { closeCodes, isClosingCode } from './close-codes.ts';
import type { ClosingCode } from './close-codes.ts';

/** One client's websocket. */
export class SocketSession {
  caller: Caller = anonymous;
  client: ClientIdentity = { name: 'unknown', version: undefined };
  /** The contracts that it asks for when it connects. */
  pins: readonly unknown[] = [];
  /** The label of that which it was told to have, whatever becomes stable meanwhile. */
  contract: string | undefined;
  /** Why the connection is being closed: what the client says meanwhile is not heard. */
  closing: ClosingCode | undefined;
  readonly operations = new Set<SocketOperation>();
  #onIdle: (() => void) | undefined;

  constructor(readonly socket: WebSocket) {}

  /** Resolves when no operation runs. */
  idle(): Promise<void> {
    return this.operations.size === 0 ? Promise.resolve() : new Promise((resolve) => (this.#onIdle = resolve));
  }

  ended(operation: SocketOperation): void {
    this.operations.delete(operation);
    if (this.operations.size === 0) this.#onIdle?.();
  }

  /** Hears nothing more, tells every operation why, and where to go on, then closes; with the cursor in the reason if there is only one. */
  close(code: ClosingCode, cursor: string | undefined): void {
    if (this.closing) return;
    this.closing = code;
    const cursors = new Set([cursor]);
    for (const operation of [...this.operations]) {
      cursors.add(operation.cursor);
      operation.fail([ending(code, operation.cursor)]);
    }
    cursors.delete(undefined);
    const [only, ...others] = cursors;
    const reason = only === undefined || others.length > 0 ? code : `${code} ${only}`;
    this.socket.removeAllListeners('message');
    this.socket.close(closeCodes[code], Buffer.byteLength(reason) > maxReasonBytes ? code : reason);
  }
}

/** An operation of a client: writes its responses to the socket as they are. */
export class SocketOperation implements Subscriber {
  /** Behind the last response that has one, or the last place. */
  cursor: string | undefined;
  readonly #prefix: string;
  readonly #stop = new AbortController();

  constructor(
    readonly session: SocketSession,
    readonly id: string,
    /** Takes the operation off the protocol's list, so that its end is not told again. */
    readonly forget: () => void,
    /** Whether the client has asked for places, in results with nothing but `extensions.place`. */
    readonly tellsPlaces: boolean,
  ) {
    this.#prefix = `{"id":${JSON.stringify(id)},"type":"next","payload":`;
  }

  get bufferedBytes(): number {
    return this.session.socket.bufferedAmount;
  }

  next(response: string, cursor?: string): void {
    if (this.#stop.signal.aborted) return;
    this.cursor = cursor ?? this.cursor;
    this.session.socket.send(`${this.#prefix}${response}}`);
  }

  place(cursor: string): void {
    if (this.#stop.signal.aborted) return;
    if (this.tellsPlaces) this.next(JSON.stringify({ extensions: { place: cursor } }), cursor);
    else this.cursor = cursor;
  }

  end(errors: readonly GraphQLError[]): void {
    const [error] = errors;
    if (error) this.fail(errors);
    else this.#stop.abort();
    const { code, cursor } = error?.extensions ?? {};
    if (isClosingCode(code)) this.session.close(code, typeof cursor === 'string' ? cursor : undefined);
  }

  fail(errors: readonly GraphQLError[]): void {
    if (this.#stop.signal.aborted) return;
    this.session.socket.send(JSON.stringify({ id: this.id, type: 'error', payload: errors }));
    this.forget();
    this.#stop.abort();
  }

  /**
   * What the protocol's server sees of the operation: a stream without results that begins the operation when it is
   * first asked, is done when the operation has ended, and ends it when it is returned.
   */
  results(begin: (signal: AbortSignal) => void): AsyncGenerator<never, void, void> {
    const { signal } = this.#stop;
    const over = new Promise<IteratorReturnResult<void>>((resolve) => {
      const finish = () => {
        this.session.ended(this);
        resolve({ done: true, value: undefined });
      };
      signal.addEventListener('abort', finish, { once: true });
    });
    const stop = () => {
      this.#stop.abort();
      return over;
    };
    let hasBegun = false;
    const results: AsyncGenerator<never, void, void> = {
      next: () => {
        if (!hasBegun && !signal.aborted) {
          hasBegun = true;
          this.session.operations.add(this);
          begin(signal);
        }
        return over;
      },
      return: stop,
      throw: stop,
      [Symbol.asyncIterator]: () => results,
      [Symbol.asyncDispose]: async () => {
        await stop();
      },
    };
    return results;
  }
}

/** A close frame takes no more. */
export const maxReasonBytes = 123;

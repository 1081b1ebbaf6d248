import type { GraphQLError } from 'graphql';
import type { RunOptions } from '../src/execute/executor.ts';
import type { Gateway } from '../src/index.ts';
import type { Subscriber } from '../src/subscribe/subscriber.ts';

/** A subscriber that keeps what it hears; `stop` lets it go. */
export class Heard implements Subscriber {
  readonly responses: string[] = [];
  readonly cursors: (string | undefined)[] = [];
  readonly places: string[] = [];
  ended: readonly GraphQLError[] | undefined;
  bufferedBytes = 0;
  stop: () => void = () => undefined;
  #wake: (() => void)[] = [];

  next(response: string, cursor?: string): void {
    this.responses.push(response);
    this.cursors.push(cursor);
    this.#changed();
  }

  place(cursor: string): void {
    this.places.push(cursor);
    this.#changed();
  }

  end(errors: readonly GraphQLError[]): void {
    this.ended = errors;
    this.#changed();
  }

  get numbers(): number[] {
    return this.responses.flatMap((response) => {
      const { data } = JSON.parse(response) as { data?: Record<string, { number: number }> | null };
      return Object.values(data ?? {}).map(({ number }) => number);
    });
  }

  /** Of the error that it was ended with. */
  get extensions(): Record<string, unknown> | undefined {
    return this.ended?.[0]?.extensions;
  }

  /** Resolves when something holds of what has been heard. */
  async until(holds: (heard: this) => boolean): Promise<void> {
    while (!holds(this)) await new Promise<void>((resolve) => this.#wake.push(resolve));
  }

  #changed(): void {
    for (const wake of this.#wake.splice(0)) wake();
  }
}

/** Follows a subscription of a gateway. */
export async function hear(
  gateway: Gateway,
  query: string,
  { variables, ...options }: Partial<RunOptions> & { readonly variables?: Readonly<Record<string, unknown>> } = {},
): Promise<Heard> {
  const heard = new Heard();
  const runOptions = { signal: new AbortController().signal, ...options };
  heard.stop = gateway.follow(await gateway.prepare({ query, variables, ...options }), runOptions, heard);
  return heard;
}

import type { GraphQLError } from 'graphql';

/** What a run of a plan leaves for later parts of the response. */
export class Deferrals {
  readonly #ready = new Map<string, Promise<readonly GraphQLError[]>>();
  readonly #fetched = new Map<string, { readonly promise: Promise<void>; readonly resolve: () => void }>();

  /** The fetch that the plan calls `id` is over. */
  fetched(id: string): void {
    this.#fetch(id).resolve();
  }

  /** Resolves when a fetch is over. */
  whenFetched(id: string): Promise<void> {
    return this.#fetch(id).promise;
  }

  /** What the fragments labelled `label` need is being fetched; resolves with the errors of that. */
  add(label: string, ready: Promise<readonly GraphQLError[]>): void {
    // Nobody may come to ask: the response ends early when its client goes away.
    ready.catch(() => undefined);
    this.#ready.set(label, ready);
  }

  /** A fragment that the plan has nothing to fetch for is ready at once. */
  whenReady(label: string): Promise<readonly GraphQLError[]> {
    return this.#ready.get(label) ?? Promise.resolve([]);
  }

  #fetch(id: string) {
    let fetch = this.#fetched.get(id);
    if (!fetch) {
      let resolve: () => void = () => undefined;
      const promise = new Promise<void>((settle) => (resolve = settle));
      this.#fetched.set(id, (fetch = { promise, resolve }));
    }
    return fetch;
  }
}

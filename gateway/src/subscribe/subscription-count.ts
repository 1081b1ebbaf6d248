/** How many subscriptions there are, together and of each caller: one for all contracts and versions of a graph. */
export class SubscriptionCount {
  readonly #bySubject = new Map<string, number>();
  #all = 0;

  add(subject: string | undefined): void {
    this.#all++;
    if (subject !== undefined) this.#bySubject.set(subject, this.of(subject) + 1);
  }

  remove(subject: string | undefined): void {
    this.#all--;
    if (subject === undefined) return;
    const others = this.of(subject) - 1;
    if (others > 0) this.#bySubject.set(subject, others);
    else this.#bySubject.delete(subject);
  }

  get all(): number {
    return this.#all;
  }

  of(subject: string): number {
    return this.#bySubject.get(subject) ?? 0;
  }
}

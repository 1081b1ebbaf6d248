/** When an element of the graph is part of its contract, as `@lifecycle` says. Versions are `YYYY-MM`. */
export interface Lifecycle {
  /** The first version that has it; the very first unless given. */
  readonly since?: string | undefined;
  /** The first version that warns of it. */
  readonly deprecated?: string | undefined;
  /** The first version without it. */
  readonly removed?: string | undefined;
  readonly reason?: string | undefined;
  /** The coordinate of what takes its place, e.g. `ProductionOrder.status`. */
  readonly replacement?: string | undefined;
  /** Of an enum value with `since`: what versions before that show in its place. */
  readonly formerly?: string | undefined;
}

/** When an element of the graph is part of its contract, as `@lifecycle` says. Versions are `YYYY-MM`. */
export interface Lifecycle {
  /** The first version that has it; the very first unless given. */
  readonly since?: string | undefined;
  /** The first version that warns of it. */
  readonly deprecated?: string | undefined;
  /** The first version without it. */
  readonly removed?: string | undefined;
  readonly reason?: string | undefined;
  /** The coordinate of what takes its place, e.g. `ProductionOrder.status`: it is there in `removed` at the latest. */
  readonly replacement?: string | undefined;
  /** Of an enum value with `since`: what versions before that show in its place. */
  readonly formerly?: string | undefined;
}

/** Whether a text is a version, `YYYY-MM`. */
export function isVersion(text: string): boolean {
  return /^\d{4}-(0[1-9]|1[0-2])$/.test(text);
}

/** Whether an element is in a version, by its own life. */
export function isInVersion({ since, removed }: Lifecycle, version: string): boolean {
  return (since === undefined || since <= version) && (removed === undefined || version < removed);
}

/** Whether a version that has an element warns of it. */
export function isDeprecatedIn({ deprecated }: Lifecycle, version: string): boolean {
  return deprecated !== undefined && deprecated <= version;
}

/** What consumers have run, as `GET /usage` answers it. */
export interface UsageReport {
  /** The first and the last moment that it tells of, RFC 3339; both undefined if nothing was recorded. */
  readonly since: string | undefined;
  readonly until: string | undefined;
  /** Those that ran most often first. */
  readonly entries: readonly UsageEntry[];
  /** Runs beyond what is kept apart: of which contract, client and document is not known any more. */
  readonly other: UsageCount;
}

export interface UsageCount {
  /** Queries and mutations that were run, subscriptions that were begun. */
  readonly count: number;
  /** How many of them were answered with errors. */
  readonly errors: number;
}

/** One operation of one client under one contract. */
interface UsageEntry extends UsageCount {
  /** The label of the contract that served it, as in `Takt-Contract`; empty where the graph has no versions. */
  readonly contract: string;
  /** Whether the client asked for this version; if not, it takes whatever is stable. */
  readonly isPinned: boolean;
  readonly client: string;
  readonly clientVersion: string | undefined;
  readonly operationName: string | undefined;
  /** SHA-256 of `document`, in lower-case hex. */
  readonly hash: string;
  /** As it was sent, with every string written as `""` and every number as `0`. */
  readonly document: string;
  /** RFC 3339 */
  readonly firstSeen: string;
  readonly lastSeen: string;
  /**
   * Schema coordinates of what the operation uses of its contract, sorted: `Type.field`, `Type.field(argument:)`,
   * `Input.field`, `Enum.VALUE`, and `Type` of variables, whose values are not recorded. None if there is no such
   * contract any more.
   */
  readonly fields: readonly string[];
}

/** Which versions and audiences of the graph there are. Kept in `schema/contracts/contracts.json`, carried by the supergraph. */
export interface ContractList {
  /** What is served where no version is asked for; one of `releases`. */
  readonly stable: string;
  /** `YYYY-MM` of the version that is coming, served as `next`: it may change until it is released. */
  readonly next: string;
  /** The oldest first. */
  readonly releases: readonly Release[];
  /** By name. Who is of none sees everything. */
  readonly audiences: Readonly<Record<string, Audience>>;
}

export interface Release {
  /** `YYYY-MM` */
  readonly version: string;
  /** `YYYY-MM-DD` */
  readonly released: string;
  /** `YYYY-MM-DD`: the last day on which it is served, in UTC; open unless given. */
  readonly sunset?: string | undefined;
}

/** A part of the graph, chosen by `@tag`. */
export interface Audience {
  readonly description: string;
  /** Only elements with one of these tags; everything unless given. */
  readonly include?: readonly string[] | undefined;
  /** Never elements with one of these tags. */
  readonly exclude?: readonly string[] | undefined;
}

/** Work that has to find its place: an order, or one that is to be made. Instants are milliseconds since 1970. */
export interface Job {
  /** What it is called; no two are called the same. */
  readonly id: string;
  /** In their order; none begins before the one before it has ended. */
  readonly operations: readonly JobOperation[];
  /** It must not begin before. */
  readonly earliest: number;
  /** It should end by then. */
  readonly due: number;
}

export interface JobOperation {
  readonly sequence: number;
  readonly name?: string;
  /** Where it may be done, the preferred one first; nowhere in particular if there is none. */
  readonly places: readonly JobPlace[];
  /** How long it takes where it is done nowhere in particular, in milliseconds of the clock. */
  readonly elapsed: number;
  /** How much of a work center's capacity it takes. */
  readonly units: number;
  /** Milliseconds that have to pass between the end of the operation before and its beginning. */
  readonly wait: number;
}

export interface JobPlace {
  readonly workCenter: string;
  /** Planned minutes, whatever the efficiency. */
  readonly minutes: number;
  /** Milliseconds of its worked time. */
  readonly length: number;
}

/** A job's operations in their places, in their order. */
export type Placement = readonly PlacedOperation[];

export interface PlacedOperation {
  readonly start: number;
  readonly end: number;
  /** Undefined where it is done nowhere in particular. */
  readonly place: JobPlace | undefined;
  /** Where it begins in the worked time of its place. */
  readonly worked: number;
}

export function startOf(placement: Placement): number {
  return placement[0]?.start ?? NaN;
}

export function endOf(placement: Placement): number {
  return placement.at(-1)?.end ?? NaN;
}

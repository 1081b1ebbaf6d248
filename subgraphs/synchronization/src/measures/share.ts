/** So many of so many. */
export interface Share {
  readonly part: number;
  readonly whole: number;
  readonly percent: number;
}

/** Null if there is nothing that it could be a share of. */
export function shareOf(part: number, whole: number): Share | null {
  return whole === 0 ? null : { part, whole, percent: (100 * part) / whole };
}

/** Days of a plant's calendar. */
export interface Period {
  readonly from: string;
  /** The first day that is not in it. */
  readonly to: string;
}

import type { CanonicalMessage } from './mapping.ts';

/** One thing that a document says, as its connector reads it: JSON with names of the source's own protocol. */
export type SourceRecord = {
  /** Where it stands, e.g. `line 12` or `segment 45 (FST)`. */
  readonly place: string;
} & (
  | {
      /** What it is, e.g. `A_ProductionOrder` or `830`: a mapping's rules choose by it. */
      readonly type: string;
      readonly data: unknown;
      /** By which people look for it, e.g. an order's. */
      readonly documentNumbers?: readonly string[];
    }
  /** It cannot be read, others can. */
  | { readonly fault: SourceFault }
  /** It says what it means in our own words: nothing to be mapped. */
  | { readonly message: CanonicalMessage; readonly documentNumbers?: readonly string[] }
);

export interface SourceFault {
  /** E.g. `BAD_ROW`. */
  readonly code: string;
  readonly reason: string;
}

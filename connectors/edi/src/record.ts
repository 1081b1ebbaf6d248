import type { ForecastBuckets } from './forecast-buckets.ts';
import type { Segment } from './segment.ts';

/** What a message says, whichever standard it is written in; dates are ISO, quantities canonical decimals. */
export interface Transaction {
  readonly head: Head;
  readonly lines: readonly Line[];
}

/** Of all lines of a message. */
export interface Head {
  /** Of the document: BFR02, BAK03, BSN02, BGM 1004, … */
  readonly number: string;
  /** As coded: BFR01, BGM 1225. */
  readonly purpose?: string | undefined;
  readonly date?: string | undefined;
  /** Purchase order or agreement that holds for lines that name none. */
  readonly order?: string | undefined;
  readonly release?: string | undefined;
  readonly horizon?: { readonly from?: string | undefined; readonly to?: string | undefined } | undefined;
  readonly parties: Parties;
  /** Of a ship notice. */
  readonly shippedOn?: string | undefined;
  readonly expectedOn?: string | undefined;
}

/** By role: `buyer`, `supplier`, `shipTo`, `shipFrom`, `warehouse`, else the standard's code. */
export type Parties = Readonly<Record<string, Party>>;

export interface Party {
  readonly id?: string | undefined;
  readonly name?: string | undefined;
}

/** One line: what it says, or why it alone cannot be used. */
export type Line = { readonly segment: Segment } & ({ readonly data: LineData } | { readonly problem: Problem });

export interface LineData {
  readonly number?: string | undefined;
  /** Of the purchase order or agreement; `schedule` where the message says which of its schedule lines is meant. */
  readonly order?: OrderReference | undefined;
  readonly item: ItemIds;
  readonly unit?: string | undefined;
  readonly cumulatives?: Cumulatives | undefined;
  /** Of planning and call-off schedules. */
  readonly schedules?: readonly Schedule[] | undefined;
  readonly forecast?: ForecastBuckets | undefined;
  /** Of a reply: what was ordered, each answer, and what they come to. */
  readonly ordered?: string | undefined;
  readonly answers?: readonly Answer[] | undefined;
  readonly reply?: Reply | undefined;
  /** Of a ship notice. */
  readonly shipped?: string | undefined;
  readonly packs?: readonly Pack[] | undefined;
  /** Of an inventory report: by the standard's qualifier. */
  readonly stock?: readonly StockQuantity[] | undefined;
  readonly parties?: Parties | undefined;
  /** Segments that no reader of ours looks at, as they were; at most {@link ASIDE_KEPT}. */
  readonly aside?: readonly string[] | undefined;
}

export interface OrderReference {
  readonly number: string;
  readonly line?: string | undefined;
  readonly schedule?: string | undefined;
}

/** By who gave the number; others by the standard's qualifier. */
export type ItemIds = Readonly<Record<string, string>>;

export interface Cumulatives {
  readonly required?: string | undefined;
  readonly shipped?: string | undefined;
  readonly received?: string | undefined;
  /** Day from which they count. */
  readonly since?: string | undefined;
}

export interface Schedule {
  /** Its first day; with `.2`, `.3`, … for another of the same day. */
  readonly key: string;
  readonly quantity: string;
  readonly from: string;
  readonly to?: string | undefined;
  readonly level: 'FIRM' | 'PLANNED' | 'FORECAST';
  readonly granularity?: 'DAY' | 'WEEK' | 'MONTH' | undefined;
  /** Of all schedules so far. */
  readonly cumulative?: string | undefined;
  /** Of a delivery order or call-off. */
  readonly reference?: string | undefined;
}

export interface Answer {
  /** ACK01 or LIN 1229. */
  readonly code: string;
  readonly quantity?: string | undefined;
  readonly date?: string | undefined;
}

export interface Reply {
  readonly confirmation: 'PENDING' | 'ACCEPTED' | 'ACCEPTED_WITH_CHANGE' | 'REJECTED' | 'BACKORDERED' | 'PARTIAL';
  readonly committed?: string | undefined;
  readonly committedOn?: string | undefined;
  readonly reason?: string | undefined;
}

/** From the outermost to the one that holds the item. */
interface Pack {
  readonly id: string;
  readonly level: string;
  /** Serial shipping container codes and other marks. */
  readonly marks: readonly string[];
}

interface StockQuantity {
  readonly qualifier: string;
  readonly quantity: string;
  readonly lot?: string | undefined;
}

/** What is wrong with an element or a segment. */
export interface Problem {
  readonly segment: Segment;
  readonly element?: number | undefined;
  readonly component?: number | undefined;
  readonly kind: 'MISSING_ELEMENT' | 'BAD_DATE' | 'BAD_NUMBER' | 'BAD_CODE' | 'MISSING_SEGMENT' | 'CONTRADICTION';
  readonly reason: string;
}

/** Thrown within one line or message, caught by who reads it. */
export class ProblemError extends Error {
  constructor(readonly problem: Problem) {
    super(problem.reason);
    this.name = 'ProblemError';
  }
}

export const ASIDE_KEPT = 20;

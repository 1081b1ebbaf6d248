import type { ErpBusiness } from './erp-business.ts';
import type { Wire } from './erp-filter.ts';
import type { ErpStore } from './erp-store.ts';

/** How one make of ERP shows what it knows, and what may be written there. */
export interface ErpDialect {
  readonly version: 'v2' | 'v4';
  /** Path below the server's root. */
  readonly base: string;
  readonly sets: Readonly<Record<string, ErpEntitySet>>;
  /** What is no entity set: function imports and actions by their path, e.g. `API_X_SRV/Release` or `orders/Ns.release`. */
  readonly actions: Readonly<Record<string, (given: Wire) => Wire | undefined>>;
}

export interface ErpEntitySet {
  readonly key: readonly string[];
  rows(): readonly ErpRow[];
  /** Names of rows gone since a version, as ids of entities. */
  removedSince?(version: number): readonly Wire[];
  patch?(key: Wire, body: Wire): void;
  /** Answers the new entity. */
  create?(body: Wire): Wire;
}

export interface ErpRow {
  /** With navigations whole; those that nobody expands are left out. */
  readonly wire: Wire;
  readonly navigations: readonly string[];
  readonly version: number;
  /** Where its own changes are not those of its table's row. */
  readonly etag?: string;
}

export interface ErpParts {
  readonly store: ErpStore;
  readonly business: ErpBusiness;
  readonly clock: () => Date;
}

/** A body's field as text; refuses what is not. */
export function textIn(body: Wire, field: string): string | undefined {
  const value = body[field];
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string' || typeof value === 'number') return String(value);
  throw new RangeError(`Property ${field} has an invalid value`);
}

import { plus } from './amount.ts';

/** Value of the stock of a plant, of one product family: as it is, and what changed it day by day. */
export interface StockLedger {
  readonly plant: string;
  /** Null: of products without one. */
  readonly family: string | null;
  readonly value: string;
  /** The first day of which anything is known. */
  readonly since: string;
  /** The latest {@link DAYS_KEPT} on which something changed, in order of time. */
  readonly days: Readonly<Record<string, LedgerDay>>;
  /** The latest entries, at most {@link ENTRIES_KEPT}: what comes again is recognised. */
  readonly entries: readonly string[];
}

export interface LedgerDay {
  /** Value at the end of the day less value at its beginning. */
  readonly change: string;
  /** Value of what was issued, less what of it was taken back. */
  readonly issued: string;
}

export interface LedgerEntry extends LedgerDay {
  readonly plant: string;
  readonly family: string | null;
  readonly day: string;
  /** Unique for ever within the ledger. */
  readonly entry: string;
}

/** Books an entry; one that is booked changes nothing. */
export function withEntry(ledger: StockLedger | undefined, booked: LedgerEntry): StockLedger {
  const { plant, family, day, entry, change, issued } = booked;
  const before: StockLedger = ledger ?? { plant, family, value: '0', since: day, days: {}, entries: [] };
  if (before.entries.includes(entry)) return before;
  const known = before.days[day] ?? { change: '0', issued: '0' };
  const days = { ...before.days, [day]: { change: plus(known.change, change), issued: plus(known.issued, issued) } };
  const kept = Object.keys(days).sort().slice(-DAYS_KEPT);
  return {
    ...before,
    value: plus(before.value, change),
    since: day < before.since ? day : before.since,
    days: Object.fromEntries(kept.flatMap((each) => (days[each] ? [[each, days[each]]] : []))),
    entries: [...before.entries, entry].slice(-ENTRIES_KEPT),
  };
}

/** The first day of which these ledgers have all that changed; undefined if there are none. */
export function knownFrom(ledgers: readonly StockLedger[]): string | undefined {
  const [since] = ledgers.map((ledger) => ledger.since).sort();
  const cut = ledgers.flatMap(({ days }) => {
    const kept = Object.keys(days);
    return kept.length < DAYS_KEPT ? [] : (kept[0] ?? []);
  });
  return since === undefined ? undefined : [since, ...cut].sort().at(-1);
}

const DAYS_KEPT = 800;
/** Entries come again only as long as what caused them is not written: at most 512 of a log or a snapshot. */
const ENTRIES_KEPT = 600;

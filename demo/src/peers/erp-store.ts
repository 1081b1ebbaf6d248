import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';

/** What an ERP of the demo plant knows, by the numbers that it uses itself. Quantities are decimal text, times RFC 3339. */
export interface ErpTables {
  readonly items: ErpItem;
  readonly orders: ErpOrder;
  readonly stock: ErpStock;
  readonly forecasts: ErpForecast;
  readonly movements: ErpMovement;
  readonly confirmations: ErpConfirmation;
}
export type ErpTable = keyof ErpTables;

export interface ErpItem {
  readonly number: string;
  readonly description: string;
  readonly type: 'FINISHED' | 'SEMI_FINISHED' | 'RAW';
  /** The ERP's own code, such as `ST`. */
  readonly unit: string;
  readonly group?: string;
  readonly weight?: string;
  /** Where it is kept and how. */
  readonly plants: readonly { readonly plant: string; readonly planner?: string; readonly safetyStock?: string }[];
}

export interface ErpOrder {
  readonly number: string;
  readonly item: string;
  readonly plant: string;
  readonly quantity: string;
  readonly unit: string;
  readonly start: string;
  readonly end: string;
  /** System statuses such as CRTD, REL, PCNF. */
  readonly statuses: readonly string[];
  readonly operations: readonly ErpOperation[];
  readonly components: readonly ErpComponent[];
  readonly delivered: string;
}

export interface ErpOperation {
  /** Such as `0010`. */
  readonly number: string;
  readonly name: string;
  readonly workCenter: string;
  readonly start: string;
  readonly end: string;
  readonly yield: string;
  readonly status: 'PLANNED' | 'RELEASED' | 'PARTIALLY_CONFIRMED' | 'CONFIRMED';
}

interface ErpComponent {
  readonly item: string;
  readonly quantity: string;
  readonly unit: string;
  readonly withdrawn: string;
  /** Number of the operation that takes it. */
  readonly operation: string;
}

export interface ErpStock {
  readonly item: string;
  readonly plant: string;
  readonly lot?: string;
  /** 01 unrestricted, 02 quality inspection, 07 blocked. */
  readonly type: '01' | '02' | '07';
  readonly quantity: string;
  readonly unit: string;
}

export interface ErpForecast {
  readonly item: string;
  readonly plant: string;
  readonly version: string;
  readonly unit: string;
  readonly periodType: 'D' | 'W' | 'M';
  /** `start` is a date. */
  readonly periods: readonly { readonly start: string; readonly quantity: string }[];
}

export interface ErpMovement {
  readonly document: string;
  readonly line: string;
  /** SAP's numbers: 101 receipt, 102 its reversal, 261 issue to an order, 551 scrap, 701 count. */
  readonly type: string;
  readonly item: string;
  readonly plant: string;
  readonly lot?: string;
  readonly quantity: string;
  readonly unit: string;
  readonly order?: string;
  readonly at: string;
}

export interface ErpConfirmation {
  readonly number: string;
  readonly order: string;
  readonly operation: string;
  readonly yield: string;
  readonly scrap: string;
  readonly rework: string;
  readonly final: boolean;
  readonly reversed: boolean;
  readonly text: string;
  readonly at: string;
}

/** A row as it is kept. */
export interface Kept<Row> {
  readonly row: Row;
  /** Milliseconds. */
  readonly changedAt: number;
  /** Grows with each change of anything: makes ETags and delta tokens. */
  readonly version: number;
}

/** Rows by table and key, optionally in a file of JSON lines, of which a half-written last one counts for nothing. */
export class ErpStore {
  readonly #tables = new Map<ErpTable, Map<string, Kept<unknown>>>();
  readonly #removed: { readonly table: ErpTable; readonly key: string; readonly version: number }[] = [];
  readonly #clock: () => Date;
  readonly #file: string | undefined;
  #version = 0;
  #attempted: Line[] | undefined;

  constructor(clock: () => Date, file?: string) {
    this.#clock = clock;
    this.#file = file;
    if (file === undefined || !existsSync(file)) return;
    const text = readFileSync(file, 'utf8');
    const whole = text.slice(0, text.lastIndexOf('\n') + 1);
    if (whole.length < text.length) writeFileSync(file, whole);
    for (const line of whole.split('\n').slice(0, -1)) this.#replay(JSON.parse(line) as Line);
  }

  get version(): number {
    return this.#version;
  }

  all<Table extends ErpTable>(table: Table): readonly Kept<ErpTables[Table]>[] {
    return [...(this.#tables.get(table)?.values() ?? [])] as Kept<ErpTables[Table]>[];
  }

  find<Table extends ErpTable>(table: Table, key: string): Kept<ErpTables[Table]> | undefined {
    return this.#tables.get(table)?.get(key) as Kept<ErpTables[Table]> | undefined;
  }

  put<Table extends ErpTable>(table: Table, key: string, row: ErpTables[Table]): void {
    this.#write({ table, key, row, changedAt: this.#clock().getTime() });
  }

  remove(table: ErpTable, key: string): void {
    this.#write({ table, key, changedAt: this.#clock().getTime() });
  }

  /** Keys of rows that are gone since a version. */
  removedSince(table: ErpTable, version: number): readonly string[] {
    return this.#removed.filter((gone) => gone.table === table && gone.version > version).map(({ key }) => key);
  }

  /** Keeps what `act` writes only if it answers true. */
  attempt(act: () => boolean): void {
    const before = new Map([...this.#tables].map(([table, rows]) => [table, new Map(rows)]));
    const written: Line[] = [];
    this.#attempted = written;
    const isGood = act();
    this.#attempted = undefined;
    if (isGood) this.#append(written);
    else for (const [table, rows] of before) this.#tables.set(table, rows);
  }

  #write(line: Line): void {
    this.#replay(line);
    if (this.#attempted) this.#attempted.push(line);
    else this.#append([line]);
  }

  #append(lines: readonly Line[]): void {
    if (this.#file === undefined || lines.length === 0) return;
    appendFileSync(this.#file, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  }

  #replay({ table, key, row, changedAt }: Line): void {
    this.#version += 1;
    const rows = this.#tables.get(table) ?? new Map<string, Kept<unknown>>();
    this.#tables.set(table, rows);
    if (row === undefined) {
      rows.delete(key);
      this.#removed.push({ table, key, version: this.#version });
      if (this.#removed.length > MOST_REMOVED) this.#removed.shift();
    } else {
      rows.set(key, { row, changedAt, version: this.#version });
    }
  }
}

interface Line {
  readonly table: ErpTable;
  readonly key: string;
  readonly row?: unknown;
  readonly changedAt: number;
}

const MOST_REMOVED = 10_000;

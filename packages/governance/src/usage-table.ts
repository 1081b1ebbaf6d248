import { operationOf, type UsageEntry, versionOf } from './usage-report.ts';

/** One element that an operation of a client uses. */
export interface FieldUse {
  readonly contract: string;
  readonly client: string;
  readonly operation: string;
  readonly field: string;
  readonly count: number;
  /** RFC 3339 */
  readonly lastSeen: string;
  /** `YYYY-MM`, of what is deprecated in its contract. */
  readonly deprecated: string | undefined;
  readonly removed: string | undefined;
}

/** When an element is deprecated and gone, by its coordinate. */
export type Dates = ReadonlyMap<
  string,
  { readonly deprecated?: string | undefined; readonly removed?: string | undefined }
>;

/** By contract, client, operation and field. `next` is the version that label means. */
export function fieldUses(entries: readonly UsageEntry[], dates: Dates, next: string): FieldUse[] {
  const uses = entries.flatMap((entry) =>
    entry.fields.map((field): FieldUse => {
      const life = dates.get(field);
      const version = versionOf(entry.contract) === 'next' ? next : versionOf(entry.contract);
      const isDeprecated = life?.deprecated !== undefined && life.deprecated <= version;
      const { contract, client, count, lastSeen } = entry;
      const [deprecated, removed] = isDeprecated ? [life.deprecated, life.removed] : [];
      return { contract, client, operation: operationOf(entry), field, count, lastSeen, deprecated, removed };
    }),
  );
  return uses.toSorted((one, other) => keyOf(one).localeCompare(keyOf(other)));
}

/** Columns for people; what is the same as in the line above is not said again. */
export function usageTable(uses: readonly FieldUse[]): string {
  if (uses.length === 0) return 'Nothing was used.\n';
  const rows = uses.map(({ contract, client, operation, field, count, lastSeen, deprecated, removed }) => {
    const life =
      deprecated === undefined ? '' : `since ${deprecated}${removed === undefined ? '' : `, gone in ${removed}`}`;
    return [contract, client, operation, field, String(count), lastSeen.slice(0, 10), life];
  });
  const table = [['VERSION', 'CLIENT', 'OPERATION', 'FIELD', 'RUNS', 'LAST', 'DEPRECATED'], ...rows];
  const widths = table[0]?.map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0))) ?? [];
  const lines = table.map((row, index) => {
    const above = table[index - 1] ?? [];
    const same = row.findIndex((cell, column) => column >= GROUPS || cell !== above[column]);
    return row
      .map((cell, column) =>
        column === RUNS ? cell.padStart(widths[column] ?? 0) : (column < same ? '' : cell).padEnd(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd();
  });
  return `${lines.join('\n')}\n`;
}

const GROUPS = 3;
const RUNS = 4;

function keyOf({ contract, client, operation, field }: FieldUse): string {
  return [contract, client, operation, field].join('\u0000');
}

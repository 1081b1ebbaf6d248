import { sinceLiteral } from './literals.ts';
import type { Cursor } from './progress.ts';
import { DEFAULT_PAGE_SIZE, milliseconds, type EntitySet, type Version } from './settings.ts';

/** Path and query of a page that no link of the system's names. `since`: what changed from then on, less the overlap. */
export function queryOf(
  set: EntitySet,
  version: Version,
  cursor: Exclude<Cursor, { at: 'link' }>,
  since: string | undefined,
): string {
  const { path, expand, select, pageSize = DEFAULT_PAGE_SIZE } = set;
  const skip = cursor.at === 'row' ? cursor.skip : 0;
  const options: [string, string | undefined][] = [
    ['$filter', filterOf(set, version, since)],
    ['$select', select?.join(',')],
    ['$expand', expand?.join(',')],
    ...(set.paging === 'server' ? [] : clientPage(set, version, pageSize, skip)),
    ...(version === 'v2' ? ([['$format', 'json']] as [string, string][]) : []),
  ];
  const query = options.flatMap(([name, value]) => (value === undefined ? [] : `${name}=${encodeURIComponent(value)}`));
  return query.length > 0 ? `${path}?${query.join('&')}` : path;
}

/** The key of a row by which a page is joined to the one before; undefined if it has none. */
export function rowKey(set: EntitySet, row: unknown): string | undefined {
  if (typeof row !== 'object' || row === null) return undefined;
  const values = set.key.map((field) => (row as Readonly<Record<string, unknown>>)[field]);
  return values.includes(undefined) ? undefined : JSON.stringify(values);
}

function clientPage(set: EntitySet, version: Version, pageSize: number, skip: number): [string, string | undefined][] {
  return [
    ['$orderby', set.key.join(',')],
    ['$top', String(pageSize)],
    ['$skip', skip > 0 ? String(skip) : undefined],
    version === 'v2' ? ['$inlinecount', 'allpages'] : ['$count', 'true'],
  ];
}

function filterOf({ filter, changedOn }: EntitySet, version: Version, since: string | undefined): string | undefined {
  if (!changedOn || since === undefined) return filter;
  const from = new Date(Date.parse(since) - milliseconds(changedOn.overlap ?? DEFAULT_OVERLAP));
  const changed = `${changedOn.field} ge ${sinceLiteral(from, changedOn.type, version)}`;
  return filter === undefined ? changed : `(${filter}) and ${changed}`;
}

const DEFAULT_OVERLAP = '2m';

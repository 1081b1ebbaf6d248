import type { Caller } from '../guard/caller.ts';

/** Which program asks, as it says itself: nothing is decided by it. */
export interface ClientIdentity {
  readonly name: string;
  readonly version: string | undefined;
}

type Given = Readonly<Record<string, unknown>>;

/**
 * `Takt-Client: NAME[/VERSION]`, else Apollo's `apollographql-client-name` and `-version`: of a websocket's
 * connectionParams, else of the headers. Else the caller's subject, else `unknown`. Names are at most 64 characters of
 * a bounded alphabet; others become `_`.
 */
export function clientOf(
  headers: Given,
  connectionParams: Given | null | undefined,
  caller: Pick<Caller, 'subject'>,
): ClientIdentity {
  return (
    (connectionParams ? said(lowerCased(connectionParams)) : undefined) ??
    said(headers) ?? { name: cleaned(caller.subject) ?? 'unknown', version: undefined }
  );
}

function said(given: Given): ClientIdentity | undefined {
  const [, ownName, ownVersion] =
    nameAndVersion.exec(textOf(given['takt-client'])?.trim().slice(0, longestBoth) ?? '') ?? [];
  const own = cleaned(ownName);
  if (own !== undefined) return { name: own, version: cleaned(ownVersion) };
  const name = cleaned(textOf(given['apollographql-client-name']));
  return name === undefined ? undefined : { name, version: cleaned(textOf(given['apollographql-client-version'])) };
}

/** The name of an npm package may have a scope. */
const nameAndVersion = /^(@[^/]*\/[^/]*|[^/]*)(?:\/(.*))?$/s;

function lowerCased(given: Given): Given {
  const names = ['takt-client', 'apollographql-client-name', 'apollographql-client-version'];
  return Object.fromEntries(
    Object.entries(given)
      .map(([name, value]) => [name.toLowerCase(), value] as const)
      .filter(([name]) => names.includes(name)),
  );
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function cleaned(text: string | undefined): string | undefined {
  const clean = text?.slice(0, longest).trim().replace(unusual, '_');
  return clean === '' ? undefined : clean;
}

const longest = 64;
/** A name, which may be cut, and a version. Who names itself decides how much is looked at. */
const longestBoth = 1_000;
const unusual = /[^\w .@/:+-]/g;

import type { ContractList } from '../contracts/contract-list.ts';
import type { ContractName } from '../contracts/contract.ts';
import { contractLabel } from '../contracts/contracts.ts';
import type { Lifecycle } from '../contracts/lifecycle.ts';
import { sunsetOf } from './contract-choice.ts';

/** What every answer tells of the contract that it is by, and of how long that lasts. As in HTTP headers. */
export interface ContractNotice {
  readonly contract: string;
  /** Since when it is deprecated, by RFC 9745: `@` and seconds since 1970. */
  readonly deprecation?: string;
  /** When it is not served any more, by RFC 8594. */
  readonly sunset?: string;
  /** Where the client reads what to do, if something is deprecated. */
  readonly link?: string;
}

/** Of a version, and of the elements that an operation uses of it: a version with a sunset is deprecated since the next one. */
export function noticeOf(
  list: ContractList,
  name: ContractName,
  used: readonly Pick<Lifecycle, 'deprecated' | 'removed'>[] = [],
): ContractNotice {
  const contract = contractLabel(name);
  const index = list.releases.findIndex(({ version }) => version === name.version);
  const release = list.releases[index];
  const end = release && sunsetOf(release);
  const successor = end === undefined ? undefined : list.releases[index + 1];
  const deprecation = earliest([
    successor && Date.parse(`${successor.released}T00:00:00Z`),
    ...used.map(({ deprecated }) => firstDayOf(deprecated)),
  ]);
  const sunset = end ?? earliest(used.map(({ removed }) => firstDayOf(removed)));
  if (deprecation === undefined && sunset === undefined) return { contract };
  // The changes of a version are told of the whole contract; an audience has the reasons beside what goes.
  const version = successor && name.audience === undefined ? list.stable : name.version;
  const docs = contractLabel({ ...name, version });
  return {
    contract,
    ...(deprecation !== undefined && { deprecation: `@${deprecation / 1000}` }),
    ...(sunset !== undefined && { sunset: new Date(sunset).toUTCString() }),
    link: `</docs/${docs}>; rel="deprecation"`,
  };
}

/** The same as headers of a response. */
export function headersOf({ contract, deprecation, sunset, link }: ContractNotice): Readonly<Record<string, string>> {
  return {
    'takt-contract': contract,
    ...(deprecation !== undefined && { deprecation }),
    ...(sunset !== undefined && { sunset }),
    ...(link !== undefined && { link }),
  };
}

function firstDayOf(version: string | undefined): number | undefined {
  return version === undefined ? undefined : Date.parse(`${version}-01T00:00:00Z`);
}

function earliest(times: readonly (number | undefined)[]): number | undefined {
  const known = times.filter((time) => time !== undefined);
  return known.length > 0 ? Math.min(...known) : undefined;
}

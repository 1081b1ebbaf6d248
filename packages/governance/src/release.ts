import type { ContractList, Release } from '@takt/gateway';

/** What a release would make of the list of contracts. */
export type ReleasePlan =
  | {
      readonly kind: 'release';
      readonly list: ContractList;
      /** What was released before it, if anything was. */
      readonly previous: Release | undefined;
      /** The list has it already: only its files are written, where they are missing. */
      readonly isListed: boolean;
    }
  | { readonly kind: 'refused'; readonly reason: string };

export interface ReleaseRequest {
  /** `YYYY-MM` */
  readonly version: string;
  /** `YYYY-MM-DD`: the day of the release. */
  readonly date: string;
  /** What comes after it; three months later unless given. */
  readonly following?: string | undefined;
}

/**
 * The coming version becomes the stable one. The one before it gets its sunset: at the end of the month nine months after
 * the release of its successor.
 */
export function planRelease(list: ContractList, { version, date, following }: ReleaseRequest): ReleasePlan {
  if (!isVersion(version)) return refused(`"${version}" is no version: it must be YYYY-MM, e.g. ${list.next}.`);
  const index = list.releases.findIndex((release) => release.version === version);
  if (index >= 0) return { kind: 'release', list, previous: list.releases[index - 1], isListed: true };
  const latest = list.releases.at(-1);
  if (latest && version <= latest.version) return refused(`${version} is not newer than ${latest.version}.`);
  if (version !== list.next) {
    return refused(`${version} has not been announced: the coming version is ${list.next}.`);
  }
  if (latest && date < latest.released) {
    return refused(`${latest.version} was released on ${latest.released}: ${version} cannot have been on ${date}.`);
  }
  const next = following ?? monthsAfter(version, MONTHS_BETWEEN_VERSIONS);
  if (!isVersion(next)) return refused(`"${next}" is no version: it must be YYYY-MM.`);
  if (next <= version) return refused(`${next} cannot come after ${version}.`);
  const sunset = lastDayOf(monthsAfter(date.slice(0, 7), MONTHS_TO_MOVE_ON));
  const releases = list.releases.map((release) => (release.sunset === undefined ? { ...release, sunset } : release));
  return {
    kind: 'release',
    list: { ...list, stable: version, next, releases: [...releases, { version, released: date }] },
    previous: releases.at(-1),
    isListed: false,
  };
}

/** Whether clients are still served it on this day (`YYYY-MM-DD`). */
export function isLive({ sunset }: Release, today: string): boolean {
  return sunset === undefined || today <= sunset;
}

const MONTHS_BETWEEN_VERSIONS = 3;
const MONTHS_TO_MOVE_ON = 9;

function isVersion(text: string): boolean {
  return /^\d{4}-(0[1-9]|1[0-2])$/.test(text);
}

function monthsAfter(month: string, months: number): string {
  const date = new Date(`${month}-01T00:00:00Z`);
  date.setUTCMonth(date.getUTCMonth() + months);
  return date.toISOString().slice(0, 7);
}

function lastDayOf(month: string): string {
  const date = new Date(`${monthsAfter(month, 1)}-01T00:00:00Z`);
  date.setUTCDate(0);
  return date.toISOString().slice(0, 10);
}

function refused(reason: string): ReleasePlan {
  return { kind: 'refused', reason };
}

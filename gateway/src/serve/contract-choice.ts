import type { ContractList, Release } from '../contracts/contract-list.ts';
import type { ContractName } from '../contracts/contract.ts';
import { contractLabel } from '../contracts/contracts.ts';
import { RequestRefused } from './request-refused.ts';

/** What a client says of the contract that it wants, as it says it. */
export interface AskedContract {
  /** From the path, a header or a websocket's first message: as in `Takt-Contract`. Whatever is no text is malformed. */
  readonly pins: readonly unknown[];
  /** What the caller's token says in `takt_audience`. */
  readonly audience?: unknown;
}

/**
 * Which contract a request is for; undefined of a graph without versions. Throws {@link RequestRefused}: 400
 * `CONTRACT_MALFORMED` or `CONTRACT_AMBIGUOUS`, 403 `CONTRACT_FORBIDDEN`, 404 `CONTRACT_UNKNOWN`, 410 `CONTRACT_SUNSET`.
 */
export function chooseContract(
  list: ContractList | undefined,
  { pins, audience: claim }: AskedContract,
  /** In ms since 1970. */
  now: number,
): ContractName | undefined {
  const pin = onlyPin(pins);
  if (!list) {
    if (claim !== undefined) throw forbidden('Your token is for an audience, and this graph has none.');
    if (pin) throw new RequestRefused(404, 'CONTRACT_UNKNOWN', 'This graph has no versions: it is at /graphql.');
    return undefined;
  }
  const audience = audienceFor(list, pin?.audience, claim);
  if (audience !== undefined && !Object.hasOwn(list.audiences, audience)) {
    throw unknown(list, `audience ${audience}`, now);
  }
  const version = pin?.version ?? list.stable;
  const name = { version, audience };
  checkServed(list, name, now);
  return name;
}

/** Throws {@link RequestRefused} if there is no such version, or if it is past its sunset. */
export function checkServed(list: ContractList, { version, audience }: ContractName, now: number): void {
  if (version === coming) return;
  const release = list.releases.find((each) => each.version === version);
  if (!release) {
    if (version === list.next) throw unknown(list, `version ${version} yet; it is coming, at /graphql/next`, now);
    throw unknown(list, `version ${version}`, now);
  }
  const end = sunsetOf(release);
  if (end === undefined || now < end) return;
  const stable = contractLabel({ version: list.stable, audience });
  const unpinned = ['/graphql', audience].filter((part) => part !== undefined).join('/');
  const docs = audience === undefined ? 'what has changed is' : 'its docs are';
  const message = `Version ${version} was served until ${release.sunset}. Use ${list.stable}, which is also at ${unpinned}; ${docs} at /docs/${stable}.`;
  throw new RequestRefused(410, 'CONTRACT_SUNSET', message, {
    link: `</graphql/${stable}>; rel="successor-version", </docs/${stable}>; rel="sunset"`,
    sunset: new Date(end).toUTCString(),
  });
}

/** When it is not served any more, in ms since 1970; undefined for open. */
export function sunsetOf({ sunset }: Release): number | undefined {
  return sunset === undefined ? undefined : Date.parse(`${sunset}T00:00:00Z`) + dayMs;
}

/** The versions that are served, the oldest first and the coming one last. */
export function servedVersions(list: ContractList, now: number): readonly string[] {
  const released = list.releases.filter((release) => now < (sunsetOf(release) ?? Infinity));
  return [...released.map(({ version }) => version), coming];
}

function onlyPin(pins: readonly unknown[]): Pin | undefined {
  const [first, ...others] = pins.map(parsedPin);
  if (!first) return undefined;
  const isSame = others.every(({ version, audience }) => version === first.version && audience === first.audience);
  if (isSame) return first;
  const message = `The request asks for several contracts: ${pins.map(quoted).join(' and ')}. Ask for one, in the path or by Takt-Contract.`;
  throw new RequestRefused(400, 'CONTRACT_AMBIGUOUS', message);
}

function parsedPin(text: unknown): Pin {
  const found = typeof text === 'string' && text.length <= maxCharacters ? grammar.exec(text)?.groups : undefined;
  if (found) return { version: found['alone'] ?? found['version'], audience: found['audience'] };
  const message = `${quoted(text)} is no contract. One is written 2026-11, next, suppliers or suppliers/2026-11.`;
  throw new RequestRefused(400, 'CONTRACT_MALFORMED', message);
}

function audienceFor(list: ContractList, asked: string | undefined, claim: unknown): string | undefined {
  if (claim === undefined) return asked;
  if (typeof claim !== 'string' || !Object.hasOwn(list.audiences, claim)) {
    throw forbidden('Your token is for an audience that this graph does not have.');
  }
  if (asked !== undefined && asked !== claim) throw forbidden(`Your token is for the audience ${claim} only.`);
  return claim;
}

function unknown(list: ContractList, what: string, now: number): RequestRefused {
  const served = `Versions: ${servedVersions(list, now).join(', ')}; stable is ${list.stable}.`;
  const names = Object.keys(list.audiences);
  const audiences = names.length > 0 ? ` Audiences: ${names.join(', ')}.` : '';
  return new RequestRefused(404, 'CONTRACT_UNKNOWN', `There is no ${what}. ${served}${audiences}`);
}

function forbidden(message: string): RequestRefused {
  return new RequestRefused(403, 'CONTRACT_FORBIDDEN', message);
}

function quoted(text: unknown): string {
  return JSON.stringify(typeof text === 'string' ? text.slice(0, maxCharacters) : typeof text);
}

const coming = 'next';
const dayMs = 86_400_000;
const maxCharacters = 80;
const versionPattern = String.raw`\d{4}-(?:0[1-9]|1[0-2])|next`;
const grammar = new RegExp(
  `^(?:(?<alone>${versionPattern})|(?<audience>[a-z][a-z0-9-]*)(?:/(?<version>${versionPattern}))?)$`,
);

interface Pin {
  readonly version: string | undefined;
  readonly audience: string | undefined;
}

import { Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import type { ContractList } from './contract-list.ts';
import { isVersion } from './lifecycle.ts';

/** Checks what is said to be a list of contracts, as `schema/contracts/contracts.json` is. Throws Error with one line for each fault. */
export function parseContractList(json: unknown): ContractList {
  if (!Value.Check(schema, json)) {
    const faults = [...Value.Errors(schema, json)].slice(0, maxFaults);
    throw new Error(refusal(faults.map(({ path, message }) => `${path || '/'}: ${message}`)));
  }
  const faults = contradictions(json);
  if (faults.length > 0) throw new Error(refusal(faults));
  return json;
}

function contradictions({ stable, next, releases, audiences }: ContractList): string[] {
  const versions = releases.map(({ version }) => version);
  const faults: string[] = [];
  for (const version of [...versions, next]) {
    if (!isVersion(version)) faults.push(`"${version}" is no version: it must be YYYY-MM.`);
  }
  versions.forEach((version, index) => {
    const later = versions[index + 1] ?? next;
    if (version >= later) faults.push(`${later} comes after ${version} and must be later.`);
  });
  if (!versions.includes(stable)) faults.push(`The stable version, ${stable}, is not released.`);
  for (const { version, released, sunset } of releases) {
    for (const date of [released, sunset]) {
      if (date !== undefined && !isDate(date)) faults.push(`${version}: "${date}" is no date: it must be YYYY-MM-DD.`);
    }
    if (sunset !== undefined && sunset <= released) {
      faults.push(`${version} is released on ${released} and cannot have its sunset on ${sunset}.`);
    }
  }
  for (const [name, { include, exclude }] of Object.entries(audiences)) {
    if (!include && !exclude) faults.push(`The audience ${name} neither includes nor excludes a tag.`);
    const both = include?.filter((tag) => exclude?.includes(tag)) ?? [];
    if (both.length > 0) faults.push(`The audience ${name} includes and excludes ${both.join(', ')}.`);
    if (name === 'next') faults.push('No audience can be called next: that is a version.');
  }
  return faults;
}

function isDate(text: string): boolean {
  const date = new Date(`${text}T00:00:00Z`);
  return /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}

function refusal(faults: readonly string[]): string {
  return `The list of contracts is not valid:\n${faults.map((fault) => `  ${fault}`).join('\n')}`;
}

const maxFaults = 10;
const exactly = { additionalProperties: false };
const tags = Type.Array(Type.String({ pattern: '^[_A-Za-z][_A-Za-z0-9/-]*$' }), { minItems: 1, maxItems: 100 });

const schema = Type.Object(
  {
    stable: Type.String(),
    next: Type.String(),
    releases: Type.Array(
      Type.Object({ version: Type.String(), released: Type.String(), sunset: Type.Optional(Type.String()) }, exactly),
      { minItems: 1, maxItems: 1_000 },
    ),
    audiences: Type.Record(
      Type.String({ pattern: '^[a-z][a-z0-9-]{0,63}$' }),
      Type.Object({ description: Type.String(), include: Type.Optional(tags), exclude: Type.Optional(tags) }, exactly),
      exactly,
    ),
  },
  exactly,
);

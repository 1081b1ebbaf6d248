import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ContractList } from '../contracts/contract-list.ts';
import { chooseContract, servedVersions } from './contract-choice.ts';
import type { AskedContract } from './contract-choice.ts';
import { RequestRefused } from './request-refused.ts';

const list: ContractList = {
  stable: '2026-11',
  next: '2027-02',
  releases: [
    { version: '2026-05', released: '2026-05-31', sunset: '2026-11-01' },
    { version: '2026-08', released: '2026-08-31', sunset: '2027-08-31' },
    { version: '2026-11', released: '2026-11-26' },
  ],
  audiences: { suppliers: { description: '', include: ['suppliers'] }, analytics: { description: '' } },
};
const now = Date.parse('2026-12-01T00:00:00Z');

function refusalOf(asked: AskedContract, at = now, of: ContractList | undefined = list): unknown {
  try {
    return chooseContract(of, asked, at);
  } catch (error) {
    if (!(error instanceof RequestRefused)) throw error;
    return [error.status, error.code, error.message];
  }
}

describe('what is asked for is served', () => {
  test.each<[string, AskedContract, unknown]>([
    ['nothing: the stable version', { pins: [] }, { version: '2026-11' }],
    ['a version', { pins: ['2026-08'] }, { version: '2026-08' }],
    ['the coming one', { pins: ['next'] }, { version: 'next' }],
    ['an audience: its stable version', { pins: ['suppliers'] }, { version: '2026-11', audience: 'suppliers' }],
    ['an audience in a version', { pins: ['suppliers/next'] }, { version: 'next', audience: 'suppliers' }],
    ['the same in several places', { pins: ['2026-08', '2026-08'] }, { version: '2026-08' }],
    [
      'nothing, by a caller of an audience',
      { pins: [], audience: 'suppliers' },
      { version: '2026-11', audience: 'suppliers' },
    ],
    [
      'a version, by a caller of an audience',
      { pins: ['2026-08'], audience: 'suppliers' },
      { version: '2026-08', audience: 'suppliers' },
    ],
  ])('%s', (_what, asked, expected) => {
    expect(chooseContract(list, asked, now)).toEqual({ audience: undefined, ...(expected as object) });
  });
});

describe('what cannot be served is refused', () => {
  test.each<[string, AskedContract, number, string, RegExp]>([
    ['no version', { pins: ['2026-13'] }, 400, 'CONTRACT_MALFORMED', /"2026-13" is no contract.*written 2026-11, next/],
    ['an empty pin', { pins: [''] }, 400, 'CONTRACT_MALFORMED', /"" is no contract/],
    ['more than a pin', { pins: ['suppliers/2026-11/x'] }, 400, 'CONTRACT_MALFORMED', /is no contract/],
    ['no text', { pins: [7] }, 400, 'CONTRACT_MALFORMED', /"number" is no contract/],
    ['a header given twice', { pins: ['2026-08, 2026-11'] }, 400, 'CONTRACT_MALFORMED', /is no contract/],
    ['two', { pins: ['2026-08', '2026-11'] }, 400, 'CONTRACT_AMBIGUOUS', /"2026-08" and "2026-11"/],
    ['two audiences', { pins: ['suppliers', 'analytics'] }, 400, 'CONTRACT_AMBIGUOUS', /several contracts/],
    ['another audience', { pins: ['analytics'], audience: 'suppliers' }, 403, 'CONTRACT_FORBIDDEN', /suppliers only/],
    ['as an unknown audience', { pins: [], audience: 'owners' }, 403, 'CONTRACT_FORBIDDEN', /does not have/],
    ['with a claim that names none', { pins: [], audience: ['suppliers'] }, 403, 'CONTRACT_FORBIDDEN', /not have/],
    ['an unknown version', { pins: ['2026-09'] }, 404, 'CONTRACT_UNKNOWN', /Versions: 2026-08, 2026-11, next; stable/],
    ['a coming version by its date', { pins: ['2027-02'] }, 404, 'CONTRACT_UNKNOWN', /coming, at \/graphql\/next/],
    ['an unknown audience', { pins: ['owners'] }, 404, 'CONTRACT_UNKNOWN', /Audiences: suppliers, analytics/],
    ['a property of objects', { pins: ['constructor'] }, 404, 'CONTRACT_UNKNOWN', /no audience constructor/],
    [
      'what is past its sunset',
      { pins: ['2026-05'] },
      410,
      'CONTRACT_SUNSET',
      /until 2026-11-01\. Use 2026-11.*\/docs\/2026-11/,
    ],
  ])('%s', (_what, asked, status, code, message) => {
    expect(refusalOf(asked)).toEqual([status, code, expect.stringMatching(message)]);
  });

  test.each([
    [['2026-05'], undefined, '/graphql; what has changed is', '2026-11'],
    [['suppliers/2026-05'], undefined, '/graphql/suppliers; its docs are', 'suppliers/2026-11'],
    [['2026-05'], 'suppliers', '/graphql/suppliers; its docs are', 'suppliers/2026-11'],
  ])('who asks for %s, as %s, after its sunset is led on: %s at its docs', (pins, audience, told, successor) => {
    expect(() => chooseContract(list, { pins, audience }, now)).toThrow(
      expect.objectContaining({
        message: expect.stringContaining(`which is also at ${told} at /docs/${successor}.`),
        headers: expect.objectContaining({
          link: `</graphql/${successor}>; rel="successor-version", </docs/${successor}>; rel="sunset"`,
        }),
      }),
    );
  });
});

test('a version is served on the whole last day, and not after', () => {
  const lastMoment = Date.parse('2027-09-01T00:00:00Z') - 1;
  expect(refusalOf({ pins: ['2026-08'] }, lastMoment)).toMatchObject({ version: '2026-08' });
  expect(refusalOf({ pins: ['2026-08'] }, lastMoment + 1)).toMatchObject([410, 'CONTRACT_SUNSET', /until 2027-08-31/]);
  expect(servedVersions(list, lastMoment)).toEqual(['2026-08', '2026-11', 'next']);
  expect(servedVersions(list, lastMoment + 1)).toEqual(['2026-11', 'next']);
});

describe('a graph without versions', () => {
  test('is served without a pin only', () => {
    expect(chooseContract(undefined, { pins: [] }, now)).toBeUndefined();
    expect(refusalOf({ pins: ['2026-11'] }, now, undefined)).toBeDefined();
  });

  test('is not shown to who may see only a part', () => {
    expect(() => chooseContract(undefined, { pins: [], audience: 'suppliers' }, now)).toThrow(RequestRefused);
  });
});

test('whatever is asked, a caller of an audience gets that or a refusal', () => {
  const words = fc.constantFrom('', '2026-05', '2026-08', '2026-11', '2027-02', 'next', 'suppliers', 'analytics', '/');
  const pin = fc.oneof(
    fc.array(words, { maxLength: 3 }).map((parts) => parts.join('/')),
    fc.string(),
    fc.anything(),
  );
  fc.assert(
    fc.property(fc.array(pin, { maxLength: 3 }), (pins) => {
      const chosen = refusalOf({ pins, audience: 'suppliers' });
      if (Array.isArray(chosen)) expect(chosen[0]).toBeOneOf([400, 403, 404, 410]);
      else expect(chosen).toMatchObject({ audience: 'suppliers' });
    }),
  );
});

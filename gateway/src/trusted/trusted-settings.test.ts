import { expect, it } from 'vitest';
import { trustedDocumentsOf } from './trusted-settings.ts';

const folder = '/var/takt/documents';
const TAKT_TRUSTED_DOCUMENTS_DIR = folder;

it.each<[string, Parameters<typeof trustedDocumentsOf>, ReturnType<typeof trustedDocumentsOf>]>([
  ['none without a folder', [{}, undefined, true], undefined],
  ['only in production', [{ TAKT_TRUSTED_DOCUMENTS_DIR }, undefined, true], { folder, mode: 'only' }],
  ['beside others elsewhere', [{ TAKT_TRUSTED_DOCUMENTS_DIR }, undefined, false], { folder, mode: 'optional' }],
  ['as the file says', [{}, { folder, mode: 'optional' }, true], { folder, mode: 'optional' }],
  [
    'as the environment says first',
    [{ TAKT_TRUSTED_DOCUMENTS: 'only' }, { folder, mode: 'optional' }, false],
    { folder, mode: 'only' },
  ],
])('%s', (_what, given, expected) => {
  expect(trustedDocumentsOf(...given)).toEqual(expected);
});

it.each([
  [{ TAKT_TRUSTED_DOCUMENTS_DIR, TAKT_TRUSTED_DOCUMENTS: 'yes' }, 'expected only or optional'],
  [{ TAKT_TRUSTED_DOCUMENTS: 'only' }, 'set TAKT_TRUSTED_DOCUMENTS_DIR'],
])('refuses %o', (env, reason) => {
  expect(() => trustedDocumentsOf(env, undefined, false)).toThrow(reason);
});

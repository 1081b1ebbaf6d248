import fc from 'fast-check';
import { expect, it } from 'vitest';
import { clientOf } from './client-identity.ts';

const nobody = { subject: undefined };

it.each<[string, Parameters<typeof clientOf>, ReturnType<typeof clientOf>]>([
  ['its own header', [{ 'takt-client': 'board/1.2.0' }, undefined, nobody], { name: 'board', version: '1.2.0' }],
  ['without a version', [{ 'takt-client': 'board' }, undefined, nobody], { name: 'board', version: undefined }],
  ['of a scoped package', [{ 'takt-client': '@takt/client/2' }, null, nobody], { name: '@takt/client', version: '2' }],
  [
    "Apollo's headers",
    [{ 'apollographql-client-name': 'board', 'apollographql-client-version': '3' }, undefined, nobody],
    { name: 'board', version: '3' },
  ],
  [
    'parameters of a connection before headers',
    [{ 'takt-client': 'proxy/1' }, { 'Takt-Client': 'board/2' }, nobody],
    { name: 'board', version: '2' },
  ],
  [
    "Apollo's parameters",
    [{}, { 'apollographql-client-name': 'board' }, nobody],
    { name: 'board', version: undefined },
  ],
  ['the subject', [{}, undefined, { subject: 'planning-service' }], { name: 'planning-service', version: undefined }],
  ['nothing', [{}, undefined, nobody], { name: 'unknown', version: undefined }],
  ['an empty name', [{ 'takt-client': ' ' }, undefined, nobody], { name: 'unknown', version: undefined }],
  [
    'what is no text',
    [{ 'takt-client': ['a'] }, { 'takt-client': 7 }, nobody],
    { name: 'unknown', version: undefined },
  ],
])('is told by %s', (_what, given, expected) => {
  expect(clientOf(...given)).toEqual(expected);
});

it('takes a time that the length of what is sent does not decide', () => {
  const said = { 'Takt-Client': `${' '.repeat(1_000_000)}/\n` };
  const begun = performance.now();
  expect(clientOf({}, said, nobody)).toEqual({ name: 'unknown', version: undefined });
  // Milliseconds; hours where each space is tried as the first of the name.
  expect(performance.now() - begun).toBeLessThan(2_000);
});

it('is short and in one line, whatever is sent', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (said) => {
      for (const { name, version } of [
        clientOf({ 'takt-client': said }, undefined, nobody),
        clientOf({}, { 'apollographql-client-name': 'x', 'apollographql-client-version': said }, nobody),
        clientOf({}, undefined, { subject: said }),
      ]) {
        expect(name).toMatch(/^[\w .@/:+-]{1,64}$/);
        expect(version ?? '-').toMatch(/^[\w .@/:+-]{1,64}$/);
      }
    }),
  );
});

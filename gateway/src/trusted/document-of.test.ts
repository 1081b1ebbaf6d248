import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OperationRefused } from '../errors.ts';
import { hashOf } from './document-hash.ts';
import { documentOf, mayExtract } from './document-of.ts';
import type { DocumentParameters, KnownDocuments } from './document-of.ts';

const text = 'query Known { known }';
const hash = hashOf(text);
const other = 'query Other { other }';
const otherHash = hashOf(other);

const known = (mode: KnownDocuments['mode'], ...texts: string[]): KnownDocuments => {
  const byHash = new Map(texts.map((each) => [hashOf(each), each]));
  return { mode, get: (asked) => byHash.get(asked) };
};

function outcome(parameters: DocumentParameters, trusted: KnownDocuments | undefined): string {
  try {
    return documentOf(parameters, trusted);
  } catch (error) {
    if (!(error instanceof OperationRefused)) throw error;
    return String(error.errors[0]!.extensions['code']);
  }
}

const apollo = (sha256Hash: unknown) => ({ extensions: { persistedQuery: { version: 1, sha256Hash } } });

describe.each(['optional', 'only'] as const)('with registered documents, mode %s', (mode) => {
  const trusted = known(mode, text);
  it.each<[string, DocumentParameters, string]>([
    ['an id with its algorithm', { documentId: `sha256:${hash}` }, text],
    ['an id alone', { documentId: hash }, text],
    ['an id and an empty text', { query: '', documentId: hash }, text],
    ["Apollo's hash", apollo(hash), text],
    ['both, the same', { documentId: `sha256:${hash}`, ...apollo(hash) }, text],
    ['both, different', { documentId: hash, ...apollo(otherHash) }, 'DOCUMENT_HASH_MISMATCH'],
    ['an id and its text', { query: text, documentId: hash }, text],
    ['an id and another text', { query: other, documentId: hash }, 'DOCUMENT_HASH_MISMATCH'],
    ['an unknown id', { documentId: otherHash }, 'DOCUMENT_UNKNOWN'],
    ['an id in upper case', { documentId: hash.toUpperCase() }, 'DOCUMENT_UNKNOWN'],
    ['an id of another kind', { documentId: 'md5:abc' }, 'DOCUMENT_UNKNOWN'],
    ['a hash that is no text', apollo(7), 'DOCUMENT_UNKNOWN'],
    ['an id of another kind and a text', { query: text, documentId: 'known' }, 'DOCUMENT_HASH_MISMATCH'],
  ])('%s', (_what, parameters, expected) => {
    expect(outcome(parameters, trusted)).toBe(expected);
  });
});

describe('texts', () => {
  it.each<[string, DocumentParameters, KnownDocuments | undefined, string]>([
    ['run without a registry', { query: other }, undefined, other],
    ['run beside registered ones', { query: other }, known('optional', text), other],
    ['run with a hash that is theirs', { query: other, documentId: otherHash }, known('optional', text), other],
    ['do not run where only registered ones do', { query: other }, known('only', text), 'DOCUMENT_NOT_TRUSTED'],
    ['nor if they are registered', { query: text }, known('only', text), 'DOCUMENT_NOT_TRUSTED'],
    ['nor to ask for the schema', { query: '{ __schema { types { name } } }' }, known('only'), 'DOCUMENT_NOT_TRUSTED'],
    ['nor with their hash', { query: other, documentId: otherHash }, known('only', text), 'DOCUMENT_UNKNOWN'],
    ['cannot be named without a registry', { documentId: hash }, undefined, 'DOCUMENT_UNKNOWN'],
    ['run if extensions hold something else', { query: other, extensions: { persistedQuery: null } }, undefined, other],
  ])('%s', (_what, parameters, trusted, expected) => {
    expect(outcome(parameters, trusted)).toBe(expected);
  });
});

it('says what to do about a text that is not trusted', () => {
  expect(() => documentOf({ query: other }, known('only'))).toThrow('npm run takt -- operations publish');
});

it('lets be extracted what is registered, and everything where others run as well', () => {
  const allowed = (query: string) =>
    [known('only', text), known('optional'), undefined].map((each) => mayExtract(query, each));
  expect(allowed(text)).toEqual([true, true, true]);
  expect(allowed(other)).toEqual([false, true, true]);
});

it('gives every registered text back by its hash, whatever it is', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: 'binary', minLength: 1 }), { maxLength: 5 }),
      fc.constantFrom('only', 'optional'),
      (texts, mode) => {
        const trusted = known(mode, ...texts);
        for (const each of texts) {
          expect(documentOf({ documentId: `sha256:${hashOf(each)}` }, trusted)).toBe(each);
          expect(documentOf({ query: each, documentId: hashOf(each) }, trusted)).toBe(each);
        }
      },
    ),
  );
});

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { SentDocuments, type DocumentMode } from './sent-documents.ts';

const document = { name: 'One', hash: 'a'.repeat(64), text: '{ one }' };
const byHash = { documentId: `sha256:${document.hash}` };
const byText = { query: document.text };
const errors = (code: string) => [{ message: code, extensions: { code } }];

it.each<[DocumentMode, object]>([
  ['auto', byHash],
  ['hash', byHash],
  ['text', byText],
])('sends, in mode %s, %o', (mode, sent) => {
  expect(new SentDocuments(mode).parametersOf(document)).toEqual(sent);
});

it.each<[DocumentMode, string, boolean]>([
  ['auto', 'DOCUMENT_UNKNOWN', true],
  ['auto', 'DOCUMENT_NOT_TRUSTED', false],
  ['auto', 'UNAUTHENTICATED', false],
  ['hash', 'DOCUMENT_UNKNOWN', false],
  ['text', 'DOCUMENT_UNKNOWN', false],
])('in mode %s after %s, sends again: %s', (mode, code, isAgain) => {
  const documents = new SentDocuments(mode);
  expect(documents.isToBeSentAgain(document, errors(code))).toBe(isAgain);
  if (isAgain) expect(documents.parametersOf(document)).toEqual(byText);
});

it('sends a document again at most once, whatever is answered', () => {
  const codes = fc.constantFrom('DOCUMENT_UNKNOWN', 'BAD_REQUEST', 'GRAPHQL_PARSE_FAILED', 'OTHER');
  fc.assert(
    fc.property(fc.array(codes), (answers) => {
      const documents = new SentDocuments('auto');
      const again = answers.filter((code) => documents.isToBeSentAgain(document, errors(code)));
      expect(again.length).toBeLessThanOrEqual(1);
    }),
  );
});

it('says what is missing of a document', () => {
  const { text, ...hashed } = document;
  expect(new SentDocuments('auto').parametersOf({ text })).toEqual(byText);
  expect(new SentDocuments('auto').isToBeSentAgain(hashed, errors('DOCUMENT_UNKNOWN'))).toBe(false);
  expect(() => new SentDocuments('text').parametersOf(hashed)).toThrow('One has no text');
  expect(() => new SentDocuments('hash').parametersOf({ text })).toThrow('no hash');
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { acceptedMedia } from './accepted-media.ts';

const json = 'application/json';
const response = 'application/graphql-response+json';

describe('one answer', () => {
  test.each<[string | undefined, string | undefined]>([
    [undefined, json],
    ['', undefined],
    ['*/*', json],
    ['application/*', json],
    [json, json],
    [response, response],
    [`${response}, ${json}`, response],
    [`${json}, ${response}`, json],
    [`${response};q=0.5, ${json}`, json],
    [`${json};q=0.5, ${response};q=0.9`, response],
    [`${response};q=0, */*`, json],
    [`${json};q=0, */*`, response],
    [`${response}, */*;q=0.1`, response],
    [`${json};charset=utf-8`, json],
    [`${json};charset="UTF-8"`, json],
    [`${json};charset=latin1`, undefined],
    [`${json};charset=latin1, ${response}`, response],
    ['APPLICATION/JSON', json],
    [`text/html, ${json};q=0.9`, json],
    ['text/html', undefined],
    [`${json};q=7`, undefined],
    [`${json};q=0`, undefined],
    ['*/*;q=0', undefined],
    [`a/b;x=", ${json}, "`, undefined],
  ])('for %s is %s', (accept, type) => {
    expect(acceptedMedia(accept)?.single).toBe(type);
  });
});

describe('a stream', () => {
  test.each<[string, 'events' | 'parts' | undefined, boolean]>([
    ['text/event-stream', 'events', true],
    [`text/event-stream, ${json}`, 'events', false],
    [`text/event-stream, ${json};q=0.5`, 'events', true],
    ['multipart/mixed;boundary="graphql";subscriptionSpec=1.0,application/json', 'parts', false],
    ['multipart/mixed; subscriptionSpec="1.0", text/event-stream', 'parts', true],
    ['text/event-stream, multipart/mixed; subscriptionSpec="1.0"', 'events', true],
    ['multipart/mixed; subscriptionSpec="2.0", application/json', undefined, false],
    ['*/*', undefined, false],
    ['text/*, application/json', undefined, false],
  ])('for %s is %s', (accept, stream, prefersEvents) => {
    expect(acceptedMedia(accept)).toMatchObject({ prefersEvents });
    expect(acceptedMedia(accept)?.stream).toBe(stream);
  });

  test('of deferred parts is for those who name the format', () => {
    expect(acceptedMedia('multipart/mixed;deferSpec=20220824,application/json')?.deferredParts).toBe(true);
    expect(acceptedMedia('multipart/mixed;deferSpec=20230501,application/json')?.deferredParts).toBe(false);
    expect(acceptedMedia('multipart/mixed,application/json')?.deferredParts).toBe(false);
  });
});

test('whatever is asked for, the answer is one of those that are offered', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.string({ unit: fc.constantFrom('a', '/', '*', ';', ',', 'q', '=', '.', '"', '0', '1', ' ') }),
      ),
      (accept) => {
        expect([undefined, json, response]).toContain(acceptedMedia(accept)?.single);
      },
    ),
  );
});

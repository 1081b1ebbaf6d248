import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Http1ResponseReader, NotHttp, ResponseTooLarge } from './http1-response.ts';

const reader = (maxBodyBytes = 10_000, maxHeadBytes = 1_000) => new Http1ResponseReader(maxBodyBytes, maxHeadBytes);

/** Reads pieces as they come; undefined if the response is not complete. */
function read(pieces: readonly Uint8Array[], subject = reader()) {
  let isComplete = false;
  for (const piece of pieces) {
    // The reader may not rely on the bytes that it was given before.
    const lent = Buffer.from(piece);
    isComplete = subject.push(lent);
    if (!isComplete) lent.fill(0);
  }
  return isComplete ? resultOf(subject) : undefined;
}

const resultOf = ({ head, body, keepsAlive }: Http1ResponseReader) => ({
  status: head.status,
  contentType: head.contentType,
  body: body.toString('latin1'),
  keepsAlive,
});

const latin1 = (text: string) => Buffer.from(text, 'latin1');
const readText = (text: string, subject?: Http1ResponseReader) => read([latin1(text)], subject);

function cutAt(bytes: Buffer, positions: readonly number[]): Buffer[] {
  const cuts = [...new Set(positions.map((position) => position % (bytes.length + 1)))].sort((a, b) => a - b);
  return [0, ...cuts].map((start, index) => bytes.subarray(start, cuts[index] ?? bytes.length));
}

function chunked(body: Buffer, positions: readonly number[]): Buffer {
  const chunks = cutAt(body, positions).filter(({ length }) => length > 0);
  return Buffer.concat([
    ...chunks.flatMap((chunk) => [latin1(`${chunk.length.toString(16)}\r\n`), chunk, latin1('\r\n')]),
    latin1('0\r\n\r\n'),
  ]);
}

const bodies = fc.uint8Array({ maxLength: 600 }).map((bytes) => Buffer.from(bytes));
const positions = fc.array(fc.nat(1_000), { maxLength: 12 });

const responses = fc
  .record({ body: bodies, chunks: fc.option(positions), interim: fc.boolean() })
  .map(({ body, chunks, interim }) => ({
    body,
    bytes: Buffer.concat([
      latin1(interim ? 'HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n' : ''),
      latin1('HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nx-of-no-use: a, b\r\n'),
      latin1(chunks ? 'Transfer-Encoding: chunked\r\n\r\n' : `Content-Length: ${body.length}\r\n\r\n`),
      chunks ? chunked(body, chunks) : body,
    ]),
  }));

test('a response is the same however it is cut into pieces', () => {
  fc.assert(
    fc.property(responses, positions, ({ body, bytes }, cuts) => {
      expect(read(cutAt(bytes, cuts))).toEqual({
        status: 200,
        contentType: 'application/json',
        body: body.toString('latin1'),
        keepsAlive: true,
      });
    }),
  );
});

test('a response is complete with its last byte and not before', () => {
  fc.assert(
    fc.property(responses, fc.nat(), ({ bytes }, position) => {
      const cut = position % bytes.length;
      const subject = reader();
      expect(read([bytes.subarray(0, cut)], subject)).toBeUndefined();
      expect(read([bytes.subarray(cut)], subject)).toBeDefined();
    }),
  );
});

test('one connection carries many responses, each by itself', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(responses, positions), { minLength: 1, maxLength: 5 }), (all) => {
      const subject = reader();
      for (const [{ body, bytes }, cuts] of all) {
        expect(read(cutAt(bytes, cuts), subject)?.body).toBe(body.toString('latin1'));
        subject.reset();
      }
    }),
  );
});

test('no bytes make it fail in any other way than it says, or take longer than they are long', () => {
  const token = fc.constantFrom('HTTP/1.1 200 OK', '\r\n', '\n', ':', 'content-length', 'chunked', '0', 'f', ' ', '\0');
  const noise = fc.oneof(
    fc.array(token, { maxLength: 40 }).map((tokens) => latin1(tokens.join(''))),
    fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
  );
  fc.assert(
    fc.property(noise, positions, (bytes, cuts) => {
      try {
        read(cutAt(bytes, cuts));
      } catch (error) {
        expect(error instanceof NotHttp || error instanceof ResponseTooLarge).toBe(true);
      }
    }),
  );
});

describe('refuses what could be read in two ways:', () => {
  test.each<[string, string]>([
    ['another protocol', '220 smtp.example ESMTP\r\n'],
    ['another version', 'HTTP/2.0 200 OK\r\n\r\n'],
    ['a status of four digits', 'HTTP/1.1 2000 OK\r\n\r\n'],
    ['a status without digits', 'HTTP/1.1 abc OK\r\n\r\n'],
    ['two lengths', 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{}'],
    ['one length twice', 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 2\r\n\r\n{}'],
    ['a list of lengths', 'HTTP/1.1 200 OK\r\ncontent-length: 2, 2\r\n\r\n{}'],
    ['a length with a sign', 'HTTP/1.1 200 OK\r\ncontent-length: +2\r\n\r\n{}'],
    ['a length in hexadecimal', 'HTTP/1.1 200 OK\r\ncontent-length: 0x2\r\n\r\n{}'],
    ['an empty length', 'HTTP/1.1 200 OK\r\ncontent-length:\r\n\r\n{}'],
    ['a length followed by a no-break space', 'HTTP/1.1 200 OK\r\ncontent-length: 2\xa0\r\n\r\n{}'],
    ['a length of more digits than numbers have', `HTTP/1.1 200 OK\r\ncontent-length: ${'9'.repeat(30)}\r\n\r\n`],
    [
      'a length and chunks',
      'HTTP/1.1 200 OK\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n',
    ],
    ['another coding', 'HTTP/1.1 200 OK\r\ntransfer-encoding: gzip, chunked\r\n\r\n'],
    ['chunked twice', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\ntransfer-encoding: chunked\r\n\r\n'],
    ['chunks in HTTP/1.0', 'HTTP/1.0 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['a space before the colon', 'HTTP/1.1 200 OK\r\ncontent-length : 2\r\n\r\n{}'],
    ['a folded line', 'HTTP/1.1 200 OK\r\nx: a\r\n content-length: 2\r\n\r\n{}'],
    ['a line that ends without a carriage return', 'HTTP/1.1 200 OK\r\nx: a\ncontent-length: 2\r\n\r\n{}'],
    ['a carriage return within a line', 'HTTP/1.1 200 OK\r\nx: a\rb: c\r\n\r\n{}'],
    ['a NUL within a line', 'HTTP/1.1 200 OK\r\nx: a\0b\r\n\r\n{}'],
    ['a header without a name', 'HTTP/1.1 200 OK\r\n: a\r\n\r\n{}'],
    ['a header without a colon', 'HTTP/1.1 200 OK\r\nabc\r\n\r\n{}'],
    ['a chunk size with a sign', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n+2\r\n{}\r\n0\r\n\r\n'],
    ['a chunk extension', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2;a=b\r\n{}\r\n0\r\n\r\n'],
    ['a chunk size without an end', `HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n${'0'.repeat(40)}`],
    ['a chunk size that ends in a line feed', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\n{}\r\n'],
    ['a chunk that is longer than its size', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}}\r\n'],
    ['trailers', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\nx: a\r\n\r\n'],
    ['a switch of protocols', 'HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\n\r\n'],
    ['more headers than are read', `HTTP/1.1 200 OK\r\n${'x: a\r\n'.repeat(400)}\r\n`],
    ['a header without end', `HTTP/1.1 200 OK\r\nx: ${'a'.repeat(2_000)}`],
    ['more interim responses than are read', 'HTTP/1.1 100 Continue\r\n\r\n'.repeat(100)],
  ])('%s', (_name, text) => {
    expect(() => readText(text)).toThrow(NotHttp);
    // Also when it comes byte by byte.
    expect(() => read([...latin1(text)].map((byte) => Buffer.of(byte)))).toThrow(NotHttp);
  });
});

test.each<[string, string]>([
  ['a length', 'HTTP/1.1 200 OK\r\ncontent-length: 101\r\n\r\n'],
  ['a chunk', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n65\r\n'],
  [
    'chunks together',
    `HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n${`20\r\n${'x'.repeat(32)}\r\n`.repeat(4)}`,
  ],
  ['what comes until the end', `HTTP/1.0 200 OK\r\n\r\n${'x'.repeat(101)}`],
])('%s beyond the limit is refused', (_name, text) => {
  expect(() => readText(text, reader(100))).toThrow(ResponseTooLarge);
});

describe('no other request may follow', () => {
  test.each<[string, string]>([
    ['a response that closes', 'HTTP/1.1 200 OK\r\nConnection: Close\r\ncontent-length: 0\r\n\r\n'],
    ['a response that lists options', 'HTTP/1.1 200 OK\r\nconnection: keep-alive, close\r\ncontent-length: 0\r\n\r\n'],
    ['HTTP/1.0', 'HTTP/1.0 200 OK\r\ncontent-length: 0\r\n\r\n'],
    ['status 204', 'HTTP/1.1 204 No Content\r\n\r\n'],
    ['status 304, which has no body', 'HTTP/1.1 304 Not Modified\r\ncontent-length: 10\r\n\r\n'],
    ['surplus bytes', 'HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n'],
  ])('%s', (_name, text) => {
    expect(readText(text)).toMatchObject({ body: '', keepsAlive: false });
  });
});

test('a body without a length ends with its connection', () => {
  const subject = reader();
  expect(readText('HTTP/1.1 200 OK\r\n\r\nabc', subject)).toBeUndefined();
  expect(subject.end()).toBe(true);
  expect(resultOf(subject)).toMatchObject({ body: 'abc', keepsAlive: false });
});

test('a body that has a length does not', () => {
  const subject = reader();
  readText('HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nabc', subject);
  expect(subject.end()).toBe(false);
});

test('interim responses are skipped', () => {
  const final = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}';
  expect(readText(`HTTP/1.1 100 Continue\r\n\r\n${final}`)).toMatchObject({
    status: 200,
    body: '{}',
    keepsAlive: true,
  });
});

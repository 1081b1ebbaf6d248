import { expect, it, onTestFinished, vi } from 'vitest';
import { WebSocket } from 'ws';
import { createTaktClient } from './client.ts';
import type { TaktClientOptions } from './client-options.ts';
import type { DeprecationNotice } from './deprecation.ts';
import type { TaktDocument } from './document.ts';
import { TaktConnectionError, TaktRequestError } from './errors.ts';
import { fixtureGateway, type Behaviour } from './gateway.fixture.ts';

const HASH = 'a'.repeat(64);
const named: TaktDocument<{ one: number }, object> = { name: 'One', hash: HASH, text: 'query One { one }' };
const changed: TaktDocument<{ changed: { cursor: string } }, Record<string, unknown>> = {
  name: 'Changed',
  hash: 'b'.repeat(64),
  text: 'subscription Changed($after: String) { changed(after: $after) { cursor } }',
  isResumable: true,
};
const data = { one: 1 };
const refusal = (code: string, message = code) => ({ errors: [{ message, extensions: { code } }] });
const never = new Promise<never>(() => undefined);

async function connected(behaviour: Behaviour, options: Partial<TaktClientOptions> = {}) {
  const gateway = await fixtureGateway(behaviour);
  const client = createTaktClient({ url: gateway.url, webSocketImpl: WebSocket, ...options });
  onTestFinished(async () => {
    await client.close();
    await gateway.close();
  });
  return { gateway, client };
}

const thrown = async (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => expect.fail('It does not throw.'),
    (error: unknown) => error,
  );

it('asks by the hash, and says who asks, by which contract and by whose leave', async () => {
  const tokens = ['first', 'second'];
  const { gateway, client } = await connected(
    { answer: () => ({ body: { data } }) },
    {
      contract: '2026-11',
      client: { name: 'planning-board', version: '3.1.0' },
      token: () => Promise.resolve(tokens.shift() ?? ''),
    },
  );
  expect(await client.request(named, { of: 'x' })).toEqual(data);
  await client.request(named, {});
  const [first, second] = gateway.asked;
  expect(first?.body).toEqual({ documentId: `sha256:${HASH}`, variables: { of: 'x' }, operationName: 'One' });
  expect(first?.headers).toMatchObject({
    'takt-contract': '2026-11',
    'takt-client': 'planning-board/3.1.0',
    authorization: 'Bearer first',
  });
  expect(second?.headers.authorization).toBe('Bearer second');
});

it('sends the text of a document that the gateway does not know, from then on at once', async () => {
  const { gateway, client } = await connected({
    answer: ({ body }) => ({ body: 'documentId' in body ? refusal('DOCUMENT_UNKNOWN') : { data } }),
  });
  expect(await client.request(named, {})).toEqual(data);
  expect(await client.request(named, {})).toEqual(data);
  expect(gateway.asked.map(({ body }) => body['query'])).toEqual([undefined, named.text, named.text]);
});

it('never sends a text where only hashes are to be sent', async () => {
  const { gateway, client } = await connected(
    { answer: () => ({ body: refusal('DOCUMENT_UNKNOWN', 'Publish it.') }) },
    { documents: 'hash' },
  );
  expect(await thrown(client.request(named, {}))).toMatchObject({ code: 'DOCUMENT_UNKNOWN', message: 'Publish it.' });
  expect(gateway.asked).toHaveLength(1);
  await expect(client.request({ name: 'Ad hoc', text: '{ one }' }, {})).rejects.toThrow('no hash');
});

it.each([
  [404, 'CONTRACT_UNKNOWN'],
  [410, 'CONTRACT_SUNSET'],
  [401, 'UNAUTHENTICATED'],
])('tells a refusal with %i by its code %s', async (status, code) => {
  const { client } = await connected({ answer: () => ({ status, body: refusal(code, 'Use 2026-11.') }) });
  const error = await thrown(client.request(named, {}));
  expect(error).toBeInstanceOf(TaktRequestError);
  expect(error).toMatchObject({ code, status, message: 'Use 2026-11.' });
});

it('tells an answer that is none of a gateway', async () => {
  const { client } = await connected({ answer: () => ({ status: 502, body: '<html>Bad gateway</html>' }) });
  const error = await thrown(client.request(named, {}));
  expect(error).toBeInstanceOf(TaktConnectionError);
  expect(error).toMatchObject({ message: expect.stringContaining('502 <html>Bad gateway') });
});

it('tells a gateway that is not reached', async () => {
  const { gateway, client } = await connected({});
  await gateway.close();
  const error = await thrown(client.request(named, {}));
  expect(error).toBeInstanceOf(TaktConnectionError);
  expect(error).toMatchObject({ message: expect.stringContaining(gateway.url) });
});

it('stops waiting when the time is over, when it is told to, and when it is closed', async () => {
  const { client } = await connected({ answer: () => never });
  await expect(client.request(named, {}, { timeoutMs: 1 })).rejects.toThrow('within 1 ms');
  const stop = new AbortController();
  const stopped = thrown(client.request(named, {}, { signal: stop.signal }));
  const reason = new Error('The planner went on.');
  stop.abort(reason);
  expect(await stopped).toBe(reason);
  const closed = thrown(client.request(named, {}));
  await client.close();
  expect(await closed).toMatchObject({ message: 'The client was closed.' });
});

it('tells once for each operation that it will go', async () => {
  const notices: DeprecationNotice[] = [];
  const headers = {
    'takt-contract': '2026-08',
    deprecation: '@1796083200',
    sunset: 'Tue, 31 Aug 2027 00:00:00 GMT',
    link: '</docs/2026-08>; rel="deprecation"',
  };
  const { gateway, client } = await connected(
    { answer: () => ({ headers, body: { data } }), acknowledge: () => ({ contract: '2026-08', ...headers }) },
    { onDeprecated: (notice) => notices.push(notice) },
  );
  await client.request(named, {});
  await client.request(named, {});
  await client.request({ ...named, name: 'Other' }, {});
  const facts = {
    contract: '2026-08',
    deprecation: new Date('2026-12-01T00:00:00Z'),
    sunset: new Date('2027-08-31T00:00:00Z'),
    link: new URL('/docs/2026-08', gateway.url).href,
  };
  expect(notices).toEqual([
    { ...facts, operation: 'One' },
    { ...facts, operation: 'Other' },
  ]);
});

it('introduces a websocket, subscribes by the hash, then by the text', async () => {
  const notices: DeprecationNotice[] = [];
  const { gateway, client } = await connected(
    {
      acknowledge: () => ({ contract: '2026-08', sunset: '2027-08-31' }),
      follow: (payload) =>
        payload['query'] === '' ? refusal('DOCUMENT_UNKNOWN') : { results: [{ data: { changed: { cursor: 'c1' } } }] },
    },
    {
      contract: '2026-08',
      client: { name: 'board', version: '1' },
      token: 't',
      onDeprecated: (each) => notices.push(each),
    },
  );
  const changes = client.subscribe(changed, { plant: 'P100' });
  expect(await changes.next()).toEqual({ done: false, value: { changed: { cursor: 'c1' } } });
  await changes.return?.();
  expect(gateway.introduced[0]).toEqual({
    'Takt-Contract': '2026-08',
    'Takt-Client': 'board/1',
    authorization: 'Bearer t',
  });
  expect(gateway.subscribed).toMatchObject([
    { query: '', documentId: `sha256:${changed.hash!}`, operationName: 'Changed', variables: { plant: 'P100' } },
    { query: changed.text },
  ]);
  expect(notices).toEqual([{ contract: '2026-08', sunset: new Date('2027-08-31') }]);
});

it('tells why a websocket is refused', async () => {
  const { client } = await connected({
    acknowledge: (socket) => {
      socket.close(4410, 'CONTRACT_SUNSET: 2026-08 is served no more, use 2026-11.');
      return undefined;
    },
  });
  const error = await thrown(client.subscribe(changed, { after: 'c1' }).next());
  expect(error).toBeInstanceOf(TaktRequestError);
  expect(error).toMatchObject({ code: 'CONTRACT_SUNSET', message: '2026-08 is served no more, use 2026-11.' });
});

it.each([true, false])(
  'goes on behind the last change with a fresh token (if it can get one: %s)',
  async (canRenew) => {
    const tokens = ['old', 'new'];
    const { gateway, client } = await connected(
      {
        follow: ({ variables }, socket) => {
          if ((variables as { after?: string }).after !== undefined) {
            return { results: [{ data: { changed: { cursor: 'c2' } } }] };
          }
          setImmediate(() => socket.close(4403, 'CALLER_EXPIRED c1'));
          return { results: [{ data: { changed: { cursor: 'c1' } } }] };
        },
      },
      { token: canRenew ? () => tokens.shift() ?? '' : 'old' },
    );
    const changes = client.subscribe(changed, {});
    await changes.next();
    const second = changes.next();
    if (!canRenew) {
      expect(await thrown(second)).toMatchObject({ code: 'CALLER_EXPIRED' });
      return;
    }
    expect(await second).toMatchObject({ value: { changed: { cursor: 'c2' } } });
    expect(gateway.introduced).toMatchObject([{ authorization: 'Bearer old' }, { authorization: 'Bearer new' }]);
    await changes.return?.();
  },
);

it.each([
  ['a subgraph is away is asked for again', 'SUBGRAPH_UNAVAILABLE', ['c1', 'c2']],
  ['the subgraph refuses is thrown', 'FORBIDDEN', ['c1', 'FORBIDDEN']],
])('a change that is not whole because %s', async (_what, code, told) => {
  const { gateway, client } = await connected({
    follow({ variables }) {
      const again = (variables as { after?: string }).after === 'c1';
      const second = {
        data: { changed: { cursor: 'c2' } },
        ...(!again && { errors: [{ message: code, extensions: { code } }] }),
      };
      return { results: again ? [second] : [{ data: { changed: { cursor: 'c1' } } }, second] };
    },
  });
  const changes = client.subscribe(changed, {});
  const next = () =>
    changes.next().then(
      ({ value }): string | undefined => (value as { changed: { cursor: string } } | undefined)?.changed.cursor,
      (error: unknown) => (error as TaktRequestError).code,
    );
  expect([await next(), await next()]).toEqual(told);
  expect(gateway.subscribed).toHaveLength(code === 'FORBIDDEN' ? 1 : 2);
  await changes.return?.();
});

it('ends a subscription whose signal aborts, while others go on', async () => {
  const { gateway, client } = await connected({});
  const stop = new AbortController();
  const first = client.subscribe(changed, {}, { signal: stop.signal }).next();
  const second = client.subscribe(changed, {}).next();
  await expect.poll(() => gateway.subscribed.length).toBe(2);
  stop.abort();
  expect(await first).toEqual({ done: true, value: undefined });
  expect(gateway.connections()).toBe(1);
  await client.close();
  expect(await second).toEqual({ done: true, value: undefined });
});

it('needs a WebSocket only to subscribe', async () => {
  vi.stubGlobal('WebSocket', undefined);
  onTestFinished(() => void vi.unstubAllGlobals());
  const { client } = await connected({ answer: () => ({ body: { data } }) }, { webSocketImpl: undefined });
  expect(await client.request(named, {})).toEqual(data);
  expect(() => client.subscribe(changed, {})).toThrow('WebSocket implementation missing');
});

import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DeadLetterError } from '@takt/intake';
import { ConsumerHeldError } from '@takt/log-consumer';
import { expect, it, onTestFinished, vi } from 'vitest';
import { openIntakeDoor } from './intake-door.ts';
import { knockForOperations, OperationError } from './operations-client.ts';
import type { Operations } from './operations.ts';
import { ReplayRefusedError } from './replay.ts';

const REPORT = { after: 0, upTo: 3, consumers: [], passedOver: [] };
const REQUEST = { from: '0', dryRun: false, rebuild: false };
const handling = { by: 'Vera', reason: 'known bug' };

/** What an operator reaches through the open door of a domain whose operations do as told. */
async function door(given: {
  replay?: Operations['replay'];
  deadLetters?: Partial<Operations['deadLetters']>;
  ask?: Operations['ask'];
}) {
  const directory = await mkdtemp(join(tmpdir(), 'takt-operations-'));
  const refuse = () => Promise.reject(new Error('not asked for'));
  const deadLetters = { list: refuse, show: refuse, retry: refuse, discard: refuse, ...given.deadLetters };
  const feed = { head: refuse, events: refuse, snapshot: refuse };
  const operations = () => ({ replay: refuse, feed, ...given, deadLetters, ask: given.ask ?? refuse });
  const opened = openIntakeDoor([{ name: 'inventory', directory, intake: { receive: refuse }, operations }]);
  const server = createServer((request, response) => {
    if (!opened.handle(request, response)) response.writeHead(404).end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await opened.announce(url);
  onTestFinished(async () => {
    await opened.close();
    server.close();
    server.closeAllConnections();
    await rm(directory, { recursive: true });
  });
  const reached = await knockForOperations(directory);
  return { url, opened, operations: reached! };
}

function watch() {
  return { onProgress: vi.fn(), signal: new AbortController().signal };
}

it('replays, and tells how far it got', async () => {
  const progress = { consumer: 'loads', done: 0, all: 3 };
  const replay = vi.fn<Operations['replay']>((_, { onProgress }) => {
    onProgress(progress);
    return Promise.resolve(REPORT);
  });
  const { operations } = await door({ replay });
  const watching = watch();
  expect(await operations.replay(REQUEST, watching)).toEqual(REPORT);
  expect(watching.onProgress.mock.calls).toEqual([[progress]]);
  expect(replay.mock.calls[0]?.[0]).toEqual(REQUEST);
});

it.each([
  [new ReplayRefusedError('from is beyond the end'), 'REFUSED'],
  [new ConsumerHeldError('loads'), 'FAILED'],
])('tells %s as what it is', async (error, kind) => {
  const { operations } = await door({ replay: () => Promise.reject(error) });
  await expect(operations.replay(REQUEST, watch())).rejects.toEqual(
    new OperationError(kind as 'REFUSED', error.message),
  );
});

it('tells also what fails half way', async () => {
  const replay: Operations['replay'] = (_, { onProgress }) => {
    onProgress({ consumer: 'loads', done: 0, all: 3 });
    return Promise.reject(new ConsumerHeldError('loads'));
  };
  const { operations } = await door({ replay });
  await expect(operations.replay(REQUEST, watch())).rejects.toThrow('loads is being replayed already.');
});

it('aborts what is under way when who asked for it goes away', async () => {
  const aborted = vi.fn();
  const asking = new AbortController();
  const replay: Operations['replay'] = (_, { onProgress, signal }) =>
    new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => {
        aborted(signal.reason);
        reject(signal.reason as Error);
      });
      onProgress({ consumer: 'loads', done: 0, all: 3 });
    });
  const error = vi.spyOn(console, 'error').mockImplementation(() => undefined);
  onTestFinished(() => error.mockRestore());
  const { operations } = await door({ replay });
  const asked = operations.replay(REQUEST, { onProgress: () => asking.abort(), signal: asking.signal });
  await expect(asked).rejects.toThrow();
  await vi.waitFor(() => expect(aborted).toHaveBeenCalledWith(new Error('Who asked for it has gone.')));
});

it('aborts what is under way when it closes, and takes more when it is announced again', async () => {
  let begun = (): void => undefined;
  const hasBegun = new Promise<void>((resolve) => (begun = resolve));
  const replay = vi.fn<Operations['replay']>((_, { signal }) => {
    begun();
    return new Promise((_resolve, reject) =>
      signal.addEventListener('abort', () => reject(new ConsumerHeldError('loads'))),
    );
  });
  const { operations, opened } = await door({ replay });
  const failed = expect(operations.replay(REQUEST, watch())).rejects.toThrow(OperationError);
  await hasBegun;
  await opened.close();
  await failed;
  replay.mockResolvedValueOnce(REPORT);
  expect(await operations.replay(REQUEST, watch())).toEqual(REPORT);
});

it('sees to dead letters', async () => {
  const deadLetters = {
    list: vi.fn().mockResolvedValue({ entries: [], hasNextPage: false }),
    show: vi.fn().mockResolvedValue(undefined),
    retry: vi.fn().mockResolvedValue({ status: 'APPLIED', messageId: 'm', eventIds: [] }),
    discard: vi.fn().mockRejectedValue(new DeadLetterError('NOT_DEAD_LETTERED', 'It is APPLIED.')),
  };
  const { operations } = await door({ deadLetters });
  const query = { status: 'DEAD_LETTERED', first: 10, after: [3, 'wms/P100 m'] } as const;
  expect(await operations.deadLetters.list(query)).toEqual({ entries: [], hasNextPage: false });
  expect(deadLetters.list).toHaveBeenCalledWith(query);
  expect(await operations.deadLetters.show('wms/P100 m')).toBeUndefined();
  expect(await operations.deadLetters.retry('wms/P100 m', handling)).toMatchObject({ status: 'APPLIED' });
  expect(deadLetters.retry).toHaveBeenCalledWith('wms/P100 m', handling);
  const refused = operations.deadLetters.discard('wms/P100 m', handling);
  await expect(refused).rejects.toEqual(new OperationError('FAILED', 'It is APPLIED.'));
});

it.each([
  ['POST', '/operations/inventory/replay', 401],
  ['POST', '/operations/inventory/nonsense', 404],
  ['POST', '/operations/inventory/constructor', 404],
  ['POST', '/operations/nowhere/replay', 404],
])('answers %s %s without a token with %d', async (method, path, status) => {
  const { url } = await door({});
  expect((await fetch(`${url}${path}`, { method, body: '{}' })).status).toBe(status);
});

it.each(['{', '[]', '{}', '{"dryRun":"yes","rebuild":false}'])('refuses the body %s', async (body) => {
  const { url, opened } = await door({ replay: () => Promise.resolve(REPORT) });
  const headers = { authorization: `Bearer ${opened.token}` };
  const response = await fetch(`${url}/operations/inventory/replay`, { method: 'POST', headers, body });
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ error: { kind: 'REFUSED' } });
});

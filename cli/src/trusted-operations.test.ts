import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { operationsCommand } from './trusted-operations.ts';
import { UsageError } from './usage-error.ts';

interface Asked {
  readonly method: string | undefined;
  readonly path: string | undefined;
  readonly authorization: string | undefined;
  readonly body: string;
}

/** What the administrator's endpoint of a gateway is asked; it answers everything alike. */
async function gateway(status: number, answer: unknown) {
  const asked: Asked[] = [];
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    asked.push({ method: request.method, path: request.url, authorization: request.headers.authorization, body });
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  };
  const server = createServer((request, response) => void handle(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

function terminal(env: Record<string, string> = { TAKT_ADMIN_TOKEN: 'secret-of-the-tests' }) {
  const written = { out: '', err: '' };
  return {
    written,
    env,
    out: { write: (text: string) => (written.out += text) },
    err: { write: (text: string) => (written.err += text) },
  };
}

/** A folder with two operations and a fragment, one of them deeper. */
async function clientFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'takt-client-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await mkdir(join(folder, 'deeper'));
  await writeFile(join(folder, 'a.graphql'), 'query A { a { ...F } } fragment F on A { id }');
  await writeFile(join(folder, 'deeper', 'b.graphql'), 'query B { a { ...F } }');
  await writeFile(join(folder, 'notes.txt'), 'not GraphQL');
  return folder;
}

const publish = async (...more: string[]) => [
  'publish',
  await clientFolder(),
  ...['--client', 'board', '--client-version', '1.2.0'],
  ...more,
];

it('publishes the operations of a folder', async () => {
  const { url, asked } = await gateway(201, { outcome: 'published' });
  const there = terminal();
  expect(await operationsCommand(await publish('--contract', '2026-11', '--gateway', url), there)).toBe(0);
  expect(there.written.out).toBe('board 1.2.0: 2 operations are registered.\n');
  expect(asked).toMatchObject([{ method: 'POST', path: '/operations', authorization: 'Bearer secret-of-the-tests' }]);
  const manifest: Record<string, unknown> = JSON.parse(asked[0]!.body);
  expect(manifest).toMatchObject({ client: 'board', version: '1.2.0', contract: '2026-11' });
  const texts = Object.values(manifest['documents'] as Record<string, string>);
  expect(texts.map((text) => /^query (\w)[^]*fragment F/.exec(text)?.[1])).toEqual(['A', 'B']);
});

it('says when they were there', async () => {
  const { url } = await gateway(200, { outcome: 'unchanged' });
  const there = terminal();
  expect(await operationsCommand(await publish('--gateway', url), there)).toBe(0);
  expect(there.written.out).toContain('registered already');
});

it('tells why the gateway refuses, by operation', async () => {
  const errors = [{ hash: 'ab12', operationName: 'A', message: 'Cannot query field "a" on type "Query".' }];
  const { url } = await gateway(422, { errors });
  await expect(operationsCommand(await publish('--gateway', url), terminal())).rejects.toThrow(
    'The gateway refuses (422):\nA: Cannot query field "a" on type "Query".',
  );
});

it('says what a gateway needs that registers nothing', async () => {
  const { url } = await gateway(404, { errors: [{ message: 'There is nothing here.' }] });
  await expect(operationsCommand(await publish('--gateway', url), terminal())).rejects.toThrow(
    'TAKT_TRUSTED_DOCUMENTS_DIR',
  );
});

it('lists what is registered', async () => {
  const publications = [
    { client: 'board', version: '1', contract: '2026-11', documents: 3 },
    { client: 'report', version: '2', documents: 1 },
  ];
  const { url } = await gateway(200, { mode: 'only', publications });
  const there = terminal();
  expect(await operationsCommand(['list', '--gateway', url], there)).toBe(0);
  expect(there.written.out).toBe('board 1: 3, for 2026-11\nreport 2: 1, for stable\n2 publications. Only these run.\n');
});

it('retires a version', async () => {
  const { url, asked } = await gateway(200, { outcome: 'retired' });
  const there = terminal();
  await operationsCommand(['retire', '--client', 'board', '--client-version', '1', '--gateway', url], there);
  expect(asked).toMatchObject([{ method: 'DELETE', path: '/operations/board/1' }]);
  expect(there.written.out).toBe('board 1 is retired.\n');
});

it.each<[string, readonly string[], string]>([
  ['nothing', [], 'Usage:'],
  ['another word', ['register'], 'Usage:'],
  ['no client', ['publish', '.'], 'Usage:'],
  ['no path', ['publish', '--client', 'board', '--client-version', '1'], 'Usage:'],
  ['an unknown option', ['list', '--all'], '--all'],
  [
    'a path that is not there',
    ['publish', '/nowhere', '--client', 'b', '--client-version', '1'],
    'There is no /nowhere',
  ],
  ['what is no URL', ['list', '--gateway', 'gateway'], '--gateway needs a URL'],
])('refuses %s', async (_what, args, reason) => {
  const refused = operationsCommand(args, terminal());
  await expect(refused).rejects.toThrow(reason);
  await expect(refused).rejects.toBeInstanceOf(UsageError);
});

it('needs the token', async () => {
  await expect(operationsCommand(['list'], terminal({}))).rejects.toThrow('TAKT_ADMIN_TOKEN');
});

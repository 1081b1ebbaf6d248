import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StoreUnavailableError } from '@takt/document-store';
import {
  inboundMessage,
  IntakeBusyError,
  IntakeUnavailableError,
  systemClock,
  type InboundMessage,
  type Intake,
} from '@takt/intake';
import { expect, it, onTestFinished, vi } from 'vitest';
import { knock, openIntakeDoor, remoteIntake } from './intake-door.ts';

const message = inboundMessage({ type: 'StockReported', source: 'wms/p100', data: { sku: 'PUMP' } }, systemClock);

/** An open door of the domain `inventory` whose intake does as told. */
async function door(receive: Intake['receive']) {
  const directory = await mkdtemp(join(tmpdir(), 'takt-door-'));
  const opened = openIntakeDoor([{ name: 'inventory', directory, intake: { receive } }]);
  const server = createServer((request, response) => {
    if (!opened.handle(request, response)) response.writeHead(404).end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await opened.announce(url);
  onTestFinished(async () => {
    server.close();
    server.closeAllConnections();
    await opened.close();
    await rm(directory, { recursive: true });
  });
  return {
    directory,
    url,
    close: () => opened.close(),
    token: (JSON.parse(await readFile(join(directory, 'process.json'), 'utf8')) as { token: string }).token,
  };
}

const applied = (messages: readonly InboundMessage[]) =>
  Promise.resolve(messages.map(({ id }) => ({ status: 'APPLIED' as const, messageId: id, eventIds: [] })));

it('takes messages of whoever may read the folder', async () => {
  const { directory } = await door(applied);
  const intake = await knock(directory);
  expect(await intake?.receive([message])).toEqual([{ status: 'APPLIED', messageId: message.id, eventIds: [] }]);
});

it('leaves the token where the owner alone can read it', async () => {
  const { directory } = await door(applied);
  expect((await stat(join(directory, 'process.json'))).mode & 0o777).toBe(0o600);
});

it('refuses who has no token', async () => {
  const { url } = await door(applied);
  const response = await fetch(`${url}/intake/inventory`, { method: 'POST', body: '[]' });
  expect(response.status).toBe(401);
});

it.each([
  ['text that is not JSON', '{', 400, 'not JSON'],
  ['something else than an array', '{}', 400, 'JSON array'],
  ['half an array', '[', 400, 'not JSON'],
  ['text that is not UTF-8', Buffer.from([0x5b, 0x22, 0xff, 0x22, 0x5d]), 400, 'not UTF-8'],
  ['text in Latin 1', Buffer.from('["Größe"]', 'latin1'), 400, 'not UTF-8'],
  ['more than it takes', Buffer.alloc(32 * 1024 * 1024 + 1, ' '), 413, 'At most 33554432 bytes'],
])('answers %s with what is wrong', async (_, body, status, problem) => {
  const { url, token } = await door(applied);
  const headers = { authorization: `Bearer ${token}` };
  const response = await fetch(`${url}/intake/inventory`, { method: 'POST', headers, body });
  expect(response.status).toBe(status);
  expect(await response.text()).toContain(problem);
});

it.each([
  ['the intake', new IntakeUnavailableError('Events could not be published.')],
  ['the store', new StoreUnavailableError('no room left')],
])('passes on why nothing can be taken when %s says so, so that the sender offers again', async (_, fault) => {
  const { directory, url, token } = await door(() => Promise.reject(fault));
  const response = await fetch(`${url}/intake/inventory`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    body: '[]',
  });
  expect(response.status).toBe(503);
  expect(response.headers.get('retry-after')).toBe('1');
  const intake = await knock(directory);
  const refused = await intake?.receive([message]).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(IntakeUnavailableError);
  expect(refused).toHaveProperty('reason', fault instanceof IntakeUnavailableError ? fault.reason : fault.message);
});

it('leaves the address of another process that has come in its place', async () => {
  const { directory, close } = await door(applied);
  const other = JSON.stringify({ pid: process.pid, url: 'http://127.0.0.1:1/intake/inventory', token: 'another' });
  await writeFile(join(directory, 'process.json'), other);
  await close();
  expect(await readFile(join(directory, 'process.json'), 'utf8')).toBe(other);
});

it('leaves the address of a successor that comes while it closes', async () => {
  const { directory, url } = await door(applied);
  const open = () => openIntakeDoor([{ name: 'inventory', directory, intake: { receive: applied } }]);
  for (let round = 0; round < 300; round += 1) {
    const [former, successor] = [open(), open()];
    await former.announce(url);
    await Promise.all([former.close(), successor.announce(url)]);
    expect(await readFile(join(directory, 'process.json'), 'utf8')).toContain(successor.token);
  }
  expect(await readdir(directory)).toEqual(['process.json']);
});

it.each(['', 'null', '{}', '<html>Bad Gateway</html>'.repeat(100)])(
  'is unavailable also when something else says so: %j',
  async (text) => {
    const proxy = createServer((_, response) => response.writeHead(503).end(text)).listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    onTestFinished(() => void proxy.close());
    const url = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}/intake/inventory`;
    const refused = await remoteIntake({ url, token: 'x' })
      .receive([message])
      .catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(IntakeUnavailableError);
    expect((refused as Error).message.length).toBeLessThan(400);
  },
);

it('passes on that the domain is busy, so that the sender offers again', async () => {
  const { directory } = await door(() => Promise.reject(new IntakeBusyError(10_000)));
  const intake = await knock(directory);
  await expect(intake?.receive([message])).rejects.toThrow(IntakeBusyError);
});

it('holds no more bytes at once than it may, and is busy for others meanwhile', async () => {
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  let arrived = 0;
  const { directory } = await door(async (messages) => {
    arrived += 1;
    await released;
    return applied(messages);
  });
  const intake = (await knock(directory))!;
  const large = { ...message, correlationid: 'x'.repeat(31 * 1024 * 1024) };
  const held = [intake.receive([large]), intake.receive([large])];
  await vi.waitFor(() => expect(arrived).toBe(2), { timeout: 20_000 });
  await expect(intake.receive([large])).rejects.toThrow(IntakeBusyError);
  release();
  expect(await Promise.all(held)).toHaveLength(2);
  expect(await intake.receive([large])).toHaveLength(1);
});

it('writes to the log why messages could not be stored', async () => {
  const log = vi.spyOn(console, 'error').mockImplementation(() => undefined);
  onTestFinished(() => log.mockRestore());
  const { directory } = await door(() => Promise.reject(new Error('disk full')));
  const intake = await knock(directory);
  await expect(intake?.receive([message])).rejects.toThrow('500');
  expect(log.mock.calls.flat()).toContainEqual(expect.objectContaining({ message: 'disk full' }));
});

it('is not there when the process that opened it does not answer', async () => {
  const { directory } = await door(applied);
  const mute = createServer(() => undefined).listen(0, '127.0.0.1');
  await once(mute, 'listening');
  onTestFinished(() => {
    mute.close();
    mute.closeAllConnections();
  });
  const url = `http://127.0.0.1:${(mute.address() as AddressInfo).port}/intake/inventory`;
  await writeFile(join(directory, 'process.json'), JSON.stringify({ pid: process.pid, url, token: 'x' }));
  expect(await knock(directory)).toBeUndefined();
});

it('is not there when the process that opened it is gone', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'takt-door-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  expect(await knock(directory)).toBeUndefined();
  const gone = { pid: process.pid, url: 'http://127.0.0.1:1/intake/inventory', token: 'x' };
  await writeFile(join(directory, 'process.json'), JSON.stringify(gone));
  expect(await knock(directory)).toBeUndefined();
});

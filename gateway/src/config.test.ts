import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readConfig } from './config.ts';
import { defaultTransportOptions } from './transports/transport-options.ts';

async function reading(text: string) {
  const folder = await mkdtemp(join(tmpdir(), 'takt-config-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const path = join(folder, 'gateway.json');
  await writeFile(path, text);
  return readConfig(path).catch((error: unknown) => (error instanceof Error ? error.message : error));
}

test('every option of transports may be given, for all subgraphs and for single ones', async () => {
  const config = {
    transports: {
      defaults: { ...defaultTransportOptions, retry: { attemptTimeoutMs: 100 }, acceptEncoding: ['gzip', 'br'] },
      subgraphs: { stock: { timeoutMs: 1_000, breaker: false, retry: false, http2: true } },
    },
    dedupe: true,
  };
  expect(await reading(JSON.stringify(config))).toEqual(config);
  expect(await reading('{}')).toEqual({});
});

test.each<[string, unknown, RegExp]>([
  ['an option that there is not', { transports: { defaults: { timeout: 1 } } }, /\/transports\/defaults\/timeout: /],
  ['a section that there is not', { transport: {} }, /\/transport: /],
  [
    'a number in a string',
    { transports: { subgraphs: { stock: { timeoutMs: '5' } } } },
    /\/stock\/timeoutMs: Expected/,
  ],
  ['a time that is longer than timers take', { transports: { defaults: { timeoutMs: 2 ** 31 } } }, /\/timeoutMs: /],
  ['no connections', { transports: { defaults: { connections: 0 } } }, /\/connections: /],
  ['a misspelt option of the breaker', { transports: { defaults: { breaker: { treshold: 0.5 } } } }, /\/breaker: /],
  [
    'a compression that there is not',
    { transports: { defaults: { acceptEncoding: ['zip'] } } },
    /\/acceptEncoding\/0: /,
  ],
  ['a list', [], /\/: Expected object/],
])('%s is told with its place', async (_case, config, message) => {
  expect(await reading(JSON.stringify(config))).toMatch(message);
});

test('a file that is not JSON, or not there, is told', async () => {
  expect(await reading('timeoutMs: 5')).toMatch(/^The configuration .* is not JSON\.$/);
  await expect(readConfig('/nowhere/gateway.json')).rejects.toThrow(
    'The configuration /nowhere/gateway.json cannot be read (ENOENT).',
  );
});

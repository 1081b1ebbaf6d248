import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readConfig, serverOptionsOf } from './config.ts';
import { defaultOperationLimits } from './guard/operation-limits.ts';
import { defaultSubscriptionLimits } from './subscribe/hub.ts';
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

test('every option of limits, cost, origins, headers, subscriptions and the server may be given', async () => {
  const server = { maxBatch: 10, maxWaitingOperations: 0, requestTimeoutMs: 5_000, heartbeatMs: 15_000 };
  const config = {
    limits: { mode: 'measure', ...defaultOperationLimits },
    cost: { max: 1_000, mode: 'enforce', assumedListSize: 20, measure: true, expose: true },
    introspection: false,
    cors: ['https://plan.example', 'http://localhost:3000'],
    overrideLabels: ['new-stock'],
    forwardHeaders: ['Authorization', 'traceparent'],
    subscriptions: { limits: defaultSubscriptionLimits },
    server,
  };
  const read = await reading(JSON.stringify(config));
  expect(read).toEqual(config);
  expect(serverOptionsOf(config as Awaited<ReturnType<typeof readConfig>>)).toEqual({
    cost: config.cost,
    introspection: false,
    overrideLabels: config.overrideLabels,
    forwardHeaders: config.forwardHeaders,
    subscriptions: config.subscriptions,
    operationLimits: { mode: 'measure', limits: defaultOperationLimits },
    cors: config.cors,
    serverLimits: server,
  });
});

test.each<[string, unknown, RegExp]>([
  ['a limit that there is not', { limits: { maxdepth: 5 } }, /\/limits\/maxdepth: /],
  ['a mode that there is not', { limits: { mode: 'warn' } }, /\/limits\/mode: /],
  ['a limit below zero', { limits: { maxDepth: -1 } }, /\/limits\/maxDepth: /],
  ['cost without its limit', { cost: { mode: 'measure' } }, /\/cost\/max: /],
  ['an origin with a path', { cors: ['https://plan.example/'] }, /\/cors\/0: /],
  ['every origin', { cors: ['*'] }, /\/cors\/0: /],
  ['an origin as no browser writes it', { cors: ['https://PLAN.example'] }, /\/cors\/0: /],
  ['a header name with a space', { forwardHeaders: ['x y'] }, /\/forwardHeaders\/0: /],
  [
    'a misspelt limit of subscriptions',
    { subscriptions: { limits: { stall: 1 } } },
    /\/subscriptions\/limits\/stall: /,
  ],
  ['no batch at all', { server: { maxBatch: 0 } }, /\/server\/maxBatch: /],
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

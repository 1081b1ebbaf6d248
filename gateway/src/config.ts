import { readFile } from 'node:fs/promises';
import { Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import type { TransportsOptions } from './transports/transport-options.ts';

/** What a gateway's configuration file may hold. */
export interface GatewayConfig {
  readonly transports?: TransportsOptions;
  /** Identical queries of clients at the same time are run once. */
  readonly dedupe?: boolean;
}

/** Reads a configuration file, in JSON. Throws Error with a message for the operator. */
export async function readConfig(path: string): Promise<GatewayConfig> {
  let config: unknown;
  try {
    config = JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    const isUnreadable = error instanceof Error && 'code' in error;
    const reason = isUnreadable ? `cannot be read (${String(error.code)})` : 'is not JSON';
    throw new Error(`The configuration ${path} ${reason}.`, { cause: error });
  }
  if (Value.Check(schema, config)) return config;
  const faults = [...Value.Errors(schema, config)].slice(0, maxFaults);
  const reasons = faults.map(({ path: place, message }) => `  ${place || '/'}: ${message}`);
  throw new Error(`The configuration ${path} is not valid:\n${reasons.join('\n')}`);
}

const maxFaults = 10;

const exactly = { additionalProperties: false };
const count = Type.Integer({ minimum: 1, maximum: 1_000_000 });
/** As long as a timer takes. */
const milliseconds = Type.Integer({ minimum: 1, maximum: 2 ** 31 - 1 });
const bytes = Type.Integer({ minimum: 1, maximum: 2 ** 29 });

const retry = Type.Object(
  {
    maxRetries: Type.Integer({ minimum: 0, maximum: 10 }),
    attemptTimeoutMs: milliseconds,
    budgetRatio: Type.Number({ minimum: 0, maximum: 1 }),
    budgetPerSecond: Type.Number({ minimum: 0, maximum: 1_000 }),
    firstPauseMs: milliseconds,
    maxPauseMs: milliseconds,
  },
  exactly,
);

const breaker = Type.Object(
  {
    threshold: Type.Number({ exclusiveMinimum: 0, exclusiveMaximum: 1 }),
    requests: count,
    minRequests: count,
    breakMs: milliseconds,
  },
  exactly,
);

const transport = Type.Partial(
  Type.Object(
    {
      connections: count,
      maxRequests: count,
      connectTimeoutMs: milliseconds,
      timeoutMs: milliseconds,
      maxResponseBytes: bytes,
      maxQueuedEvents: count,
      maxQueuedBytes: bytes,
      retry: Type.Union([Type.Literal(false), Type.Partial(retry, exactly)]),
      breaker: Type.Union([Type.Literal(false), Type.Partial(breaker, exactly)]),
      dedupe: Type.Boolean(),
      http2: Type.Boolean(),
      acceptEncoding: Type.Array(Type.Union([Type.Literal('gzip'), Type.Literal('br')])),
    },
    exactly,
  ),
  exactly,
);

const schema = Type.Partial(
  Type.Object({
    transports: Type.Partial(
      Type.Object({ defaults: transport, subgraphs: Type.Record(Type.String(), transport) }),
      exactly,
    ),
    dedupe: Type.Boolean(),
  }),
  exactly,
);

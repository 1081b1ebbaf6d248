import { readFile } from 'node:fs/promises';
import { FormatRegistry, Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import type { CostOptions } from './guard/cost-guard.ts';
import { defaultOperationLimits } from './guard/operation-limits.ts';
import type { GuardMode, OperationLimits } from './guard/operation-limits.ts';
import { isOrigin } from './serve/cors-setting.ts';
import type { GatewayServerOptions, ServerLimits } from './serve/server-options.ts';
import type { SubscriptionLimits } from './subscribe/hub.ts';
import type { TransportsOptions } from './transports/transport-options.ts';
import type { TrustedDocumentsOptions } from './trusted/trusted-documents.ts';

/** What a gateway's configuration file may hold; everything may be left out. */
export interface GatewayConfig {
  readonly transports?: TransportsOptions;
  /** Identical queries of clients at the same time are run once. */
  readonly dedupe?: boolean;
  /** How large an operation may be, and whether one that is larger is refused, which it is unless `mode` is `measure`. */
  readonly limits?: Partial<OperationLimits> & { readonly mode?: GuardMode };
  /** What an operation may cost; nothing is worked out without it. */
  readonly cost?: Omit<CostOptions, 'onCost'>;
  /** Whether clients may ask for the schema, whatever else says that this is production. */
  readonly introspection?: boolean;
  /** Origins whose pages may read answers over HTTP and open websockets, e.g. `https://plan.example`, unless `TAKT_CORS` says it. */
  readonly cors?: readonly string[];
  /** Labels of `@override` that are on. */
  readonly overrideLabels?: readonly string[];
  /** Names of request headers that are passed on to subgraphs. */
  readonly forwardHeaders?: readonly string[];
  readonly subscriptions?: { readonly limits?: Partial<SubscriptionLimits> };
  /** Where registered documents are kept; in production only those run, unless `mode` is `optional`. */
  readonly trustedDocuments?: Partial<TrustedDocumentsOptions>;
  /** Where runs of operations are counted; nowhere unless given. */
  readonly usage?: { readonly folder: string };
  /** Of requests, connections and what runs at once. */
  readonly server?: Partial<ServerLimits>;
}

/** The same as options of the server. */
export function serverOptionsOf({ limits = {}, server, trustedDocuments: _, ...config }: GatewayConfig) {
  const { mode, ...operationLimits } = limits;
  return {
    ...config,
    operationLimits: { limits: operationLimits, mode },
    ...(server && { serverLimits: server }),
  } satisfies Partial<GatewayServerOptions>;
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

const mode = Type.Union([Type.Literal('enforce'), Type.Literal('measure')]);

const operationLimits = Object.fromEntries(
  Object.keys(defaultOperationLimits).map((name) => [name, Type.Integer({ minimum: 0, maximum: 100_000_000 })]),
);

const cost = Type.Object(
  {
    max: Type.Number({ minimum: 0 }),
    mode: Type.Optional(mode),
    assumedListSize: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000 })),
    measure: Type.Optional(Type.Boolean()),
    expose: Type.Optional(Type.Boolean()),
  },
  exactly,
);

const subscriptionLimits = {
  maxBufferedBytes: bytes,
  stallMs: milliseconds,
  maxSubscriptions: count,
  maxSubscriptionsPerCaller: count,
  firstPauseMs: milliseconds,
  longestPauseMs: milliseconds,
  recheckTimeoutMs: milliseconds,
};

const serverLimits = {
  maxBodyBytes: bytes,
  maxBatch: count,
  maxStreams: count,
  maxOperationsPerConnection: count,
  maxRunningOperations: count,
  maxWaitingOperations: Type.Integer({ minimum: 0, maximum: 1_000_000 }),
  requestTimeoutMs: milliseconds,
  heartbeatMs: milliseconds,
  connectionInitTimeoutMs: milliseconds,
  drainMs: milliseconds,
};

FormatRegistry.Set('origin', isOrigin);
const origin = Type.String({ format: 'origin' });
const headerName = Type.String({ pattern: "^[A-Za-z0-9!#$%&'*+.^_`|~-]+$" });

const schema = Type.Partial(
  Type.Object({
    transports: Type.Partial(
      Type.Object({ defaults: transport, subgraphs: Type.Record(Type.String(), transport) }),
      exactly,
    ),
    dedupe: Type.Boolean(),
    limits: Type.Partial(Type.Object({ mode, ...operationLimits }), exactly),
    cost,
    introspection: Type.Boolean(),
    cors: Type.Array(origin),
    overrideLabels: Type.Array(Type.String()),
    forwardHeaders: Type.Array(headerName),
    subscriptions: Type.Partial(
      Type.Object({ limits: Type.Partial(Type.Object(subscriptionLimits), exactly) }),
      exactly,
    ),
    trustedDocuments: Type.Partial(
      Type.Object({
        folder: Type.String({ minLength: 1 }),
        mode: Type.Union([Type.Literal('only'), Type.Literal('optional')]),
      }),
      exactly,
    ),
    usage: Type.Object({ folder: Type.String({ minLength: 1 }) }, exactly),
    server: Type.Partial(Type.Object(serverLimits), exactly),
  }),
  exactly,
);

import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Type, type Static } from '@sinclair/typebox';
import { SettingError, type Setup } from '@takt/backing-system';
import type { IClientOptions } from 'mqtt';
import { isTopicFilter } from './topic-filter.ts';

/**
 * What tells two messages apart that a broker may deliver more than once. A broker marks what it sends again, but gives the
 * number of a packet to another message later: neither says whether two equal payloads are one message. So the payload must
 * say it: Sparkplug's sequence number and timestamps and B2MML's CreationDateTime do, and its content is the key. Of plain
 * JSON a file must say what does: pointers (RFC 6901) to what makes a message unique on its topic, or a user property of
 * MQTT 5 that its publisher sets, or `content` if no two messages on a topic are equal.
 */
const KeySetting = Type.Union([
  Type.Literal('content'),
  Type.Object({ userProperty: Type.String({ minLength: 1, maxLength: 100 }) }, { additionalProperties: false }),
  Type.Array(Type.String({ pattern: '^(/([^~]|~[01])*)$', maxLength: 200 }), { minItems: 1, maxItems: 10 }),
]);

export const FORMATS = ['sparkplug-b', 'b2mml-json', 'b2mml-xml', 'json'] as const;
export type Format = (typeof FORMATS)[number];

const Subscription = Type.Object(
  {
    topic: Type.String({ minLength: 1, maxLength: 400 }),
    format: Type.Union(FORMATS.map((format) => Type.Literal(format))),
    /** At most so. No 2: it would confirm a message before it is on stable storage here. */
    qos: Type.Optional(Type.Union([Type.Literal(0), Type.Literal(1)])),
    key: Type.Optional(KeySetting),
  },
  { additionalProperties: false },
);
export type Subscription = Static<typeof Subscription>;

export const Settings = Type.Object({
  endpoint: Type.String({ pattern: '^(mqtts?|wss?)://[^\\s@]+$', maxLength: 500 }),
  credentials: Type.Optional(
    Type.Object(
      { user: Type.String({ minLength: 1 }), password: Type.String({ minLength: 1 }) },
      { additionalProperties: false },
    ),
  ),
  /** Names the session in which the broker keeps what we have not confirmed: no other client may have it. */
  clientId: Type.String({ pattern: '^[A-Za-z0-9._-]{1,64}$' }),
  protocolVersion: Type.Optional(Type.Union([Type.Literal(4), Type.Literal(5)])),
  /** How long the broker keeps the session while we are away; with version 4 the broker's own setting decides. */
  sessionExpirySeconds: Type.Optional(Type.Integer({ minimum: 0, maximum: 4_294_967_294 })),
  /** How many unconfirmed messages the broker may send; with version 4 the broker's own setting decides. */
  inflight: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
  keepaliveSeconds: Type.Optional(Type.Integer({ minimum: 5, maximum: 3600 })),
  tls: Type.Optional(
    Type.Object({ ca: Type.String({ minLength: 1, maxLength: 1000 }) }, { additionalProperties: false }),
  ),
  subscriptions: Type.Array(Subscription, { minItems: 1, maxItems: 100 }),
});
export type Settings = Static<typeof Settings>;

/** What one connection needs. */
export interface Connection {
  readonly endpoint: string;
  readonly options: IClientOptions;
  readonly subscriptions: readonly Subscription[];
}

/** Throws SettingError. */
export function readSettings(settings: Settings, { secret, folder }: Pick<Setup, 'secret' | 'folder'>): Connection {
  const { endpoint, credentials, clientId, protocolVersion = 5, subscriptions } = settings;
  if (!URL.canParse(endpoint)) throw new SettingError('endpoint', 'It is no URL.');
  const isSecure = /^(mqtts|wss):/.test(endpoint);
  if (settings.tls && !isSecure) throw new SettingError('tls', 'The endpoint must be mqtts:// or wss://.');
  for (const [index, subscription] of subscriptions.entries()) check(subscription, index, protocolVersion);
  return {
    endpoint,
    subscriptions,
    options: {
      clientId,
      protocolVersion,
      clean: false,
      reconnectPeriod: 0,
      resubscribe: false,
      keepalive: settings.keepaliveSeconds ?? 60,
      connectTimeout: CONNECT_TIMEOUT_MS,
      ...(credentials && {
        username: secret('credentials.user', credentials.user),
        password: secret('credentials.password', credentials.password),
      }),
      ...(settings.tls && { ca: readCa(resolve(folder, settings.tls.ca)) }),
      ...(protocolVersion === 5 && {
        properties: {
          sessionExpiryInterval: settings.sessionExpirySeconds ?? WEEK_SECONDS,
          receiveMaximum: settings.inflight ?? 20,
          maximumPacketSize: MAX_PACKET_BYTES,
        },
      }),
    },
  };
}

function check({ topic, format, key }: Subscription, index: number, protocolVersion: number): void {
  const field = (name: string) => `subscriptions.${index}.${name}`;
  if (!isTopicFilter(topic)) throw new SettingError(field('topic'), 'It is no topic filter.');
  if (topic.startsWith('$share/')) {
    throw new SettingError(field('topic'), 'A shared subscription does not keep the order of messages.');
  }
  if (format === 'json' && key === undefined) {
    throw new SettingError(
      field('key'),
      'It must say what tells two messages apart: pointers, a user property or content.',
    );
  }
  if (Array.isArray(key) && format !== 'json' && format !== 'b2mml-json') {
    throw new SettingError(field('key'), 'Pointers are for JSON.');
  }
  if (typeof key === 'object' && 'userProperty' in key && protocolVersion !== 5) {
    throw new SettingError(field('key'), 'User properties need protocolVersion 5.');
  }
  if (key !== undefined && format === 'sparkplug-b') throw new SettingError(field('key'), 'Sparkplug has its own.');
}

function readCa(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch {
    throw new SettingError('tls.ca', `${path} cannot be read.`);
  }
}

const CONNECT_TIMEOUT_MS = 10_000;
const WEEK_SECONDS = 7 * 24 * 3600;
/** The broker drops larger packets, so this protects memory alone: what is smaller and too large to be read is told. */
const MAX_PACKET_BYTES = 64 * 1024 * 1024;

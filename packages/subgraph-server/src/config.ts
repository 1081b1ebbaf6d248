import { isIP } from 'node:net';
import { delimiter } from 'node:path';

/** What a Takt process reads from its environment. Nothing else touches `process.env`. */
export interface Config {
  readonly host: string;
  readonly port: number;
  readonly dataDir: string;
  /** Keeps documents in this MongoDB instead of in the data directory. May hold a password: never print it. */
  readonly mongodbUri: string | undefined;
  /** Keeps events in this NATS JetStream instead of in the data directory. May hold a password: never print it. */
  readonly natsUrl: string | undefined;
  /** Starts the names of databases and streams, so that several Takts share a MongoDB and a NATS. */
  readonly namespace: string;
  /** Folders of the files that declare backing systems; undefined: `connectors/instances`, if there is such a folder. */
  readonly connectors: readonly string[] | undefined;
  /** Days for which a domain's inbox keeps messages that ended. */
  readonly inboxDays: number;
  readonly refresh: RefreshCadence;
  /** Where other processes that have the same domain open reach this one. */
  readonly door: {
    readonly host: string;
    /** 0: any free one. */
    readonly port: number;
    /** `host`, or the name of this machine if that stands for every address, unless given. */
    readonly advertisedHost: string | undefined;
  };
  /** Processes of each service; more than one need a MongoDB and a NATS that they share. */
  readonly instances: number;
  readonly demo: {
    readonly fill: boolean;
    readonly live: boolean;
    readonly size: 'small' | 'large';
    readonly seed: number;
  };
}

/** How soon after a change it is judged whether it deserves action, by the refresh class of the item. */
export interface RefreshCadence {
  /** CRITICAL items, and those made at constrained work centers: what changes within so many seconds is judged together. */
  readonly criticalSeconds: number;
  /** STABLE items: the same for what happens in execution. */
  readonly stableMinutes: number;
  /** STABLE items: forecasts are judged once a day, from this hour of the location's clock on. */
  readonly batchHour: number;
  /** An item at a location that was never judged is judged first so many seconds after it was heard of: until then more comes. */
  readonly settleSeconds: number;
  /** Exceptions whose time has come are looked for every so many seconds; 15 unless given. */
  readonly dueEverySeconds?: number;
}

/** Throws {@link ConfigError} with one line for each thing that is wrong. */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const problems: string[] = [];
  const read = <Value>(
    name: string,
    fallback: Value,
    parse: (text: string) => Value | undefined,
    expected: string,
  ): Value => {
    const text = env[name];
    if (text === undefined || text === '') return fallback;
    const value = parse(text);
    if (value === undefined) problems.push(`${name}=${text}: expected ${expected}.`);
    return value ?? fallback;
  };
  const onOff = (text: string) => ({ on: true, off: false })[text];
  const whole = (maximum: number) => (text: string) =>
    /^\d{1,15}$/.test(text) && Number(text) <= maximum ? Number(text) : undefined;
  const from1to = (maximum: number) => (text: string) => whole(maximum)(text) || undefined;

  const isShared = Boolean(env['MONGODB_URI'] && env['NATS_URL']);
  const unknown = Object.keys(env).filter((name) => name.startsWith('TAKT_') && !KNOWN.includes(name));
  for (const name of unknown) problems.push(`${name} is not a setting. There are ${KNOWN.join(', ')}.`);
  const host = read('HOST', '127.0.0.1', hostName, 'an IP address or a host name');
  const config: Config = {
    host,
    port: read('PORT', 4000, whole(65535), 'a port from 0 (any free one) to 65535'),
    dataDir: read('TAKT_DATA_DIR', '.takt', (text) => (text.includes('\0') ? undefined : text), 'a folder'),
    mongodbUri: env['MONGODB_URI'] || undefined,
    natsUrl: env['NATS_URL'] || undefined,
    namespace: read('TAKT_NAMESPACE', 'takt', nameStart, 'lower-case letters, digits and dashes, at most 20'),
    connectors: read('TAKT_CONNECTORS', undefined, folders, `a folder, or several with ${delimiter} between them`),
    inboxDays: read('TAKT_INBOX_DAYS', 35, days, 'a whole number of days from 1 to 36500'),
    refresh: {
      criticalSeconds: read('TAKT_REFRESH_CRITICAL_SECONDS', 2, whole(3_600), 'seconds from 0 to 3600'),
      stableMinutes: read('TAKT_REFRESH_STABLE_MINUTES', 15, whole(1_440), 'minutes from 0 to 1440'),
      batchHour: read('TAKT_REFRESH_BATCH_HOUR', 4, whole(23), 'an hour from 0 to 23'),
      settleSeconds: read('TAKT_REFRESH_SETTLE_SECONDS', 20, whole(86_400), 'seconds from 0 to 86400'),
    },
    door: {
      host,
      port: read('TAKT_DOOR_PORT', 0, whole(65535), 'a port from 0 (any free one) to 65535'),
      advertisedHost: read('TAKT_ADVERTISED_HOST', undefined, hostName, 'an IP address or a host name'),
    },
    instances: read('TAKT_INSTANCES', isShared ? 2 : 1, from1to(8), 'a number from 1 to 8'),
    demo: {
      fill: read('TAKT_DEMO', true, onOff, 'on or off'),
      live: read('TAKT_DEMO_LIVE', true, onOff, 'on or off'),
      size: read(
        'TAKT_DEMO_SIZE',
        'small',
        (text) => (text === 'small' || text === 'large' ? text : undefined),
        'small or large',
      ),
      seed: read('TAKT_DEMO_SEED', 1, whole(2 ** 32 - 1), 'a whole number below 4294967296'),
    },
  };
  if (config.mongodbUri && !/^mongodb(\+srv)?:\/\//.test(config.mongodbUri)) {
    problems.push('MONGODB_URI must start with mongodb:// or mongodb+srv://.');
  }
  if (config.natsUrl && !/^(nats|tls):\/\//.test(config.natsUrl)) {
    problems.push('NATS_URL must start with nats:// or tls://.');
  }
  if (config.instances > 1 && !isShared) {
    problems.push('TAKT_INSTANCES above 1 needs MONGODB_URI and NATS_URL, which the instances share.');
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return config;
}

/** Of the gateway, which reads them itself: whom it trusts and lets in, what it runs, and where it keeps that. */
const GATEWAY = [
  'TAKT_ADMIN_TOKEN',
  'TAKT_CORS',
  'TAKT_TRUSTED_DOCUMENTS',
  'TAKT_TRUSTED_DOCUMENTS_DIR',
  'TAKT_USAGE_DIR',
  'TAKT_EXTRACTS_DIR',
  'TAKT_JWKS_URL',
  'TAKT_JWT_KEY_FILE',
  'TAKT_JWT_SECRET',
  'TAKT_JWT_ISSUER',
  'TAKT_JWT_AUDIENCE',
  'TAKT_JWT_ALGORITHMS',
  'TAKT_JWT_REQUIRED',
];

/** Read where exceptions are raised. */
const SYNCHRONIZATION = ['TAKT_EXCEPTION_OWNERSHIP'];

const KNOWN = [
  'TAKT_DATA_DIR',
  'TAKT_NAMESPACE',
  'TAKT_CONNECTORS',
  'TAKT_INBOX_DAYS',
  'TAKT_REFRESH_CRITICAL_SECONDS',
  'TAKT_REFRESH_STABLE_MINUTES',
  'TAKT_REFRESH_BATCH_HOUR',
  'TAKT_REFRESH_SETTLE_SECONDS',
  'TAKT_DOOR_PORT',
  'TAKT_ADVERTISED_HOST',
  'TAKT_INSTANCES',
  'TAKT_DEMO',
  'TAKT_DEMO_LIVE',
  'TAKT_DEMO_SIZE',
  'TAKT_DEMO_SEED',
  ...SYNCHRONIZATION,
  ...GATEWAY,
];

function folders(text: string): readonly string[] | undefined {
  const names = text.split(delimiter).filter((name) => name !== '');
  return text.includes('\0') || names.length === 0 ? undefined : names;
}

function days(text: string): number | undefined {
  return /^[1-9]\d{0,4}$/.test(text) && Number(text) <= 36_500 ? Number(text) : undefined;
}

function nameStart(text: string): string | undefined {
  return /^[a-z][a-z0-9-]{0,19}$/.test(text) ? text : undefined;
}

function hostName(text: string): string | undefined {
  return isIP(text) !== 0 || /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/i.test(text) ? text : undefined;
}

export class ConfigError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(problems.join('\n'));
    this.name = 'ConfigError';
  }
}

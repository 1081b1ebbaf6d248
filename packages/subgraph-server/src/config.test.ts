import { expect, it } from 'vitest';
import { ConfigError, readConfig } from './config.ts';

function problemsOf(env: Record<string, string>): readonly string[] {
  try {
    readConfig(env);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

it('needs nothing: everything has a default', () => {
  expect(readConfig({})).toEqual({
    host: '127.0.0.1',
    port: 4000,
    dataDir: '.takt',
    mongodbUri: undefined,
    natsUrl: undefined,
    door: { host: '127.0.0.1', port: 0, advertisedHost: undefined },
    namespace: 'takt',
    inboxDays: 35,
    refresh: { criticalSeconds: 2, stableMinutes: 15, batchHour: 4, settleSeconds: 20 },
    instances: 1,
    demo: { fill: true, live: true, size: 'small', seed: 1 },
  });
});

it('reads every setting', () => {
  const env = {
    HOST: '::1',
    PORT: '0',
    TAKT_DATA_DIR: '/data',
    TAKT_INBOX_DAYS: '400',
    TAKT_REFRESH_CRITICAL_SECONDS: '0',
    TAKT_REFRESH_STABLE_MINUTES: '5',
    TAKT_REFRESH_BATCH_HOUR: '22',
    TAKT_REFRESH_SETTLE_SECONDS: '60',
    TAKT_DEMO: 'off',
    TAKT_DEMO_LIVE: 'off',
    TAKT_DEMO_SIZE: 'large',
  };
  expect(readConfig(env)).toMatchObject({
    host: '::1',
    port: 0,
    dataDir: '/data',
    inboxDays: 400,
    refresh: { criticalSeconds: 0, stableMinutes: 5, batchHour: 22, settleSeconds: 60 },
    demo: { fill: false, live: false, size: 'large' },
  });
});

it('has two instances of each service where they share a MongoDB and a NATS, or as many as are asked for', () => {
  const shared = { MONGODB_URI: 'mongodb://127.0.0.1/', NATS_URL: 'nats://127.0.0.1' };
  expect(readConfig(shared).instances).toBe(2);
  expect(readConfig({ ...shared, TAKT_INSTANCES: '8' }).instances).toBe(8);
  expect(readConfig({ ...shared, TAKT_INSTANCES: '1' }).instances).toBe(1);
});

it.each([
  [{ TAKT_INSTANCES: '2' }, 'TAKT_INSTANCES above 1 needs MONGODB_URI and NATS_URL'],
  [{ TAKT_INSTANCES: '0' }, 'TAKT_INSTANCES=0: expected a number from 1 to 8'],
  [{ TAKT_INSTANCES: '9' }, 'TAKT_INSTANCES=9: expected a number from 1 to 8'],
  [{ PORT: 'http' }, 'PORT=http: expected a port'],
  [{ TAKT_DOOR_PORT: 'http' }, 'TAKT_DOOR_PORT=http: expected a port'],
  [{ TAKT_ADVERTISED_HOST: 'http://x' }, 'TAKT_ADVERTISED_HOST=http://x: expected an IP address or a host name'],
  [{ PORT: '65536' }, 'PORT=65536: expected a port'],
  [{ PORT: '-1' }, 'PORT=-1: expected a port'],
  [{ HOST: 'not a host' }, 'HOST=not a host: expected an IP address or a host name'],
  [{ TAKT_DEMO: 'yes' }, 'TAKT_DEMO=yes: expected on or off'],
  [{ TAKT_DEMO_SIZE: 'huge' }, 'TAKT_DEMO_SIZE=huge: expected small or large'],
  [{ TAKT_DEMO_SEED: '1.5' }, 'TAKT_DEMO_SEED=1.5: expected a whole number'],
  [{ TAKT_REFRESH_BATCH_HOUR: '24' }, 'TAKT_REFRESH_BATCH_HOUR=24: expected an hour from 0 to 23'],
  [{ TAKT_INBOX_DAYS: '0' }, 'TAKT_INBOX_DAYS=0: expected a whole number of days from 1'],
  [{ TAKT_DATADIR: '/data' }, 'TAKT_DATADIR is not a setting. There are TAKT_DATA_DIR'],
  [{ MONGODB_URI: 'http://secret@host' }, 'MONGODB_URI must start with mongodb://'],
])('refuses %j and says what it expected', (env: Record<string, string>, problem) => {
  const problems = problemsOf(env);
  expect(problems).toHaveLength(1);
  expect(problems[0]).toContain(problem);
  expect(problems[0]).not.toContain('secret');
});

it('tells everything that is wrong at once', () => {
  expect(problemsOf({ PORT: 'x', TAKT_DEMO: 'x', TAKT_X: '1' })).toHaveLength(3);
});

it('leaves to the gateway what only that reads', () => {
  expect(problemsOf({ TAKT_JWT_SECRET: 'x', TAKT_JWKS_URL: 'x', TAKT_JWT_REQUIRED: 'x' })).toEqual([]);
  expect(problemsOf({ TAKT_ADMIN_TOKEN: 'x', TAKT_TRUSTED_DOCUMENTS: 'x', TAKT_USAGE_DIR: 'x' })).toEqual([]);
});

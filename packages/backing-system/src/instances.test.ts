import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rm } from 'node:fs/promises';
import { Type } from '@sinclair/typebox';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NO_CROSS_REFERENCES } from '@takt/mapping';
import { InstanceError, readInstances, type ConnectorType } from './instances.ts';
import { SettingError } from './setting-error.ts';

const Settings = Type.Object({ endpoint: Type.String(), token: Type.Optional(Type.String()) });
const carrier: ConnectorType = {
  name: 'carrier',
  settings: Settings,
  configure: ({ endpoint, token }: typeof Settings.static, { secret }) => {
    if (endpoint === 'nowhere') throw new SettingError('endpoint', 'It must be somewhere.');
    const said = token === undefined ? endpoint : `${endpoint} ${secret('token', token)}`;
    return {
      connect: () => ({
        send: () => Promise.resolve({ kind: 'REFUSED', reason: said }),
        close: () => Promise.resolve(),
      }),
    };
  },
};

let folder: string;
beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'takt-instances-'))));
afterEach(() => rm(folder, { recursive: true }));

async function read(files: Readonly<Record<string, string>>, env: Readonly<Record<string, string>> = {}) {
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return readInstances(folder, [carrier], env);
}

async function problems(files: Readonly<Record<string, string>>, env: Readonly<Record<string, string>> = {}) {
  const error: unknown = await read(files, env).catch((fault: unknown) => fault);
  expect(error).toBeInstanceOf(InstanceError);
  return (error as InstanceError).problems.map((problem) => problem.replace(`${folder}/`, ''));
}

const GOOD = 'type: carrier\ninstance: erp/P100\nendpoint: here\n';

describe('what is wrong with a named mapping', () => {
  it('is said once, and what cannot be read is named', async () => {
    const mapped: ConnectorType = {
      ...carrier,
      mappings: new URL('file:///nowhere/'),
      configure: (settings, context) => {
        if (!context.mapping) throw new SettingError('mapping', 'It takes a mapping.');
        return carrier.configure(settings, context);
      },
    };
    await writeFile(join(folder, 'a.yml'), `${GOOD}mapping: own\n`);
    await mkdir(join(folder, 'b.yml'));
    const loading = () => Promise.reject(new SettingError('mapping', 'line 3: no such function.'));
    const error: unknown = await readInstances(folder, [mapped], {}, loading).catch((fault: unknown) => fault);
    expect((error as InstanceError).problems).toEqual([
      `${join(folder, 'a.yml')}: mapping: line 3: no such function.`,
      `${join(folder, 'b.yml')}: It cannot be read: EISDIR.`,
    ]);
  });
});

describe('a folder of instances', () => {
  it('declares one backing system a file', async () => {
    const systems = await read(
      {
        'b.yml': `${GOOD}token: ERP_TOKEN\nrate: { requestsPerSecond: 2, burst: 3 }\ntimeoutMs: 500\n`,
        'a.yaml': GOOD.replace('P100', 'P200'),
        'README.md': 'not one',
      },
      { ERP_TOKEN: 's3cret' },
    );
    expect(systems.map(({ system, rate, timeoutMs }) => ({ system, rate, timeoutMs }))).toEqual([
      { system: 'erp/P200', rate: { requestsPerSecond: 10, burst: 1 }, timeoutMs: 10_000 },
      { system: 'erp/P100', rate: { requestsPerSecond: 2, burst: 3 }, timeoutMs: 500 },
    ]);
    const connector = systems[1]!.connect!({ crossReferences: NO_CROSS_REFERENCES });
    expect(await connector.send({} as never, new AbortController().signal)).toMatchObject({ reason: 'here s3cret' });
  });

  it('may be absent unless it is named', async () => {
    expect(await readInstances(undefined, [carrier], {})).toEqual([]);
    await expect(readInstances(join(folder, 'none'), [carrier], {})).rejects.toThrow('there is no such folder');
  });

  it.each([
    ['type: carrier\n', 'erp.yml: instance: Expected required property'],
    [GOOD.replace('erp/P100', 'erp'), "erp.yml: instance: Expected string to match '^[a-z]"],
    [GOOD.replace('carrier', 'pigeon'), 'erp.yml: type: There is no pigeon, but carrier.'],
    [`${GOOD}endpiont: there\n`, 'erp.yml: endpiont: Unexpected property'],
    [
      `${GOOD}rate: { requestsPerSecond: 0 }\n`,
      'erp.yml: rate.requestsPerSecond: Expected number to be greater than 0',
    ],
    [GOOD.replace('here', '7'), 'erp.yml: endpoint: Expected string'],
    [GOOD.replace('here', 'nowhere'), 'erp.yml: endpoint: It must be somewhere.'],
    [`${GOOD}token: ERP_TOKEN\n`, 'erp.yml: token: The environment has no variable ERP_TOKEN.'],
    ['type: carrier\n  instance: [\n', 'erp.yml: line 1: Nested mappings'],
    ['- a list\n', 'erp.yml: Expected object'],
    ['', 'erp.yml: Expected object'],
    [`a: &a [x, x]\nb: &b [*a, *a]\n${GOOD}`, 'erp.yml: Aliases are not allowed.'],
  ])('names file and field of what is wrong: %j', async (text, expected) => {
    const found = await problems({ 'erp.yml': text });
    expect(found[0]).toContain(expected);
    expect(found).toHaveLength(1);
  });

  it('tells all that is wrong, and of a system that is declared twice', async () => {
    expect(await problems({ 'a.yml': GOOD, 'b.yml': GOOD, 'c.yml': 'type: pigeon\ninstance: erp/P300' })).toEqual([
      'b.yml: instance: erp/P100 is declared in another file too.',
      'c.yml: type: There is no pigeon, but carrier.',
    ]);
  });
});

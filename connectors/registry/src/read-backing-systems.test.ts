import { copyFile, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SettingError } from '@takt/backing-system';
import { expect, it, onTestFinished } from 'vitest';
import { CONNECTOR_TYPES, loadMappingFor, readBackingSystems } from './index.ts';

const CONNECTORS = fileURLToPath(new URL('../../', import.meta.url));
const EVERY_SECRET = new Proxy<Record<string, string>>({}, { get: () => 'secret' });

async function folder(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'takt-registry-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  return directory;
}

async function listed(path: string): Promise<string[]> {
  return (await readdir(path).catch(() => [])).filter((name) => name.endsWith('.yml')).map((name) => join(path, name));
}

const examples = (
  await Promise.all((await readdir(CONNECTORS)).map((connector) => listed(join(CONNECTORS, connector, 'examples'))))
).flat();

it.each(examples.map((path) => path.slice(CONNECTORS.length)))('%s can be declared', async (path) => {
  const directory = await folder();
  await copyFile(join(CONNECTORS, path), join(directory, 'example.yml'));
  const [system] = await readBackingSystems([directory], EVERY_SECRET);
  expect(path.startsWith(`${system?.connector}/`)).toBe(true);
});

const mappings = CONNECTOR_TYPES.flatMap(({ name, mappings: at }) => (at ? [{ name, at: fileURLToPath(at) }] : []));

it.each(mappings)('every mapping that comes with $name says what the domains take', async ({ name, at }) => {
  const paths = await listed(at);
  expect(paths.length).toBeGreaterThan(0);
  for (const path of paths) expect(await loadMappingFor(path, name)).toMatchObject({ connector: name });
});

it('says all that is wrong: secrets, types, mappings', async () => {
  const directory = await folder();
  await writeFile(join(directory, 'a.yml'), 'type: teletype\ninstance: erp/P100\n');
  await copyFile(join(CONNECTORS, 'erp-odata/examples/sap-p100.yml'), join(directory, 'b.yml'));
  await writeFile(
    join(directory, 'c.yml'),
    'type: files\ninstance: wms/P1\nfolder: .\nformat: { kind: csv }\nmapping: none\n',
  );
  const refused = await readBackingSystems([directory], {}).catch((error: unknown) => error as Error);
  const { message } = refused as Error;
  expect(message).toMatch(/a\.yml: type: There is no teletype, but cloudevents-http, edi, erp-odata/);
  expect(message).toMatch(/b\.yml: .*ERP_P100_PASSWORD/);
  expect(message).toMatch(/c\.yml: mapping: /);
  await expect(loadMappingFor(join(directory, 'a.yml'), 'files')).rejects.toThrow(SettingError);
});

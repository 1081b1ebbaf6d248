import { execFile } from 'node:child_process';
import { readFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { demoClock, fillDemo, ROOT, sharedSystem } from '../system.ts';
import { projectWithPackedClient } from './packed.ts';
import { reportStockUntilOver } from './stock-reports.ts';

const run = promisify(execFile);
const readme = await readFile(join(ROOT, 'packages/client/README.md'), 'utf8');
const blocks = (language: string) =>
  [...readme.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))].map(([, code]) => code!);
const programs = blocks('ts');
const programWith = (text: string) => `block-${programs.findIndex((code) => code.includes(text))}`;

const booted = sharedSystem({ clock: demoClock }, fillDemo);
let project: string;

beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), 'takt-client-'));
  await projectWithPackedClient(project);
  for (const [index, code] of programs.entries()) {
    const here = code.replaceAll('http://127.0.0.1:4000', booted().system.url);
    await writeFile(join(project, `block-${index}.ts`), `export {};\n${here}`);
  }
  await writeFile(join(project, 'package.json'), '{ "type": "module" }');
  const compilerOptions = {
    target: 'ES2022',
    lib: ['ES2022', 'DOM'],
    module: 'NodeNext',
    strict: true,
    noImplicitReturns: true,
    exactOptionalPropertyTypes: true,
    types: ['ws'],
  };
  await writeFile(
    join(project, 'tsconfig.json'),
    JSON.stringify({ compilerOptions, include: ['*.ts', 'src/**/*.ts'] }),
  );
});
afterAll(() => rm(project, { recursive: true, force: true }));

const node = (program: string) => run(process.execPath, [join(project, `${program}.js`)]);

it('has a project that installs the package compile and run every program of the README', async () => {
  expect(programs.length).toBeGreaterThan(4);
  await compiled();

  const first = await node(programWith('SupplyDemandDocument, { plant'));
  expect(first.stdout).toMatch(/^\S+ \d+(\.\d+)? \w+$/m);

  const released = await node(programWith('ReleaseProductionOrderDocument'));
  expect(released.stdout).toMatch(/ is RELEASED$|^[A-Z_]+: /m);

  const contract = await node(programWith('onDeprecated'));
  expect(contract.stdout).toMatch(/^\d+$/m);

  const refused = await node(programWith('TaktConnectionError'));
  expect(refused.stderr).toContain('Refused:');
  expect(refused.stderr).toContain('yesterday');

  const live = node(programWith('WebSocket'));
  await reportStockUntilOver(booted().system, live, demoClock);
  expect((await live).stdout).toMatch(/^PUMP \d+ EA \S+$/m);
});

it('generates typed documents of a consumer by the configuration in the README', async () => {
  const [config] = blocks('yaml');
  await writeFile(
    join(project, 'codegen.yml'),
    config!.replace(/^schema: .*$/m, `schema: ${join(ROOT, 'schema/contracts/2026-11.graphql')}`),
  );
  await mkdir(join(project, 'src/operations'), { recursive: true });
  await writeFile(
    join(project, 'src/operations/firm.graphql'),
    `mutation Firm($id: ID!, $key: String!) {
      firmProductionOrder(input: { id: $id }, idempotencyKey: $key) { ... on CommandRefused { code } }
    }`,
  );
  await writeFile(
    join(project, 'src/firm.ts'),
    `import { createTaktClient } from '@takt/client';
    import { CONTRACT, FirmDocument } from './generated/operations.js';
    const takt = createTaktClient({ url: '${booted().system.url}/graphql', contract: CONTRACT });
    const { firmProductionOrder: result } = await takt.request(FirmDocument, { id: 'none', key: 'k' });
    if (result.__typename === 'CommandRefused') console.log(result.code);
    // @ts-expect-error it is not known of the others
    else console.log(result.code);
    await takt.close();`,
  );
  await run(process.execPath, [join(ROOT, 'node_modules/.bin/graphql-codegen'), '--silent'], { cwd: project });
  await compiled();
  expect((await node('src/firm')).stdout).toBe('ORDER_UNKNOWN\n');
});

async function compiled(): Promise<void> {
  const told = await run(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', project]).catch(
    (error: unknown) => error as { stdout: string },
  );
  expect(told.stdout).toBe('');
}

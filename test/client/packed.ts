import { execFile } from 'node:child_process';
import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ROOT } from '../system.ts';

const run = promisify(execFile);

/** A project that has installed the client as it is packed, and beside it what a consumer would install. */
export async function projectWithPackedClient(folder: string): Promise<void> {
  const installed = join(folder, 'node_modules/@takt/client');
  await mkdir(installed, { recursive: true });
  const built = join(folder, 'built');
  await run(process.execPath, [join(ROOT, 'packages/client/build.js'), built]);
  const { stdout } = await run('npm', ['pack', built, '--json', '--offline', '--pack-destination', folder]);
  const [packed] = JSON.parse(stdout) as [{ filename: string }];
  await run('tar', ['-xzf', join(folder, packed.filename), '--strip-components=1', '-C', installed]);
  for (const name of [
    'graphql',
    'graphql-ws',
    'ws',
    'typescript',
    '@graphql-typed-document-node',
    '@graphql-codegen',
    '@types',
  ])
    await symlink(join(ROOT, 'node_modules', name), join(folder, 'node_modules', name));
}

// Makes `dist/`, a package for projects outside of this repository: JavaScript with types, the plugin and the README.
// `npm pack ./packages/client/dist` packs it.
import { execFileSync } from 'node:child_process';
import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join, resolve } from 'node:path';

const here = import.meta.dirname;
const dist = resolve(process.argv[2] ?? join(here, 'dist'));
const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');

rmSync(dist, { recursive: true, force: true });
execFileSync(process.execPath, [tsc, '-p', join(here, 'tsconfig.build.json'), '--outDir', dist], { stdio: 'inherit' });
copyFileSync(join(here, 'src/generated/documents.json'), join(dist, 'documents.json'));
for (const file of ['codegen.js', 'codegen.d.ts', 'README.md', '../../LICENSE']) {
  copyFileSync(join(here, file), join(dist, basename(file)));
}
const { name, version, description, license, type, sideEffects, dependencies } = JSON.parse(
  readFileSync(join(here, 'package.json'), 'utf8'),
);
const { engines } = JSON.parse(readFileSync(join(here, '../../package.json'), 'utf8'));
const exports = {
  '.': { types: './index.d.ts', default: './index.js' },
  './codegen': { types: './codegen.d.ts', default: './codegen.js' },
  './documents.json': './documents.json',
};
const manifest = { name, version, description, license, type, sideEffects, engines, exports, dependencies };
writeFileSync(join(dist, 'package.json'), `${JSON.stringify(manifest, undefined, 2)}\n`);

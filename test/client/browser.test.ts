import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createContext, Script } from 'node:vm';
import { gzipSync } from 'node:zlib';
import * as esbuild from 'esbuild';
import { expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { bootSystem, ROOT } from '../system.ts';
import { reportStockUntilOver } from './stock-reports.ts';

/** As a page would have it: the client and one subscription, and nothing of Node. */
const PAGE = `
  import { createTaktClient, InventoryChangedDocument, ExceptionsDocument } from '@takt/client';
  globalThis.page = async (url, heard) => {
    const takt = createTaktClient({ url, client: { name: 'page', version: '1' } });
    const { exceptions } = await takt.request(ExceptionsDocument, {});
    heard(exceptions.totalCount);
    for await (const { inventoryChanged } of takt.subscribe(InventoryChangedDocument, { sku: 'PUMP' })) {
      heard(inventoryChanged.onHandAfter.value);
      break;
    }
    await takt.close();
  };
`;

/** What every browser has. */
const BROWSER = {
  fetch,
  WebSocket,
  URL,
  AbortController,
  AbortSignal,
  Headers,
  performance,
  setTimeout,
  clearTimeout,
  console,
};

it('runs in a browser: asks, and hears what changes', async () => {
  const { system } = await bootSystem();
  const context = createContext({ ...BROWSER });
  new Script(await bundleOf(PAGE)).runInContext(context);
  const heard: unknown[] = [];
  const page = context['page'] as (url: string, hear: (value: unknown) => void) => Promise<void>;
  const over = page(`${system.url}/graphql`, (value) => heard.push(value));
  await reportStockUntilOver(system, over, () => new Date());
  expect(heard).toEqual([0, expect.stringMatching(/^\d+$/)]);
});

it('is as small as the README says', async () => {
  const bundle = await bundleOf(
    "import { createTaktClient, InventoryChangedDocument } from '@takt/client'; page(createTaktClient, InventoryChangedDocument);",
  );
  expect(bundle).not.toMatch(/node:|GraphQLError|Buffer/);
  const readme = await readFile(join(ROOT, 'packages/client/README.md'), 'utf8');
  const [, size, zipped] = /is (\d+) KB, (\d+) KB gzipped/.exec(readme) ?? [];
  expect(bundle.length).toBeLessThan((Number(size) + 0.5) * 1024);
  expect(gzipSync(bundle).length).toBeLessThan((Number(zipped) + 0.5) * 1024);
});

async function bundleOf(contents: string): Promise<string> {
  const { outputFiles } = await esbuild.build({
    stdin: { contents, resolveDir: join(ROOT, 'test') },
    bundle: true,
    minify: true,
    write: false,
    platform: 'browser',
    format: 'iife',
    target: 'es2022',
    logLevel: 'error',
  });
  return outputFiles[0]!.text;
}

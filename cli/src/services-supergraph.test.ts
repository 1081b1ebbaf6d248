import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadSupergraph } from '@takt/gateway';
import { expect, it, onTestFinished } from 'vitest';
import { DOMAINS } from './domains.ts';
import { writeSupergraph } from './services-supergraph.ts';

it('writes the whole graph for subgraphs of which none is up', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'takt-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const path = join(folder, 'supergraph.graphql');
  const subgraphs = DOMAINS.map(({ name }, index) => ({ name, url: `http://127.0.0.1:${index + 1}/graphql` }));
  await writeSupergraph(path, subgraphs, new AbortController().signal);
  const written = loadSupergraph(await readFile(path, 'utf8'));
  expect(written.subgraphs.map(({ name, url }) => ({ name, url }))).toEqual(expect.arrayContaining(subgraphs));
  const governed = loadSupergraph(await readFile(new URL('../../schema/supergraph.graphql', import.meta.url), 'utf8'));
  expect(Object.keys(written.apiSchema.getTypeMap()).sort()).toEqual(
    Object.keys(governed.apiSchema.getTypeMap()).sort(),
  );
});

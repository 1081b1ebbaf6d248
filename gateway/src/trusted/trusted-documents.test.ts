import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { hashOf } from './document-hash.ts';
import type { Manifest } from './manifest.ts';
import { defaultTrustedDocumentsLimits, openTrustedDocuments, PublicationRefused } from './trusted-documents.ts';

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'takt-trusted-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

async function open(folder: string, options: Parameters<typeof openTrustedDocuments>[1] = {}) {
  const lines: string[] = [];
  const opened = await openTrustedDocuments({ folder, mode: 'only' }, { log: (line) => lines.push(line), ...options });
  onTestFinished(() => opened.close());
  return Object.assign(opened, { lines });
}

const manifestOf = (client: string, version: string, ...texts: string[]): Manifest => ({
  client,
  version,
  documents: Object.fromEntries(texts.map((text) => [hashOf(text), text])),
});

const one = '{ one }';
const two = '{ two }';

describe('a registry', () => {
  it('makes its folder, and knows what was published after it is opened again', async () => {
    const folder = join(await newFolder(), 'deeper', 'still');
    const first = await open(folder);
    expect(await first.publish(manifestOf('board', '1', one, two))).toBe('published');
    expect(first.get(hashOf(one))).toBe(one);
    const second = await open(folder);
    expect(second.get(hashOf(two))).toBe(two);
    expect(second.manifests()).toEqual([manifestOf('board', '1', one, two)]);
    expect(await readdir(folder)).toEqual(['board@1.json']);
  });

  it('takes the same twice, and refuses something else under the same version', async () => {
    const registry = await open(await newFolder());
    await registry.publish(manifestOf('board', '1', one, two));
    expect(await registry.publish(manifestOf('board', '1', two, one))).toBe('unchanged');
    await expect(registry.publish(manifestOf('board', '1', one))).rejects.toThrow('Publish under another version');
    expect(registry.get(hashOf(two))).toBe(two);
  });

  it('retires a version; what another has as well stays', async () => {
    const registry = await open(await newFolder());
    await registry.publish(manifestOf('board', '1', one, two));
    await registry.publish(manifestOf('board', '2', two));
    expect(await registry.retire({ client: 'board', version: '1' })).toBe(true);
    expect(await registry.retire({ client: 'board', version: '1' })).toBe(false);
    expect([registry.get(hashOf(one)), registry.get(hashOf(two))]).toEqual([undefined, two]);
  });

  it.each([
    ['maxDocuments', { maxDocuments: 2 }],
    ['maxManifests', { maxManifests: 1 }],
    ['maxBytes', { maxBytes: 300 }],
  ])('refuses what is beyond %s and changes nothing', async (_limit, limit) => {
    const folder = await newFolder();
    const registry = await open(folder, { limits: { ...defaultTrustedDocumentsLimits, ...limit } });
    await registry.publish(manifestOf('board', '1', one, two));
    const refused = registry.publish(manifestOf('board', '2', '{ three }'));
    await expect(refused).rejects.toThrow('Retire versions');
    await expect(refused).rejects.toBeInstanceOf(PublicationRefused);
    expect(await readdir(folder)).toEqual(['board@1.json']);
  });

  it.each([
    ['is not JSON', '{', 'not JSON'],
    ['has a wrong hash', JSON.stringify({ client: 'bad', version: '1', documents: { [hashOf(one)]: two } }), 'SHA-256'],
    ['is of another client', JSON.stringify(manifestOf('good', '9', one)), 'good@9.json'],
  ])('leaves out a file that %s, and says so once', async (_fault, text, reason) => {
    const folder = await newFolder();
    await writeFile(join(folder, 'bad@1.json'), text);
    const registry = await open(folder);
    await registry.publish(manifestOf('board', '1', two));
    await registry.refresh();
    expect(registry.manifests()).toEqual([manifestOf('board', '1', two)]);
    expect(registry.lines).toEqual([expect.stringContaining(reason)]);
  });

  it('goes on with what a file said before it was damaged', async () => {
    const folder = await newFolder();
    const registry = await open(folder);
    await registry.publish(manifestOf('board', '1', one));
    await writeFile(join(folder, 'new'), 'damaged');
    await rename(join(folder, 'new'), join(folder, 'board@1.json'));
    await registry.refresh();
    expect(registry.get(hashOf(one))).toBe(one);
    expect(registry.lines).toEqual([expect.stringContaining('not JSON')]);
  });

  it.skipIf(process.platform === 'win32')('does not wait for what is no file', async () => {
    const folder = await newFolder();
    await promisify(execFile)('mkfifo', [join(folder, 'board@1.json')]);
    const registry = await open(folder);
    expect(registry.manifests()).toEqual([]);
    await registry.publish(manifestOf('board', '2', one));
    expect(registry.get(hashOf(one))).toBe(one);
  });

  it('cannot be opened on a file', async () => {
    const path = join(await newFolder(), 'file');
    await writeFile(path, '');
    await expect(open(path)).rejects.toThrow(`${path} cannot be used (EEXIST)`);
  });
});

const program = fileURLToPath(new URL('./publish.child.ts', import.meta.url));

async function publishElsewhere(folder: string, manifest: Manifest): Promise<string> {
  const args = ['--import', 'tsx', program, folder, JSON.stringify(manifest)];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return stdout;
}

describe('several processes over one folder', () => {
  it('hear of what one of them publishes and retires', async () => {
    const folder = await newFolder();
    const registry = await open(folder, { pollMs: 50 });
    expect(await publishElsewhere(folder, manifestOf('board', '1', one))).toBe('published');
    await expect.poll(() => registry.get(hashOf(one))).toBe(one);
    const third = await open(folder);
    await third.retire({ client: 'board', version: '1' });
    await expect.poll(() => registry.get(hashOf(one))).toBeUndefined();
  });

  it('publish a version once, whoever is first', async () => {
    const folder = await newFolder();
    const outcomes = await Promise.all([
      publishElsewhere(folder, manifestOf('board', '1', one)),
      publishElsewhere(folder, manifestOf('board', '1', two)),
    ]);
    expect(outcomes.filter((outcome) => outcome === 'published')).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome.includes('published with other documents'))).toHaveLength(1);
    expect(await readdir(folder)).toEqual(['board@1.json']);
  });
});

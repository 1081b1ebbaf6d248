import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { receiverContext } from '@takt/backing-system/testing';
import { startWms, type Wms } from '@takt/demo/peers/files';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { configureDrop } from './configure-drop.ts';
import { makeFolder, OPTIONS, watchOnce, type Folder, type Watched } from './drop.fixture.ts';

let folder: Folder;
let wms: Wms;
const started: Watched[] = [];
beforeEach(async () => {
  folder = await makeFolder();
  wms = await startWms({ system: 'wms/P100', folder: folder.path, sftp: { user: 'takt', password: 's3cret' } });
});
afterEach(async () => {
  await Promise.all(started.splice(0).map((watched) => watched.stop().catch(() => undefined)));
  await wms.close();
  await folder.remove();
});

function watch(
  settings: object = {},
  context = receiverContext('wms/P100'),
  env: Record<string, string> = {},
): Watched {
  const secrets: Record<string, string> = { WMS_USER: 'takt', WMS_PASSWORD: 's3cret', ...env };
  const drop = configureDrop(
    {
      endpoint: wms.sftp!.url,
      hostKey: wms.sftp!.hostKey,
      credentials: { user: 'WMS_USER', password: 'WMS_PASSWORD' },
      stillFor: '0s',
      ...settings,
    },
    { folder: '/', secret: (_field, variable) => secrets[variable] ?? '' },
  );
  const watched = watchOnce(drop, OPTIONS, context);
  started.push(watched);
  return watched;
}

const MOVEMENT = {
  document: 'MD-1',
  line: 1,
  type: 'ISSUE',
  sku: 'FG-1',
  location: 'P100',
  quantity: '5',
  unit: 'PC',
  postedAt: '2026-11-26T10:00:00Z',
} as const;

describe('files of an SFTP server', () => {
  it('are taken and moved with a report beside them', async () => {
    wms.move(MOVEMENT);
    expect(await wms.dropMovements()).toEqual(['movements-000001.csv']);
    const watched = watch();
    await expect.poll(() => folder.names('done')).toEqual(['movements-000001.csv', 'movements-000001.csv.report.json']);
    expect(watched.context.accepted[0]?.body.toString()).toMatch(
      /^document;line;.*\r\nMD-1;1;ISSUE;FG-1;P100;;UNRESTRICTED;;5;PC;;2026/,
    );
    expect(await folder.names()).toEqual(['done']);
  });

  it('may be large, and many', async () => {
    const big = 'x'.repeat(1_500_000);
    writeFileSync(join(folder.path, 'big.csv'), big);
    for (let number = 0; number < 120; number += 1)
      writeFileSync(join(folder.path, `small-${number}.csv`), `${number}`);
    const watched = watch();
    await expect.poll(async () => (await folder.names('done')).length).toBe(242);
    expect(watched.context.accepted.find(({ name }) => name === 'big.csv')?.body.toString()).toBe(big);
    expect(watched.context.accepted).toHaveLength(121);
  });

  it('replace none that came before under their name', async () => {
    const watched = watch();
    for (const text of ['one', 'two']) {
      writeFileSync(join(folder.path, 'stock.csv'), text);
      watched.context.tick();
      await expect.poll(() => folder.names()).toEqual(['done']);
    }
    expect((await folder.names('done')).filter((name) => name.endsWith('.csv'))).toHaveLength(2);
  });

  it.each([
    ['a host key that is another', { hostKey: `SHA256:${'A'.repeat(43)}` }, {}, /Host denied/],
    ['a password that is none', {}, { WMS_PASSWORD: 'wrong' }, /authentication methods failed/],
    ['a private key that is none', { credentials: { user: 'WMS_USER', privateKey: 'WMS_PASSWORD' } }, {}, /privateKey/],
  ])('are not taken with %s, and no secret is told', async (_name, settings, env, message) => {
    wms.move(MOVEMENT);
    await wms.dropMovements();
    const watched = watch(settings, receiverContext('wms/P100'), env);
    await expect(watched.ended).rejects.toThrow(message);
    await expect(watched.ended).rejects.not.toThrow('s3cret');
    expect(watched.context.observed).toMatchObject([{ kind: 'FAILED' }]);
    expect(watched.context.accepted).toEqual([]);
  });

  it('wait while the server is down, and are taken when it is back', async () => {
    const context = receiverContext('wms/P100');
    wms.faults.set('down', true);
    await expect(watch({}, context).ended).rejects.toThrow('The folder cannot be read');
    wms.move(MOVEMENT);
    await wms.dropMovements();
    wms.faults.set('down', false);
    watch({}, context);
    context.tick();
    await expect.poll(() => folder.names('done')).toHaveLength(2);
    expect(context.accepted).toHaveLength(1);
  });

  it('are taken once when the server goes down in the midst of it', async () => {
    const context = receiverContext('wms/P100');
    writeFileSync(join(folder.path, 'big.csv'), 'x'.repeat(3_000_000));
    const first = watch(
      {},
      {
        ...context,
        accept: async (document, options) => {
          const receipt = await context.accept(document, options);
          wms.faults.set('down', true);
          return receipt;
        },
      },
    );
    await expect
      .poll(() => context.observed)
      .toContainEqual({ kind: 'FAILED', reason: expect.stringContaining('cannot be moved') });
    wms.faults.set('down', false);
    await first.stop().catch(() => undefined);
    watch({}, context);
    context.tick();
    await expect.poll(() => folder.names('done')).toEqual(['big.csv', 'big.csv.report.json']);
    expect(context.accepted).toHaveLength(1);
  });

  it('stay as they are when the watching is stopped while the server is silent', async () => {
    wms.faults.set('slow', true);
    const watched = watch();
    await watched.stop();
    expect(watched.context.accepted).toEqual([]);
  });
});

describe('the warehouse', () => {
  it('has faults that can be switched on', async () => {
    wms.faults.set('busy', true);
    wms.move(MOVEMENT);
    expect(await wms.dropMovements()).toEqual([]);
    wms.faults.set('busy', false);
    wms.faults.set('duplicates', true);
    expect(await wms.dropMovements()).toEqual(['movements-000001.csv', 'movements-000001-again.csv']);
    wms.faults.set('duplicates', false);
    wms.faults.set('reordering', true);
    wms.move(MOVEMENT);
    expect(await wms.dropMovements()).toEqual([]);
    wms.move({ ...MOVEMENT, line: 2 });
    expect(await wms.dropMovements()).toEqual(['movements-000003.csv', 'movements-000002.csv']);
  });
});

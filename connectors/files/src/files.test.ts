import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Value } from '@sinclair/typebox/value';
import { SettingError, type RawDocument, type Setup } from '@takt/backing-system';
import type { Mapping, SourceRecord } from '@takt/mapping';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { files } from './files.ts';

const MAPPING = { name: 'stock-movements' } as Mapping;
const setup = (more: Partial<Setup> = {}): Setup => ({
  secret: (_field, variable) => `secret of ${variable}`,
  system: 'wms/P100',
  folder: '/etc/takt',
  mapping: MAPPING,
  ...more,
});
const CSV = { folder: './in', format: { kind: 'csv' } };

const document = (bytes: Buffer): RawDocument => ({
  id: '1',
  key: 'k',
  name: 'x',
  mediaType: 'text/csv',
  bytes: bytes.length,
  time: '2026-11-26T10:00:00Z',
  receivedAt: '2026-11-26T10:00:00Z',
  async *body() {
    yield await Promise.resolve(bytes);
  },
});

async function parse(format: object, bytes: Buffer | string): Promise<SourceRecord[]> {
  const { receiver } = files.configure({ folder: './in', format } as never, setup());
  const records: SourceRecord[] = [];
  for await (const record of receiver!.parse(document(Buffer.from(bytes as string)))) records.push(record);
  return records;
}

describe('a file', () => {
  it.each([
    [{ kind: 'csv' }, 'sku;qty\nA;1\n', 'line 2'],
    [{ kind: 'csv', columns: ['sku', 'qty'] }, 'A,1\n', 'line 1'],
    [{ kind: 'json', path: ['rows'] }, '{"rows":[{"sku":"A","qty":"1"}]}', 'record 1 (line 1)'],
    [{ kind: 'jsonl' }, '{"sku":"A","qty":"1"}\n', 'line 1'],
    [{ kind: 'xml', record: 'r' }, '<x><r><sku>A</sku><qty>1</qty></r></x>', 'r 1 (line 1)'],
  ])('gives records: %j', async (format, text, place) => {
    expect(Value.Check(files.settings, { folder: './in', format })).toBe(true);
    expect(await parse(format, text)).toEqual([{ place, type: 'row', data: { sku: 'A', qty: '1' } }]);
  });

  it('with a bad row has a record with a fault', async () => {
    expect(await parse({ kind: 'csv' }, 'sku,qty\n=1+1,2\n')).toMatchObject([
      { place: 'line 2', fault: { code: 'FORMULA' } },
    ]);
  });

  it.each([
    [{ kind: 'csv' }, 'sku\n"A', 'MALFORMED: line 2'],
    [{ kind: 'csv' }, '', 'MALFORMED: line 1: there is no header: the file is empty.'],
    [{ kind: 'json' }, '[{}', 'MALFORMED'],
    [{ kind: 'xml', record: 'r' }, '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><r>&a;</r>', 'FORBIDDEN'],
    [{ kind: 'xlsx' }, 'PK', 'MALFORMED'],
  ])('that cannot be read is refused as a whole: %j %s', async (format, text, message) => {
    await expect(parse(format, text)).rejects.toMatchObject({
      name: 'DocumentRejectedError',
      message: expect.stringContaining(message),
    });
  });

  it('of any bytes gives records, or is refused', async () => {
    const formats = [
      { kind: 'csv' },
      { kind: 'json' },
      { kind: 'jsonl' },
      { kind: 'xml', record: 'r' },
      { kind: 'xlsx' },
    ];
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...formats), fc.uint8Array({ maxLength: 300 }), async (format, bytes) => {
        await parse(format, Buffer.from(bytes)).catch((error: unknown) =>
          expect(error).toMatchObject({ name: 'DocumentRejectedError' }),
        );
      }),
    );
  });
});

const REMOTE = {
  endpoint: 'sftp://files.example/out',
  credentials: { user: 'U', password: 'P' },
  format: { kind: 'csv' },
};
const HOST_KEY = `SHA256:${'A'.repeat(43)}`;

describe('settings', () => {
  it.each([
    [{ ...CSV, pattern: '*.csv', stillFor: '0s', record: 'movement' }],
    [{ ...REMOTE, hostKey: HOST_KEY }],
    [{ ...REMOTE, endpoint: 'sftp://127.0.0.1:2222/out', credentials: { user: 'U', privateKey: 'K' } }],
  ])('are taken: %j', (settings) => {
    expect(Value.Check(files.settings, settings)).toBe(true);
    expect(files.configure(settings as never, setup()).receiver).toBeDefined();
  });

  it.each([
    [{ format: { kind: 'csv' } }, 'folder'],
    [{ ...CSV, ...REMOTE }, 'folder'],
    [{ ...CSV, credentials: { user: 'U', password: 'P' } }, 'credentials'],
    [{ ...REMOTE }, 'hostKey'],
    [{ ...REMOTE, endpoint: 'https://files.example/' }, 'endpoint'],
    [{ ...REMOTE, endpoint: 'sftp://u:p@files.example/' }, 'endpoint'],
    [{ ...REMOTE, credentials: undefined, hostKey: HOST_KEY }, 'credentials'],
  ])('that make no sense are refused: %j', (settings, field) => {
    const configure = () => files.configure(settings as never, setup());
    expect(configure).toThrow(SettingError);
    expect(configure).toThrow(expect.objectContaining({ field }));
  });

  it('without a mapping are refused', () => {
    expect(() => files.configure(CSV as never, setup({ mapping: undefined }))).toThrow('Files need one');
  });

  it.each([{ kind: 'csv', delimiter: 'ab' }, { kind: 'xml' }, { kind: 'pdf' }, { kind: 'csv', encoding: 'ebcdic' }])(
    'do not keep to their schema with the format %j',
    (format) => {
      expect(Value.Check(files.settings, { folder: './in', format })).toBe(false);
    },
  );
});

const workbooks = fileURLToPath(new URL('../../../../shared/data/frepple-demo/xlsx/', import.meta.url));
const isThere = existsSync(workbooks);
if (!isThere) console.warn(`Skipped frePPLe's workbooks: ${workbooks} is not there.`);

it.skipIf(!isThere)('workbooks as people save them are read', async () => {
  for (const name of readdirSync(workbooks)) {
    const records = await parse({ kind: 'xlsx' }, readFileSync(join(workbooks, name)));
    expect(records.length, name).toBeGreaterThan(0);
  }
});

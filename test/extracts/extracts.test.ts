import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sharedSystem } from '../system.ts';
import { extracting, type Row } from './extracting.ts';
import { tellStates, tellWorkCenters } from './work-centers.ts';

const COUNT = 1_200;
const STANDING = `query ($states: [WorkCenterState!]) {
  workCenters(filter: { state: $states }) { nodes { code state reason: stateReason location { code } skills { name } } }
}`;

const plant = sharedSystem({}, async (system) => {
  await tellWorkCenters(system, COUNT);
  await tellStates(system, Object.fromEntries(Array.from({ length: 300 }, (_, number) => [number, number])));
});
const client = () => extracting(plant().system.url);

describe('an extract', () => {
  it('has all rows of a query, in each format', async () => {
    const { extracted, rowsOf, download } = client();
    const query = '{ workCenters { nodes { code name capacity constrained location { code } skills { name } } } }';
    const extract = await extracted({ query, formats: ['JSON_LINES', 'CSV', 'PARQUET'] });

    expect(extract).toMatchObject({ state: 'DONE', failure: null, progress: { rows: COUNT, total: COUNT } });
    expect(extract.files.map(({ format, rows }) => [format, rows])).toEqual([
      ['JSON_LINES', COUNT],
      ['CSV', COUNT],
      ['PARQUET', COUNT],
    ]);
    const rows = await rowsOf(extract);
    expect(rows.map(({ code }) => code).sort()).toEqual(Array.from({ length: COUNT }, (_, n) => `WC-${n}`).sort());
    expect(rows.find(({ _id }) => _id === 'WC-7')).toEqual({
      _id: 'WC-7',
      code: 'WC-7',
      name: 'Center "WC-7", at the hall',
      capacity: expect.anything() as unknown,
      constrained: false,
      location: { code: 'P1' },
      skills: [],
    });
    const csv = await (await download(extract.files[1]!.url)).text();
    expect(csv).toMatch(/^_id,code,name,capacity,constrained,location\.code,skills\r\n/);
    expect(csv).toMatch(/\r\nWC-7,WC-7,"Center ""WC-7"", at the hall",[^\r]*,false,P1,\[\]\r\n/);
    for (const { url, sha256, bytes } of extract.files) {
      const content = Buffer.from(await (await download(url)).arrayBuffer());
      expect(content.length).toBe(Number(bytes));
      expect(createHash('sha256').update(content).digest('hex')).toBe(sha256);
    }
  });

  it('is of one position, whatever happens meanwhile; and what changed since makes of it a later one', async () => {
    const { extracted, changed, rowsOf } = client();
    const { system } = plant();
    const input = { query: STANDING, variables: { states: ['DOWN', 'MAINTENANCE'] } };
    const happening = fc.dictionary(fc.nat(COUNT - 1).map(String), fc.nat(4), { maxKeys: 8 });

    await fc.assert(
      fc.asyncProperty(fc.array(happening, { minLength: 4, maxLength: 12 }), async (story) => {
        const half = Math.ceil(story.length / 2);
        const during = async <Value>(work: Promise<Value>, some: typeof story): Promise<Value> => {
          for (const states of some) if (Object.keys(states).length > 0) await tellStates(system, states);
          return work;
        };
        const first = await during(extracted(input), story.slice(0, half));
        const second = await during(changed(first.position!), story.slice(half));
        const last = await changed(second.position!);
        const anew = await extracted(input);

        let rows = new Map((await rowsOf(first)).map((row) => [row['_id'], row]));
        for (const extract of [second, last]) rows = applied(rows, await rowsOf(extract));
        expect([...rows.values()].sort(byId)).toEqual((await rowsOf(anew)).sort(byId));
      }),
      { numRuns: 8 },
    );
  });

  it('is the same one for the same key, and refused for another query with that key', async () => {
    const { bulkExtract } = client();
    const input = { query: '{ workCenters { nodes { code } } }', idempotencyKey: 'nightly' };
    const [one, other] = await Promise.all([bulkExtract(input), bulkExtract(input)]);
    expect(one.extract?.id).toBe(other.extract?.id);
    expect(await bulkExtract({ ...input, query: '{ workCenters { nodes { name } } }' })).toMatchObject({
      code: 'EXTRACT_KEY_REUSED',
    });
  });

  it.each([
    ['EXTRACT_QUERY_INVALID', '{ workCenters { nodes { cod } } }', /no field cod/],
    ['EXTRACT_QUERY_INVALID', '{ workCenters(filter: { stat: DOWN }) { nodes { code } } }', /stat/],
    ['EXTRACT_QUERY_INVALID', '{ workCenters {', /Syntax/],
    ['EXTRACT_NOT_PAGEABLE', 'mutation { cancelExtract(id: "1") { id } }', /Give a query/],
    ['EXTRACT_NOT_PAGEABLE', '{ workCenters { nodes { code } } products { nodes { sku } } }', /2 root fields/],
    ['EXTRACT_NOT_PAGEABLE', '{ workCenter(code: "WC-1") { code } }', /no connection/],
    ['EXTRACT_NOT_PAGEABLE', '{ workCenters(first: 10) { nodes { code } } }', /Leave it out/],
    ['EXTRACT_NOT_PAGEABLE', '{ workCenters { totalCount } }', /Ask for nodes/],
    ['EXTRACT_NOT_PAGEABLE', '{ locations { nodes { code items { nodes { id } } } } }', /own root field/],
    ['EXTRACT_NOT_PAGEABLE', '{ workCenters { nodes { code ... @defer { name } } } }', /@defer/],
    ['EXTRACT_NOT_PAGEABLE', '{ workCenters { nodes { _id: code } } }', /another alias/],
    ['EXTRACT_NOT_PAGEABLE', '{ integrationMessages { nodes { id } } }', /not documents with a log/],
    ['EXTRACT_NOT_PAGEABLE', '{ decisions { nodes { id } } }', /not documents with a log/],
  ])('is refused as %s at once: %s', async (code, query, reason) => {
    expect(await client().bulkExtract({ query })).toEqual({ code, reason: expect.stringMatching(reason) as string });
  });

  it('of changes is refused for what is no position', async () => {
    expect(await client().extractChanges({ since: 'MTp4OjE' })).toMatchObject({ code: 'EXTRACT_CURSOR_INVALID' });
  });

  it('can be downloaded in parts', async () => {
    const { extracted, download } = client();
    const { files } = await extracted({ query: '{ workCenters { nodes { code } } }' });
    const { url, bytes, sha256 } = files[0]!;
    const whole = await (await download(url)).text();
    const begin = await download(url, { range: 'bytes=0-99' });
    const rest = await download(url, { range: 'bytes=100-', 'if-range': `"${sha256}"` });
    expect([begin.status, begin.headers.get('content-range')]).toEqual([206, `bytes 0-99/${bytes}`]);
    expect((await begin.text()) + (await rest.text())).toBe(whole);
    expect((await download(url, { range: 'bytes=0-1', 'if-range': '"another"' })).status).toBe(200);
    expect((await download(url, { range: `bytes=${bytes}-` })).status).toBe(416);
    expect((await download(url.replace('extract.jsonl', 'job.json'))).status).toBe(404);
  });

  it('that is cancelled leaves nothing behind', async () => {
    const { bulkExtract, ask, find, over } = client();
    const { extract } = await bulkExtract({ query: '{ workCenters { nodes { code } } }' });
    const cancelled = await ask('mutation ($id: ID!) { cancelExtract(id: $id) { state } }', { id: extract!.id });
    expect(cancelled).toEqual({ cancelExtract: { state: 'CANCELLED' } });
    expect(await over(extract!.id)).toMatchObject({ state: 'CANCELLED', files: [] });
    expect(await find('0'.repeat(32))).toBeNull();
  });
});

function applied(rows: ReadonlyMap<unknown, Row>, changes: readonly Row[]): Map<unknown, Row> {
  const next = new Map(rows);
  for (const { _deleted: isGone, ...row } of changes) {
    if (isGone === true) next.delete(row['_id']);
    else next.set(row['_id'], row);
  }
  return next;
}

const byId = (a: Row, b: Row) => (String(a['_id']) < String(b['_id']) ? -1 : 1);

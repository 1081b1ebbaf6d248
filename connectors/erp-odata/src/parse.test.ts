import { DocumentRejectedError } from '@takt/backing-system';
import type { SourceRecord } from '@takt/mapping';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ORDERS, rawOf, receiverOf } from './erp.fixture.ts';

const receiver = receiverOf({ url: 'http://erp.example' }, [ORDERS], { maxPageBytes: 20_000 });
const document = (text: string, entitySet = ORDERS.name) =>
  rawOf({ key: 'k', mediaType: 'application/json', body: Buffer.from(text), attributes: { entitySet } });

async function parse(text: string, entitySet?: string): Promise<SourceRecord[]> {
  const records: SourceRecord[] = [];
  for await (const record of receiver.parse(document(text, entitySet))) records.push(record);
  return records;
}

it('tells entries that are none from those that are', async () => {
  const deep = `${'{"a":'.repeat(30)}1${'}'.repeat(30)}`;
  expect(await parse(`{"value":[7,null,[],{"ManufacturingOrder":"1"},${deep}]}`)).toMatchObject([
    { place: 'entry 1', fault: { code: 'BAD_ENTRY' } },
    { place: 'entry 2', fault: { code: 'BAD_ENTRY' } },
    { place: 'entry 3', fault: { code: 'BAD_ENTRY' } },
    { place: 'entry 4', type: ORDERS.name, documentNumbers: ['1'] },
    { place: 'entry 5', fault: { code: 'BAD_ENTRY', reason: 'It is nested more than 20 deep.' } },
  ]);
});

it.each([
  ['<html>', ORDERS.name, 'NO_ODATA'],
  ['{"value":[]}', 'Other', 'UNKNOWN_ENTITY_SET'],
  [`{"value":["${'x'.repeat(20_000)}"]}`, ORDERS.name, 'TOO_LARGE'],
])('refuses %.20s of %s whole: %s', async (text, entitySet, code) => {
  await expect(parse(text, entitySet)).rejects.toMatchObject({ code });
});

it('gives records or refuses, whatever happened to a page, and the same each time', async () => {
  const page =
    '{"d":{"results":[{"ManufacturingOrder":"1","to_Item":{"results":[{"At":"/Date(1)/"}]}},{"ManufacturingOrder":"2"}]}}';
  const mutated = fc
    .tuple(fc.nat(page.length), fc.nat(page.length), fc.string({ maxLength: 8, unit: 'binary' }))
    .map(([from, to, text]) => page.slice(0, from) + text + page.slice(to));
  const odd = fc.jsonValue({ maxDepth: 8 }).map((value) => JSON.stringify({ value: [value] }));
  const outcome = (text: string) =>
    parse(text).catch((error: unknown) => {
      if (error instanceof DocumentRejectedError) return error.reason;
      throw error;
    });
  await fc.assert(
    fc.asyncProperty(fc.oneof(mutated, odd), async (text) => {
      expect(await outcome(text)).toEqual(await outcome(text));
    }),
    { numRuns: 1_000 },
  );
});

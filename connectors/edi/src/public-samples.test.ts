import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { decodeInterchange } from './decode.ts';
import { readDocument } from './read-document.ts';
import { recordsOf } from './records.ts';
import { splitInterchanges } from './split.ts';

const folder = fileURLToPath(new URL('../../../../shared/data/edi-samples/', import.meta.url));
const isThere = existsSync(folder);
if (!isThere) console.warn(`Skipped the public samples of X12: ${folder} is not there.`);

describe.skipIf(!isThere)('public samples', () => {
  const records = (name: string) => {
    const text = decodeInterchange(readFileSync(`${folder}${name}`));
    return splitInterchanges(text).flatMap(({ from, to }) => [
      ...recordsOf(readDocument(text.slice(from, to), { isRepeated: false, takesTests: true }), {
        cumulativeMismatches: [],
      }),
    ]);
  };

  it('850: six lines of an order', () => {
    const found = records('x12_850_004010VICS_nodex12.x12').map((record) => ('data' in record ? record.data : record));
    expect(found).toHaveLength(6);
    expect(found[0]).toMatchObject({
      number: '08292233294',
      parties: { shipTo: { id: '0003947268292' } },
      line: { ordered: '120', unit: 'EA', order: { number: '08292233294', line: '1' }, item: { supplier: 'AB3542' } },
    });
  });

  it('855: two lines accepted, two rejected', () => {
    const found = records('x12_855_004010_nodex12.x12').map((record) => ('data' in record ? record.data : record));
    expect(found).toMatchObject([
      { number: 'POTEST1112', line: { reply: { confirmation: 'ACCEPTED', committed: '3' } } },
      { line: { reply: { confirmation: 'REJECTED' } } },
      { line: { reply: { confirmation: 'REJECTED' } } },
      { line: { reply: { confirmation: 'ACCEPTED', committed: '2' } } },
    ]);
  });
});

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FormatError } from './row.ts';
import { inChunks, rowsOf } from './rows.fixture.ts';
import { readXml, readXmlDocument } from './xml.ts';

const read = (text: string | Buffer, record = 'r', size = 7) =>
  rowsOf(readXml(inChunks(Buffer.from(text as string), size), { record }));

describe('an XML document', () => {
  it('is its records, by local names', async () => {
    const text = `<?xml version="1.0"?><m:all xmlns:m="urn:x" xmlns="urn:y"><!-- r -->
      <m:r id="1" m:x="&lt;2"> a&amp;b <l>1</l>c<l k="2"/><![CDATA[<d>]]></m:r>
      <q><r>only text</r></q><r><r>within</r></r></m:all>`;
    expect(await read(text)).toEqual([
      { place: 'r 1 (line 2)', data: { '@id': '1', '@x': '<2', '#text': 'a&b c<d>', l: ['1', { '@k': '2' }] } },
      { place: 'r 2 (line 3)', data: { '#text': 'only text' } },
      { place: 'r 3 (line 3)', data: { r: 'within' } },
    ]);
  });

  it('may be one record as a whole', async () => {
    const body = inChunks(Buffer.from('<Sync><Area><ID>a</ID></Area></Sync>'), 5);
    expect(await readXmlDocument(body)).toEqual({ name: 'Sync', data: { Area: { ID: 'a' } } });
  });

  it.each([
    ['utf-16', Buffer.from('\ufeff<?xml version="1.0" encoding="UTF-16"?><r>ö€</r>', 'utf16le')],
    ['latin', Buffer.from('<?xml version="1.0" encoding="ISO-8859-1"?><r>\xf6\x80</r>', 'latin1')],
  ])('says its encoding: %s', async (_name, bytes) => {
    expect(await read(bytes)).toMatchObject([{ data: { '#text': 'ö€' } }]);
  });

  it('cannot make an object of another kind', async () => {
    const [row] = await read('<r><constructor>x</constructor><toString>y</toString></r>');
    expect(row).toMatchObject({ data: { constructor: 'x', toString: 'y' } });
  });
});

describe('an XML document is refused', () => {
  const bomb = `<!DOCTYPE r [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]><r>&b;</r>`;
  it.each([
    ['entities that grow', bomb, 'FORBIDDEN: line 1: a document type'],
    ['an entity from outside', '<!DOCTYPE r SYSTEM "file:///etc/passwd"><r/>', 'FORBIDDEN: line 1: a document type'],
    ['a document type that never ends', `<!DOCTYPE r [${'<!ENTITY a "a">'.repeat(9_000)}`, /FORBIDDEN|TOO_LARGE/],
    ['an entity nobody knows', '<r>\n&xxe;</r>', 'MALFORMED: line 2: undefined entity.'],
    ['an element that is not closed', '<r><a></r>', 'MALFORMED: line 1: unexpected close tag.'],
    ['an end in the middle', '<r>\n<a>', 'MALFORMED: line 2: unclosed tag: '],
    ['nothing', '', 'MALFORMED'],
    ['no XML', 'sku,qty\nA,1', 'MALFORMED'],
    ['elements without end within each other', '<r>'.repeat(70), 'TOO_LARGE: line 1: more than 64 elements'],
    ['a text without end', `<r>${'x'.repeat(100_000)}`, 'TOO_LARGE: line 1'],
    ['a text in many pieces', `<r>${`${'x'.repeat(9_000)}<![CDATA[x]]>`.repeat(9)}`, 'TOO_LARGE: line 1: r: its text'],
    ['an attribute without end', `<r a="${'x'.repeat(100_000)}"/>`, 'TOO_LARGE: line 1'],
    [
      'attributes without end',
      `<r ${Array.from({ length: 1_100 }, (_, index) => `a${index}=""`).join(' ')}/>`,
      'more than 1000 attributes',
    ],
    ['a record without end', `<r>${`<a>${'x'.repeat(9_000)}</a>`.repeat(120)}`, 'TOO_LARGE: line 1: r'],
    [
      'a name that objects have',
      '<r><__proto__><x/></__proto__></r>',
      'FORBIDDEN: line 1: nothing may be called __proto__.',
    ],
    ['an encoding nobody reads', '<?xml version="1.0" encoding="UTF-7"?><r/>', 'FORBIDDEN: line 1: the encoding UTF-7'],
  ])('with %s', async (_name, text, message) => {
    await expect(read(text, 'r', 50_000)).rejects.toThrow(message);
  });
});

const folder = fileURLToPath(new URL('../../../../shared/data/b2mml/', import.meta.url));
const isThere = existsSync(folder);
if (!isThere) console.warn(`Skipped B2MML's messages: ${folder} is not there.`);
const messages = isThere
  ? readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.xml'))
      .map((name) => readFileSync(join(folder, name)))
  : [Buffer.from('<r a="1">x<b>y</b>&amp;<![CDATA[z]]></r>')];

describe('real messages', () => {
  it.skipIf(!isThere)('are read whole', async () => {
    expect(messages.length).toBeGreaterThan(0);
    for (const message of messages) {
      const { data } = await readXmlDocument(inChunks(message, 1_000));
      expect(Object.keys(data).length).toBeGreaterThan(0);
    }
  });

  it('that are damaged give rows or a FormatError', async () => {
    const damaged = fc.record({
      message: fc.constantFrom(...messages),
      at: fc.nat(),
      by: fc.constantFrom('<', '>', '&', '"', '/', '<!DOCTYPE x>', '\0', ']]>', '<!--'),
      cut: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(damaged, async ({ message, at, by, cut }) => {
        const place = at % message.length;
        const bytes = Buffer.concat([
          message.subarray(0, place),
          Buffer.from(by),
          message.subarray(cut ? message.length : place),
        ]);
        await readXmlDocument(inChunks(bytes, 4_096)).catch((error: unknown) =>
          expect(error).toBeInstanceOf(FormatError),
        );
      }),
    );
  });
});

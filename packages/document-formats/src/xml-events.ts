import { SaxesParser } from 'saxes';
import { decode, type Encoding } from './decode.ts';
import { FORBIDDEN_NAME, LIMITS } from './limits.ts';
import { FormatError } from './row.ts';

/** What follows each other in an XML document. Names are local: without prefix and namespace. */
export type XmlEvent =
  | {
      readonly kind: 'OPEN';
      readonly name: string;
      readonly line: number;
      readonly attributes: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'TEXT'; readonly text: string }
  | { readonly kind: 'CLOSE'; readonly name: string };

/**
 * Reads XML 1.0 with namespaces. There is no document type: so no entity but the five of XML itself, none from outside, and
 * none that grows (https://owasp.org/www-community/vulnerabilities/XML_External_Entity_(XXE)_Processing). Throws FormatError
 * with the line: `FORBIDDEN`, `MALFORMED`, `TOO_LARGE` (elements within each other, attributes, a text).
 */
export async function* xmlEvents(body: AsyncIterable<Buffer>, encoding?: Encoding): AsyncGenerator<XmlEvent> {
  const parser = new SaxesParser({ xmlns: true, position: true });
  let found: XmlEvent[] = [];
  let depth = 0;
  let lastEnd = 0;
  const refuse = (code: FormatError['code'], what: string): never => {
    throw new FormatError(code, `line ${parser.line}: ${what}`);
  };
  const push = (event: XmlEvent) => {
    lastEnd = parser.position;
    found.push(event);
  };
  parser.on('error', (error) => refuse('MALFORMED', error.message.replace(/^\d+:\d+: /, '').slice(0, 300)));
  parser.on('doctype', () => refuse('FORBIDDEN', NO_DOCTYPE));
  parser.on('opentagstart', () => {
    depth += 1;
    if (depth > LIMITS.depth) refuse('TOO_LARGE', `more than ${LIMITS.depth} elements within each other.`);
  });
  let attributes = 0;
  parser.on('attribute', () => {
    attributes += 1;
    if (attributes > LIMITS.columns) refuse('TOO_LARGE', `an element has more than ${LIMITS.columns} attributes.`);
  });
  parser.on('opentag', (tag) => {
    attributes = 0;
    push({
      kind: 'OPEN',
      name: nameIn(tag.local),
      line: parser.line,
      attributes: attributesOf(Object.values(tag.attributes)),
    });
  });
  parser.on('text', (text) => push({ kind: 'TEXT', text }));
  parser.on('cdata', (text) => push({ kind: 'TEXT', text }));
  parser.on('closetag', (tag) => {
    depth -= 1;
    push({ kind: 'CLOSE', name: nameIn(tag.local) });
  });
  for (const event of ['comment', 'processinginstruction', 'xmldecl'] as const) {
    parser.on(event, () => void (lastEnd = parser.position));
  }

  function nameIn(name: string): string {
    return name === FORBIDDEN_NAME ? refuse('FORBIDDEN', `nothing may be called ${FORBIDDEN_NAME}.`) : name;
  }
  function attributesOf(
    list: readonly { local: string; prefix: string; name: string; value: string }[],
  ): Record<string, string> {
    const values: Record<string, string> = {};
    for (const { local, prefix, name, value } of list) {
      if (prefix !== 'xmlns' && name !== 'xmlns') values[nameIn(local)] = value;
    }
    return values;
  }

  const told = await declaredEncoding(body, encoding);
  for await (const text of decode(told.body, told.encoding)) {
    // In pieces, so that what has no end is noticed before it is all in memory; and a piece is no longer than a text may be.
    for (let at = 0; at < text.length; at += PIECE) {
      parser.write(text.slice(at, at + PIECE));
      if (parser.position - lastEnd > LIMITS.field)
        refuse('TOO_LARGE', `a text or tag has more than ${LIMITS.field} characters.`);
      const events = found;
      found = [];
      yield* events;
    }
  }
  parser.close();
  yield* found;
}

const NO_DOCTYPE = 'a document type (DOCTYPE) is not allowed.';
const PIECE = 16_384;

/** The encoding that the XML declaration tells, unless one is set or there is a byte order mark. */
async function declaredEncoding(
  body: AsyncIterable<Buffer>,
  encoding: Encoding = 'auto',
): Promise<{ body: AsyncIterable<Buffer>; encoding: Encoding }> {
  const chunks = body[Symbol.asyncIterator]();
  let head = Buffer.alloc(0);
  let isDone = false;
  while (head.length < DECLARATION && !isDone) {
    const next = await chunks.next();
    isDone = next.done === true;
    if (!next.done) head = Buffer.concat([head, next.value]);
  }
  const whole = async function* () {
    if (head.length > 0) yield head;
    if (!isDone) yield* { [Symbol.asyncIterator]: () => chunks };
  };
  if (encoding !== 'auto') return { body: whole(), encoding };
  const [, name = ''] =
    /^<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']/.exec(head.toString('latin1', 0, DECLARATION)) ?? [];
  const declared = DECLARED[name.toLowerCase()];
  if (!declared) throw new FormatError('FORBIDDEN', `line 1: the encoding ${name} is not one of those that are read.`);
  return { body: whole(), encoding: declared };
}

const DECLARATION = 256;
const DECLARED: Readonly<Record<string, Encoding>> = {
  '': 'auto',
  'utf-8': 'auto',
  utf8: 'auto',
  'us-ascii': 'auto',
  'utf-16': 'auto',
  'iso-8859-1': 'windows-1252',
  latin1: 'windows-1252',
  'windows-1252': 'windows-1252',
};

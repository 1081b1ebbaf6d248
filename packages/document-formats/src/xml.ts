import type { Encoding } from './decode.ts';
import { LIMITS, tooLarge } from './limits.ts';
import { FormatError, type Row } from './row.ts';
import { xmlEvents } from './xml-events.ts';

export interface XmlOptions {
  /** Local name of the elements that are the records, wherever they stand. */
  readonly record: string;
  readonly encoding?: Encoding | undefined;
}

/**
 * An element as JSON: attributes as `@name`; an element with nothing but text is that text; text beside other things is
 * `#text`; elements by their local names, those that come more than once as a list. White space around texts goes.
 */
export type XmlValue = string | { [name: string]: XmlValue | XmlValue[] };

/**
 * Records of an XML document: each element of that name as {@link XmlValue}, as soon as it is closed. One within another
 * belongs to that. Throws FormatError for a document that cannot be read; nothing before counts then.
 */
export async function* readXml(body: AsyncIterable<Buffer>, options: XmlOptions): AsyncGenerator<Row> {
  let count = 0;
  for await (const { name, line, value } of elements(
    body,
    ({ name }) => name === options.record,
    LIMITS.row,
    options.encoding,
  )) {
    count += 1;
    yield { place: `${name} ${count} (line ${line})`, data: typeof value === 'string' ? { '#text': value } : value };
  }
}

/** A whole document, which has at most 16 Mi characters: the name of its root and what is in it. */
export async function readXmlDocument(
  body: AsyncIterable<Buffer>,
  encoding?: Encoding,
): Promise<{ readonly name: string; readonly data: Exclude<XmlValue, string> }> {
  let root: Element | undefined;
  for await (const element of elements(body, () => true, LIMITS.document, encoding)) root = element;
  if (!root) throw new FormatError('MALFORMED', 'line 1: there is no element.');
  return { name: root.name, data: typeof root.value === 'string' ? { '#text': root.value } : root.value };
}

interface Element {
  readonly name: string;
  readonly line: number;
  readonly value: XmlValue;
}

interface Open {
  readonly name: string;
  readonly line: number;
  readonly parts: { [name: string]: XmlValue | XmlValue[] };
  text: string;
}

async function* elements(
  body: AsyncIterable<Buffer>,
  isRecord: (opened: { readonly name: string }) => boolean,
  limit: number,
  encoding: Encoding | undefined,
): AsyncGenerator<Element> {
  const open: Open[] = [];
  let size = 0;
  for await (const event of xmlEvents(body, encoding)) {
    const parent = open.at(-1);
    if (event.kind === 'OPEN') {
      if (!parent && !isRecord(event)) continue;
      if (!parent) size = 0;
      const parts: Open['parts'] = {};
      for (const [name, value] of Object.entries(event.attributes)) {
        parts[`@${name}`] = value;
        size += name.length + value.length;
      }
      size += event.name.length;
      open.push({ name: event.name, line: event.line, parts, text: '' });
    } else if (event.kind === 'TEXT') {
      if (!parent) continue;
      parent.text += event.text;
      size += event.text.length;
      if (parent.text.length > LIMITS.field) throw tooLarge(placeOf(parent), 'its text', LIMITS.field);
    } else if (parent) {
      open.pop();
      const value = valueOf(parent);
      const outer = open.at(-1);
      if (outer) add(outer.parts, parent.name, value);
      else yield { name: parent.name, line: parent.line, value };
    }
    if (open[0] && size > limit) throw tooLarge(placeOf(open[0]), 'it', limit);
  }
}

function placeOf({ name, line }: Open): string {
  return `line ${line}: ${name}`;
}

function valueOf({ parts, text }: Open): XmlValue {
  const trimmed = text.trim();
  if (Object.keys(parts).length === 0) return trimmed;
  if (trimmed !== '') parts['#text'] = trimmed;
  return parts;
}

function add(parts: Open['parts'], name: string, value: XmlValue): void {
  const there = Object.hasOwn(parts, name) ? parts[name] : undefined;
  if (there === undefined) parts[name] = value;
  else if (Array.isArray(there)) there.push(value);
  else parts[name] = [there, value];
}

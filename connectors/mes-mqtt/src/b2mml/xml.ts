import { DocumentRejectedError } from '@takt/backing-system';
import { SaxesParser } from 'saxes';

/** A message's elements by their local names: text, or an object of them, or a list where one is repeated. */
export type XmlValue = string | XmlElement | readonly XmlValue[];
interface XmlElement {
  readonly [name: string]: XmlValue;
}

/**
 * Reads XML as B2MML's JSON would say it, without attributes: its facts are elements. Throws
 * {@link DocumentRejectedError}; a document type is forbidden, and with it every entity beyond XML's own five.
 */
export function readXml(body: Buffer): { readonly name: string; readonly value: XmlValue } {
  const parser = new SaxesParser({ xmlns: false });
  const open: OpenElement[] = [];
  let root: { name: string; value: XmlValue } | undefined;
  let elements = 0;
  const place = () => `line ${parser.line}, column ${parser.column}`;
  parser.on('error', (error) => {
    throw new DocumentRejectedError('MALFORMED', `It is no XML: ${error.message}`);
  });
  parser.on('doctype', () => {
    throw new DocumentRejectedError('FORBIDDEN', `${place()}: a document type is not allowed.`);
  });
  parser.on('opentag', ({ name }) => {
    elements += 1;
    if (elements > MAX_ELEMENTS) throw tooLarge(`${place()}: it has more than ${MAX_ELEMENTS} elements.`);
    if (open.length >= MAX_DEPTH) throw tooLarge(`${place()}: elements are nested deeper than ${MAX_DEPTH}.`);
    open.push({ name: name.slice(name.indexOf(':') + 1), text: '', children: new Map() });
  });
  const addText = (text: string) => {
    const element = open.at(-1);
    if (element) element.text += text;
  };
  parser.on('text', addText);
  parser.on('cdata', addText);
  parser.on('closetag', () => {
    const element = open.pop();
    if (!element) return;
    const value = valueOf(element);
    const parent = open.at(-1);
    if (!parent) root = { name: element.name, value };
    else if (!parent.children.get(element.name)?.push(value)) parent.children.set(element.name, [value]);
  });
  parser.write(textOf(body)).close();
  if (!root) throw new DocumentRejectedError('MALFORMED', 'It is no XML: there is no element.');
  return root;
}

interface OpenElement {
  readonly name: string;
  text: string;
  readonly children: Map<string, XmlValue[]>;
}

function valueOf({ text, children }: OpenElement): XmlValue {
  if (children.size === 0) return text.trim();
  return Object.fromEntries(
    [...children].map(([name, [first = '', ...more]]) => [name, more.length ? [first, ...more] : first]),
  );
}

function textOf(body: Buffer): string {
  const declared = /^<\?xml[^>]*encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']/.exec(
    body.toString('latin1', 0, 200),
  )?.[1];
  const encoding = body[0] === 0xff && body[1] === 0xfe ? 'utf-16le' : (declared ?? 'utf-8');
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(body);
  } catch {
    throw new DocumentRejectedError('BAD_ENCODING', `It is not encoded in ${encoding}.`);
  }
}

const tooLarge = (reason: string) => new DocumentRejectedError('TOO_LARGE', reason);
const MAX_DEPTH = 64;
const MAX_ELEMENTS = 100_000;

import { posix } from 'node:path';
import { FormatError } from './row.ts';
import { xmlEvents, type XmlEvent } from './xml-events.ts';
import type { ZipParts } from './zip-parts.ts';

/** What a sheet's cells refer to. */
export interface Workbook {
  /** Part of the sheet that was asked for. */
  readonly sheet: string;
  readonly sharedStrings: readonly string[];
  /** By a cell's style: whether its number is a date or a time. */
  readonly isDate: readonly boolean[];
  /** Days are counted from 1904, not from 1900. */
  readonly from1904: boolean;
}

/** Reads a workbook (ECMA-376 part 1, 18.2, 18.4.8, 18.8). The first sheet unless named. Throws FormatError. */
export async function openWorkbook(parts: ZipParts, sheetName: string | undefined): Promise<Workbook> {
  if (parts.names.some((name) => name.endsWith('vbaProject.bin'))) {
    throw new FormatError('FORBIDDEN', 'the workbook has macros.');
  }
  const targets = new Map<string, { target: string; type: string }>();
  for await (const event of xmlEvents(parts.read('xl/_rels/workbook.xml.rels'))) {
    if (event.kind !== 'OPEN' || event.name !== 'Relationship' || event.attributes['TargetMode'] === 'External')
      continue;
    const { Id = '', Target = '', Type = '' } = event.attributes;
    targets.set(Id, { target: Target.startsWith('/') ? Target.slice(1) : posix.join('xl', Target), type: Type });
  }
  const sheets: { name: string; id: string }[] = [];
  let from1904 = false;
  for await (const event of xmlEvents(parts.read('xl/workbook.xml'))) {
    if (event.kind !== 'OPEN') continue;
    const { attributes } = event;
    if (event.name === 'sheet') sheets.push({ name: attributes['name'] ?? '', id: attributes['id'] ?? '' });
    if (event.name === 'workbookPr') from1904 = ['1', 'true'].includes(attributes['date1904'] ?? '');
  }
  const found = sheetName === undefined ? sheets[0] : sheets.find(({ name }) => name === sheetName);
  const sheet = targets.get(found?.id ?? '')?.target;
  if (sheet === undefined) {
    const names = sheets
      .map(({ name }) => name)
      .join(', ')
      .slice(0, 500);
    throw new FormatError('MALFORMED', `the workbook has no sheet ${sheetName ?? ''}, but: ${names}.`);
  }
  const partOf = (kind: string) => {
    const part = [...targets.values()].find(({ type }) => type.endsWith(`/${kind}`))?.target;
    return part !== undefined && parts.has(part) ? part : undefined;
  };
  const strings = partOf('sharedStrings');
  const styles = partOf('styles');
  return {
    sheet,
    from1904,
    sharedStrings: strings === undefined ? [] : await readSharedStrings(xmlEvents(parts.read(strings))),
    isDate: styles === undefined ? [] : await readDateStyles(xmlEvents(parts.read(styles))),
  };
}

async function readSharedStrings(events: AsyncIterable<XmlEvent>): Promise<string[]> {
  const strings: string[] = [];
  let characters = 0;
  let text = '';
  let isText = false;
  // How it is pronounced is not part of it.
  let inPhonetic = false;
  for await (const event of events) {
    if (event.kind === 'TEXT') {
      if (isText && !inPhonetic) text += event.text;
      characters += event.text.length;
      if (characters > SHARED_CHARACTERS)
        throw new FormatError('TOO_LARGE', 'the workbook has too many different texts.');
    } else if (event.name === 't') isText = event.kind === 'OPEN';
    else if (event.name === 'rPh') inPhonetic = event.kind === 'OPEN';
    else if (event.name === 'si' && event.kind === 'CLOSE') {
      strings.push(text);
      text = '';
      if (strings.length > SHARED_STRINGS)
        throw new FormatError('TOO_LARGE', 'the workbook has too many different texts.');
    }
  }
  return strings;
}

const SHARED_CHARACTERS = 67_108_864;
const SHARED_STRINGS = 2_000_000;

async function readDateStyles(events: AsyncIterable<XmlEvent>): Promise<boolean[]> {
  const own = new Map<string, boolean>();
  const styles: boolean[] = [];
  let inCellStyles = false;
  for await (const event of events) {
    if (event.kind === 'TEXT') continue;
    if (event.name === 'cellXfs') inCellStyles = event.kind === 'OPEN';
    if (event.kind === 'CLOSE') continue;
    const { numFmtId = '0', formatCode = '' } = event.attributes;
    if (event.name === 'numFmt') own.set(numFmtId, isDateFormat(formatCode));
    if (event.name === 'xf' && inCellStyles) styles.push(own.get(numFmtId) ?? isBuiltInDate(Number(numFmtId)));
    if (own.size + styles.length > 100_000) throw new FormatError('TOO_LARGE', 'the workbook has too many styles.');
  }
  return styles;
}

/** Day, month, year, hour or second outside of quoted text, escaped characters and colours or conditions in brackets. */
function isDateFormat(code: string): boolean {
  return /[dmyhs]/i.test(code.replace(/"[^"]*"|\\.|_.|\*.|\[(?![hms]+\])[^\]]*\]/gi, '').replace(/general/gi, ''));
}

/** ECMA-376 part 1, 18.8.30. */
function isBuiltInDate(id: number): boolean {
  return (id >= 14 && id <= 22) || (id >= 27 && id <= 36) || (id >= 45 && id <= 47) || (id >= 50 && id <= 58);
}

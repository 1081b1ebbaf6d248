import { getOwn, isResponseObject } from '../own-properties.ts';
import type { ResponseObject } from '../own-properties.ts';
import type { Need } from './object-plan.ts';
import type { Nested, ObjectRecord } from './scanner.ts';

/** The representation of an object as JSON text, from what was kept of it; undefined where a value is missing. */
export function representationOf(needs: readonly Need[], record: ObjectRecord): string | undefined {
  let text = '{';
  for (const need of needs) {
    const value = keptText(need, record);
    if (value === undefined) return undefined;
    text += `${text.length > 1 ? ',' : ''}"${need.name}":${value}`;
  }
  return `${text}}`;
}

/**
 * What a representation follows from, where that is shorter than the representation itself: equal origins give equal
 * representations, within one type. Undefined where there is nothing to gain.
 */
export function originOf(needs: readonly Need[], record: ObjectRecord, isOfOneType: boolean): string | undefined {
  let isShorter = false;
  let origin: string | undefined;
  for (const need of needs) {
    let part: string | undefined;
    if (need.kind === 'typename') {
      if (isOfOneType) continue;
      part = need.typeName;
    } else if (need.slot >= 0) {
      part = String(record.entities[need.slot]?.number ?? -1);
      isShorter = true;
    } else if (need.kind === 'text') {
      part = record.texts[need.capture];
      if (part === undefined) return undefined;
    } else return undefined;
    origin = origin === undefined ? part : `${origin} ${part}`;
  }
  return isShorter || needs.length <= 2 ? origin : undefined;
}

function keptText(need: Need, record: ObjectRecord): string | undefined {
  if (need.kind === 'typename') return `"${need.typeName}"`;
  const holder = need.slot < 0 ? record : record.entities[need.slot]?.found;
  if (!holder) return undefined;
  if (need.kind === 'text') return holder.texts[need.capture];
  const nested = holder.nested[need.nest];
  return nested === undefined ? undefined : nestedText(need.fields, nested);
}

function nestedText(needs: readonly Need[], nested: Nested): string | undefined {
  if (nested === null) return 'null';
  if (!isList(nested)) return representationOf(needs, nested);
  const texts: string[] = [];
  for (const each of nested) {
    const text = nestedText(needs, each);
    if (text === undefined) return undefined;
    texts.push(text);
  }
  return `[${texts.join(',')}]`;
}

/** The same from data that was parsed. */
export function representationOfData(needs: readonly Need[], object: ResponseObject): string | undefined {
  let text = '{';
  for (const need of needs) {
    const value = dataText(need, object);
    if (value === undefined) return undefined;
    text += `${text.length > 1 ? ',' : ''}"${need.name}":${value}`;
  }
  return `${text}}`;
}

function dataText(need: Need, object: ResponseObject): string | undefined {
  if (need.kind === 'typename') return `"${need.typeName}"`;
  const value = getOwn(object, need.responseName);
  if (value === undefined) return undefined;
  return need.kind === 'text' ? JSON.stringify(value) : nestedDataText(need.fields, value);
}

function nestedDataText(needs: readonly Need[], value: unknown): string | undefined {
  if (Array.isArray(value)) {
    const texts = value.map((each) => nestedDataText(needs, each));
    return texts.includes(undefined) ? undefined : `[${texts.join(',')}]`;
  }
  return isResponseObject(value) ? representationOfData(needs, value) : 'null';
}

function isList(nested: ObjectRecord | readonly Nested[]): nested is readonly Nested[] {
  return Array.isArray(nested);
}

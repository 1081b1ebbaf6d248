import { isDeepStrictEqual } from 'node:util';
import type { Finding } from './finding.ts';

/** JSON Schemas by name, e.g. `InventoryChanged.v1`. */
export type EventSchemas = Readonly<Record<string, unknown>>;

/**
 * Whether the events of a release are still what its consumers read: a published version may gain optional properties,
 * anything else needs a new version beside it.
 */
export function checkEventSchemas(version: string, released: EventSchemas, now: EventSchemas): Finding[] {
  return Object.entries(released).flatMap(([name, schema]) => {
    const finding = { check: 'event schemas', severity: 'error' } as const;
    const [type = name, number = '1'] = name.split('.v');
    if (!(name in now)) {
      const message = `is part of ${version} and nothing declares it any more`;
      return [
        {
          ...finding,
          where: `events/${name}.json`,
          message,
          whatToDo: 'Declare it as long as a version that is served has it.',
        },
      ];
    }
    const whatToDo = `Leave it as it was in ${version}, and declare ${type}.v${Number(number) + 1} beside it.`;
    return incompatibilities(schema, now[name], '').map(({ path, message }) => ({
      ...finding,
      where: `events/${name}.json ${path || '/'}`,
      message,
      whatToDo,
    }));
  });
}

interface Incompatibility {
  /** JSON Pointer within the schema. */
  readonly path: string;
  readonly message: string;
}

type Json = Readonly<Record<string, unknown>>;

/** Words for people, which no validator looks at. */
const ANNOTATIONS = new Set(['title', 'description', 'examples', 'default', '$comment', 'deprecated']);

function incompatibilities(before: unknown, after: unknown, path: string): Incompatibility[] {
  if (!isObject(before) || !isObject(after)) {
    return isDeepStrictEqual(before, after) ? [] : [{ path, message: `was ${brief(before)}, is ${brief(after)}` }];
  }
  const keywords = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...keywords].flatMap((keyword) => {
    if (ANNOTATIONS.has(keyword)) return [];
    const [was, is, at] = [before[keyword], after[keyword], `${path}/${keyword}`];
    if (keyword === 'properties' && isObject(was) && isObject(is)) return properties(was, is, at);
    if (keyword === 'required') return required(was, is, at);
    if (keyword === 'anyOf' || keyword === 'oneOf' || keyword === 'allOf') return alternatives(was, is, at);
    return incompatibilities(was, is, at);
  });
}

function properties(before: Json, after: Json, path: string): Incompatibility[] {
  return Object.entries(before).flatMap(([name, schema]) =>
    name in after
      ? incompatibilities(schema, after[name], `${path}/${name}`)
      : [{ path: `${path}/${name}`, message: 'the property is gone' }],
  );
}

/** What readers may rely on stays; and who sends it need not send more. */
function required(before: unknown, after: unknown, path: string): Incompatibility[] {
  const [was, is] = [namesOf(before), namesOf(after)];
  return [
    ...was
      .filter((name) => !is.includes(name))
      .map((name) => ({ path, message: `"${name}" is not required any more` })),
    ...is.filter((name) => !was.includes(name)).map((name) => ({ path, message: `"${name}" is required now` })),
  ];
}

function alternatives(before: unknown, after: unknown, path: string): Incompatibility[] {
  const [was, is] = [listOf(before), listOf(after)];
  if (was.length !== is.length) return [{ path, message: `had ${was.length} alternatives, has ${is.length}` }];
  return was.flatMap((each, index) => incompatibilities(each, is[index], `${path}/${index}`));
}

function namesOf(value: unknown): string[] {
  return listOf(value).filter((name) => typeof name === 'string');
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function brief(value: unknown): string {
  return (JSON.stringify(value) ?? 'absent').slice(0, 60);
}

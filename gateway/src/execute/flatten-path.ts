import { getOwn, isResponseObject } from './own-properties.ts';
import type { ResponseObject } from './own-properties.ts';

/** A place in a response, in the client's terms. */
export type ResponsePath = readonly (string | number)[];

/** The path of a Flatten node: response names, and `@` for each element of a list. */
export type FlattenPath = readonly (string | number)[];

/** The objects at a path, in document order; nulls and what is not there are left out. */
export function objectsAt(data: unknown, path: FlattenPath, visit: (object: ResponseObject) => void, depth = 0): void {
  if (data === null || data === undefined) return;
  const step = path[depth];
  if (step === '@') {
    if (Array.isArray(data)) for (const item of data) objectsAt(item, path, visit, depth + 1);
  } else if (!isResponseObject(data)) {
    return;
  } else if (step === undefined) {
    visit(data);
  } else {
    objectsAt(getOwn(data, String(step)), path, visit, depth + 1);
  }
}

/** Where each of those objects is: the n-th path belongs to the n-th object. */
export function pathsAt(data: unknown, path: FlattenPath): ResponsePath[] {
  const paths: ResponsePath[] = [];
  const walk = (value: unknown, depth: number, here: (string | number)[]): void => {
    if (value === null || value === undefined) return;
    const step = path[depth];
    if (step === '@') {
      if (Array.isArray(value)) value.forEach((item, index) => walk(item, depth + 1, [...here, index]));
    } else if (!isResponseObject(value)) {
      return;
    } else if (step === undefined) {
      paths.push(here);
    } else {
      walk(getOwn(value, String(step)), depth + 1, [...here, String(step)]);
    }
  };
  walk(data, 0, []);
  return paths;
}

/** The part of a path that is one place: up to its first list. */
export function fixedPart(path: FlattenPath): ResponsePath {
  const list = path.indexOf('@');
  return list < 0 ? path : path.slice(0, list);
}

/** An object of a response. Keys come from clients and subgraphs: read and write it only by own properties. */
export type ResponseObject = Record<string, unknown>;

export function isResponseObject(value: unknown): value is ResponseObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value of an own property, never of the prototype. */
export function getOwn(object: ResponseObject, key: string): unknown {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

/** Sets an own property, even where the name would reach the prototype. */
export function setOwn(object: ResponseObject, key: string, value: unknown): void {
  if (key === '__proto__') {
    Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
  } else {
    object[key] = value;
  }
}

/**
 * Adds what another fetch found about the same object. Objects and lists are merged, everything else replaced; a null
 * never replaces what another subgraph did find, and one of `vagueTypes` never the name of a type.
 */
export function mergeInto(
  target: ResponseObject,
  source: ResponseObject,
  vagueTypes: ReadonlySet<string> = noTypes,
): void {
  for (const key of Object.keys(source)) {
    const incoming = source[key];
    if (incoming === undefined) continue;
    const existing = getOwn(target, key);
    if (existing === undefined || existing === null) setOwn(target, key, incoming);
    else if (incoming !== null && !(key === '__typename' && vagueTypes.has(incoming as string))) {
      setOwn(target, key, merged(existing, incoming, vagueTypes));
    }
  }
}

const noTypes: ReadonlySet<string> = new Set();

function merged(existing: unknown, incoming: unknown, vagueTypes: ReadonlySet<string>): unknown {
  if (isResponseObject(existing) && isResponseObject(incoming)) {
    if (existing !== incoming) mergeInto(existing, incoming, vagueTypes);
    return existing;
  }
  if (Array.isArray(existing) && Array.isArray(incoming)) {
    for (const [index, value] of (incoming as unknown[]).entries()) {
      const before: unknown = existing[index];
      if (before === undefined || before === null) existing[index] = value;
      else if (value !== null) existing[index] = merged(before, value, vagueTypes);
    }
    return existing;
  }
  return incoming;
}

import type { ExecutionResult } from 'graphql';

/**
 * How a gateway's result differs from that of one schema; undefined if it does not. Data must be equal byte for byte.
 * Of errors, these must be equal:
 *
 * - Which nulls are explained, that is have an error at, below or above their place. A value that may not be null
 *   takes its parents with it, and then neither schema nor gateway owes an error for each fault below: which of them
 *   is found first depends on the order of execution. So the places that remain in the data are compared.
 * - Each error of the gateway is at a place where the schema has a fault as well when every type is nullable
 *   (`lenient`), so that no fault hides another one. Inputs of `@requires` that the client did not select are the
 *   exception: the schema computes with their null and is silent, the gateway reports the subgraph's error at the
 *   last place that the client did select. So are fields of an `@interfaceObject`: the planner asks for them of every
 *   type of the interface, also of those that the client's fragments leave out.
 * - No error of a subgraph that was asked for something that it must not be asked for.
 */
export function difference(
  expected: ExecutionResult,
  lenient: ExecutionResult | undefined,
  actual: ExecutionResult,
  isUnasked: (faultyField: string) => boolean,
): string | undefined {
  const data = JSON.stringify(actual.data);
  const expectedData = JSON.stringify(expected.data);
  if (data !== expectedData) {
    return `data\n  expected ${expectedData}\n  actual   ${data}\n  errors   ${JSON.stringify(actual.errors)}`;
  }
  const errors = actual.errors ?? [];
  const wrong = errors.find(({ message }) => message.startsWith('wrong:'));
  if (wrong) return wrong.message;

  const faults = new Set((lenient?.errors ?? []).map(({ path }) => JSON.stringify(path)));
  const unfounded = errors.filter(({ path }) => !faults.has(JSON.stringify(path)));
  const unexplained = unfounded.find(({ message, path }) => {
    const field = /^fault in (.*?):/.exec(message)?.[1];
    return !(field !== undefined && isUnasked(field) && isWithin(actual.data, path ?? []));
  });
  if (unexplained)
    return `an error that the schema does not have: ${JSON.stringify(unexplained)} of ${JSON.stringify(errors)}`;

  const missing = [...nulledPlaces(expected)].filter((place) => !nulledPlaces(actual).has(place));
  if (missing.length > 0) return `no error for ${missing.join(' ')}`;
  return undefined;
}

/** Where the data ends on the way to each error: a null that the error explains. */
function nulledPlaces({ data, errors = [] }: ExecutionResult): Set<string> {
  const places = errors.map(({ path = [] }) => {
    let value: unknown = data;
    const place: (string | number)[] = [];
    for (const step of path) {
      if (typeof value !== 'object' || value === null) break;
      value = (value as Record<string | number, unknown>)[step];
      place.push(step);
    }
    return JSON.stringify(place);
  });
  return new Set(places);
}

function isWithin(data: unknown, path: readonly (string | number)[]): boolean {
  let value = data;
  for (const step of path) {
    if (typeof value !== 'object' || value === null) return true;
    if (!Object.hasOwn(value, step)) return step === path.at(-1);
    value = (value as Record<string | number, unknown>)[step];
  }
  return true;
}

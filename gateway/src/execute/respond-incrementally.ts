import type { GraphQLError } from 'graphql';
import type { Deferrals } from './deferrals.ts';
import type { ResponsePath } from './flatten-path.ts';
import { getOwn, isResponseObject } from './own-properties.ts';
import type { ResponseObject } from './own-properties.ts';
import type { DeferredPlace } from './shape-response.ts';

/** How the parts of one response are made of what a run has fetched. */
export interface PartShaper {
  /** Adds the fragments that are deferred within it to `places`. */
  initial(errors: GraphQLError[], places: DeferredPlace[]): ResponseObject | null;
  /** Undefined if the object of the place has turned out to be of a type that the fragment is not for. */
  deferred(place: DeferredPlace, errors: GraphQLError[], places: DeferredPlace[]): ResponseObject | null | undefined;
  /** An error of a fetch with its path in the client's terms. */
  clientError(error: GraphQLError): GraphQLError;
  clientLabel(label: string): string | undefined;
}

/**
 * The parts of a response by the incremental delivery format of 2022-08-24, as JSON text: first what is not deferred,
 * then each deferred fragment in every place where it applies, as soon as what it needs has been fetched and what it
 * lies in has been given. A null that spreads ends at its fragment.
 */
export async function* respondIncrementally(
  shaper: PartShaper,
  fetchErrors: readonly GraphQLError[],
  deferrals: Deferrals,
): AsyncGenerator<string, void, void> {
  const waiting = new Map<string, Waiting>();
  const wait = (places: readonly DeferredPlace[]): void => {
    for (const place of places) {
      const { label } = place;
      const known = waiting.get(label);
      if (known) known.places.push(place);
      else {
        const ready = deferrals.whenReady(label).then((errors) => ({ label, errors }));
        waiting.set(label, { places: [place], ready });
      }
    }
  };

  const found: DeferredPlace[] = [];
  const early = fetchErrors.map((error) => shaper.clientError(error));
  const initialErrors = [...early];
  const data = shaper.initial(initialErrors, found);
  const ofFragments = early.filter(
    (error) => !lies(data, error.path ?? []) && found.some((place) => concerns(error, place)),
  );
  const errors = initialErrors.filter((error) => !ofFragments.includes(error));
  wait(found);
  yield JSON.stringify({ data, ...(errors.length > 0 && { errors }), hasNext: waiting.size > 0 });

  while (waiting.size > 0) {
    const ready = await Promise.race([...waiting.values()].map((each) => each.ready));
    const { places } = waiting.get(ready.label) ?? { places: [] };
    waiting.delete(ready.label);
    const fetched = [...ofFragments, ...ready.errors.map((error) => shaper.clientError(error))];
    const label = shaper.clientLabel(ready.label);
    const incremental = places.flatMap((place) => {
      const nested: DeferredPlace[] = [];
      const own = fetched.filter((error) => concerns(error, place));
      const part = shaper.deferred(place, own, nested);
      if (part === undefined) return [];
      wait(nested);
      return {
        data: part,
        path: place.path,
        ...(label !== undefined && { label }),
        ...(own.length > 0 && { errors: own }),
      };
    });
    yield JSON.stringify({ incremental, hasNext: waiting.size > 0 });
  }
}

interface Waiting {
  readonly places: DeferredPlace[];
  readonly ready: Promise<{ readonly label: string; readonly errors: readonly GraphQLError[] }>;
}

/** Whether an error is about something at or below a place, or about something above that the place lies in. */
function concerns({ path = [] }: GraphQLError, place: DeferredPlace): boolean {
  const shared = Math.min(path.length, place.path.length);
  return place.path.slice(0, shared).every((step, index) => step === path[index]);
}

/** Whether a path leads to something that a response has, be it a null on the way. */
function lies(data: unknown, path: ResponsePath): boolean {
  let value = data;
  for (const step of path) {
    if (isResponseObject(value)) {
      if (!Object.hasOwn(value, step)) return false;
      value = getOwn(value, String(step));
    } else if (Array.isArray(value)) value = value[Number(step)];
    else return true;
  }
  return true;
}

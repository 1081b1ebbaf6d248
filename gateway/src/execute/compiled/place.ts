import type { FlattenPath } from '../flatten-path.ts';

/** Where an object is in the response. */
export interface Place {
  /** In the plan's names. */
  readonly path: FlattenPath;
  /** In the rewritten fetches' names. */
  readonly dataPath: FlattenPath;
  /** Whether the object there is asked for its type. */
  readonly isTyped?: boolean;
}

/** The place of a field's value. */
export function below(place: Place, name: string, responseName: string): Place {
  return { path: [...place.path, name], dataPath: [...place.dataPath, responseName] };
}

export function samePath(one: FlattenPath, other: FlattenPath): boolean {
  return one.length === other.length && one.every((step, index) => step === other[index]);
}

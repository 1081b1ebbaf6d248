/** Where live changes are without one: whoever follows from there misses nothing. */
export class Place {
  constructor(readonly cursor: string) {}
}

const askers = new WeakMap<object, () => void>();

/**
 * How live changes tell places, only to who asks: where they begin, and where they are after many events that the
 * subscriber did not ask for.
 */
export const places = {
  /** Has live changes call `asked` if somebody asks them. */
  offer: (changes: object, asked: () => void): void => void askers.set(changes, asked),
  /** To be called before the first change is taken. */
  ask: (changes: object): void => askers.get(changes)?.(),
  /** Cursor of a place; undefined of a change. */
  cursorOf: (given: unknown): string | undefined => (given instanceof Place ? given.cursor : undefined),
};

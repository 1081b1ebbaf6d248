/** A source of choices that a seed determines wholly. */
export interface Random {
  /** From 0 up to, not including, `end`. */
  int(end: number): number;
  chance(probability: number): boolean;
  pick<T>(items: readonly T[]): T;
  /** Each item with a probability, in their order. */
  some<T>(items: readonly T[], probability: number): T[];
  /** As `some`, but never none of a list that is not empty. */
  atLeastOne<T>(items: readonly T[], probability: number): T[];
}

/** Mulberry32. */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const random: Random = {
    int: (end) => Math.floor(next() * end),
    chance: (probability) => next() < probability,
    pick<T>(items: readonly T[]): T {
      if (items.length === 0) throw new Error('nothing to pick from');
      return items[random.int(items.length)] as T;
    },
    some: (items, probability) => items.filter(() => random.chance(probability)),
    atLeastOne(items, probability) {
      const some = random.some(items, probability);
      return some.length > 0 || items.length === 0 ? some : [random.pick(items)];
    },
  };
  return random;
}

/** FNV-1a, 32 bits. */
export function hash(text: string): number {
  let result = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    result = Math.imul(result ^ text.charCodeAt(index), 0x01000193);
  }
  return result >>> 0;
}

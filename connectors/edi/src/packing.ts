/** One level of a packing tree; levels come after what they are in. */
export interface Packed {
  readonly id: string;
  readonly parent: string | undefined;
  readonly level: string;
  readonly marks: readonly string[];
}

/** What is around a level, the outermost first. Parents are among the levels, and no level is within itself. */
export function packsOf<Level extends Packed>(levels: ReadonlyMap<string, Level>, id: string): Level[] {
  const around: Level[] = [];
  let parent = levels.get(id)?.parent;
  while (parent !== undefined && around.length < DEEPEST) {
    const level = levels.get(parent);
    if (level === undefined) break;
    around.unshift(level);
    parent = level.parent;
  }
  return around;
}

/** Real ones have five. */
const DEEPEST = 20;

/** A node of what JSONata parses, as far as we look into it; its own typings leave out half of the types. */
export interface Node {
  readonly type: string;
  readonly value?: unknown;
  readonly steps?: readonly Node[];
  readonly expressions?: readonly Node[];
  readonly arguments?: readonly Node[];
  readonly procedure?: Node;
  readonly lhs?: unknown;
  readonly rhs?: Node;
  readonly condition?: Node;
  readonly then?: Node;
  readonly else?: Node;
  /** Names that a step binds. */
  readonly focus?: unknown;
  readonly index?: unknown;
}

/** Whatever else a node may carry changes what it means. */
export const EXTRAS = [
  'predicate',
  'stages',
  'group',
  'focus',
  'index',
  'tuple',
  'ancestor',
  'keepArray',
  'keepSingletonArray',
  'nextFunction',
];

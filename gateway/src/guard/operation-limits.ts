/** How large an operation may be. Each is checked before the document is validated or planned, on every transport. */
export interface OperationLimits {
  /** UTF-16 code units of the document's text. */
  readonly maxCharacters: number;
  /** Lexical tokens of the document. */
  readonly maxTokens: number;
  /** Selections of an operation after its fragments are written out: what validation and planning have to work through. */
  readonly maxExpandedFields: number;
  /** Selections within selections, likewise. */
  readonly maxDepth: number;
  /** Aliases of an operation, likewise. */
  readonly maxAliases: number;
  /** Fields of an operation that are not within another field, likewise. */
  readonly maxRootFields: number;
  /** Directives in the document as it is written. */
  readonly maxDirectives: number;
  /** Directives on one field, fragment, variable or operation. */
  readonly maxDirectivesPerPlace: number;
  /** Fragment definitions in the document. */
  readonly maxFragments: number;
  /** Objects, lists and plain values in the variables. */
  readonly maxVariableValues: number;
  /** Objects and lists within one another in the variables. */
  readonly maxVariableDepth: number;
}

export const defaultOperationLimits: OperationLimits = {
  maxCharacters: 200_000,
  maxTokens: 10_000,
  maxExpandedFields: 2_000,
  maxDepth: 200,
  maxAliases: 500,
  maxRootFields: 100,
  maxDirectives: 500,
  maxDirectivesPerPlace: 10,
  maxFragments: 500,
  maxVariableValues: 50_000,
  maxVariableDepth: 100,
};

/**
 * `enforce` refuses what exceeds a limit. `measure` lets it run and reports it, except beyond the
 * {@link hardLimits}, which protect the process itself.
 */
export type GuardMode = 'enforce' | 'measure';

/** Refused in either mode beyond the default or the configured limit, whichever is larger. */
export const hardLimits: ReadonlySet<LimitName> = new Set([
  'maxTokens',
  'maxExpandedFields',
  'maxDepth',
  'maxVariableDepth',
]);

export type LimitName = keyof OperationLimits;

/** Something that is larger than allowed, whether it was refused or only measured. */
export interface Exceeded {
  readonly limit: LimitName | 'maxCost';
  readonly found: number;
  readonly allowed: number;
  readonly refused: boolean;
}

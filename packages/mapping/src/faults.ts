/** An expression cannot say what it should of this record; the code is one of a {@link MappingFault}. */
export class ExpressionError extends Error {
  constructor(
    readonly code: string,
    readonly reason: string,
  ) {
    super(reason);
    this.name = 'ExpressionError';
  }
}

/** Nothing is wrong with the record: the cross-references cannot be read now. */
export class ReferencesUnavailableError extends Error {
  constructor(cause: unknown) {
    super(`The cross-references cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    this.name = 'ReferencesUnavailableError';
  }
}

export function failed(reason: string): ExpressionError {
  return new ExpressionError('MAPPING_FAILED', reason);
}

/** As a person may read it: JSON, not endless. */
export function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'string') return JSON.stringify(clipped(value));
  if (Array.isArray(value)) return `a list of ${value.length}`;
  return value === null || typeof value === 'number' || typeof value === 'boolean' ? String(value) : 'an object';
}

export function clipped(text: string, characters = 200): string {
  return text.length > characters ? `${text.slice(0, characters)}…` : text;
}

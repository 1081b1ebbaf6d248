/** What cannot be read, or cannot be kept, as an exact decimal. */
export class InvalidDecimalError extends RangeError {
  readonly code = 'INVALID_DECIMAL';
  override readonly name = 'InvalidDecimalError';

  constructor(received: unknown, expected: string) {
    super(`Expected ${expected}, received ${describe(received)}.`);
  }
}

/** Quantities in different units were put together; convert one of them first. */
export class UnitMismatchError extends TypeError {
  readonly code = 'UNIT_MISMATCH';
  override readonly name = 'UnitMismatchError';

  constructor(
    readonly left: string,
    readonly right: string,
  ) {
    super(`A quantity in ${left} cannot be combined with one in ${right}: convert one of them first.`);
  }
}

/** A unit has no entry among the conversions given. */
export class UnknownUnitError extends RangeError {
  readonly code = 'UNKNOWN_UNIT';
  override readonly name = 'UnknownUnitError';

  constructor(
    readonly unit: string,
    known: readonly string[],
  ) {
    super(`There is no conversion for unit ${unit}; known units: ${known.join(', ') || 'none'}.`);
  }
}

function describe(received: unknown): string {
  if (typeof received !== 'string') return typeof received === 'number' ? String(received) : typeof received;
  return JSON.stringify(received.length > 60 ? `${received.slice(0, 60)}…` : received);
}

import type { EventLog } from './port.ts';

/** An opaque place in a log: whoever follows from it gets everything that came later. */
export function encodeCursor(logId: string, position: number): string {
  return Buffer.from(`${VERSION}:${logId}:${position}`).toString('base64url');
}

/** Position that a cursor of this log stands for. Throws {@link CursorError}. */
export async function decodeCursor(cursor: string, log: Pick<EventLog, 'id' | 'head'>): Promise<number> {
  const text = Buffer.from(cursor, 'base64url').toString();
  const [version, logId, digits, ...rest] = text.split(':');
  const position = /^(0|[1-9][0-9]{0,15})$/.test(digits ?? '') ? Number(digits) : NaN;
  if (version !== VERSION || logId === undefined || rest.length > 0 || !Number.isSafeInteger(position)) {
    throw new CursorError(`"${cursor.slice(0, 80)}" is no cursor. Give one that an event carried, unchanged.`);
  }
  if (logId !== log.id) {
    throw new CursorError(
      'This cursor belongs to another log: the data were replaced, or it comes from another field.',
    );
  }
  const head = await log.head();
  if (position > head) {
    throw new CursorError(
      `This cursor is at position ${position}, but the log ends at ${head}: was it restored from a backup?`,
    );
  }
  return position;
}

/** A cursor that cannot be followed from. Start without one: read the current state, then follow. */
export class CursorError extends Error {
  readonly code = 'CURSOR_INVALID';

  constructor(message: string) {
    super(message);
    this.name = 'CursorError';
  }
}

const VERSION = '1';

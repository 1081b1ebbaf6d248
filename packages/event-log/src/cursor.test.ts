import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CursorError, decodeCursor, encodeCursor } from './cursor.ts';

describe('A cursor', () => {
  const log = { id: 'abc_DEF-123', head: () => Promise.resolve(1_000_000) };

  test('leads back to its position', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(1_000_000), async (position) => {
        expect(await decodeCursor(encodeCursor(log.id, position), log)).toBe(position);
      }),
    );
  });

  test('of another log is refused', async () => {
    await expect(decodeCursor(encodeCursor('other', 3), log)).rejects.toThrow('another log');
  });

  test('ahead of the log is refused', async () => {
    await expect(decodeCursor(encodeCursor(log.id, 1_000_001), log)).rejects.toThrow('position 1000001');
  });

  test.each([
    '',
    'nonsense',
    '17',
    encodeCursor(log.id, -1),
    encodeCursor(log.id, 1.5),
    encodeCursor(log.id, NaN),
    encodeCursor(`${log.id}:1`, 1),
  ])('that is malformed is refused: %j', async (cursor) => {
    await expect(decodeCursor(cursor, log)).rejects.toBeInstanceOf(CursorError);
    await expect(decodeCursor(cursor, log)).rejects.toMatchObject({ code: 'CURSOR_INVALID' });
  });

  test('may be anything: it is refused or leads to a position of the log', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string(), async (cursor) => {
        const position = await decodeCursor(cursor, log).catch((error: unknown) => error);
        if (!(position instanceof CursorError)) expect(position).toBeLessThanOrEqual(1_000_000);
      }),
    );
  });
});

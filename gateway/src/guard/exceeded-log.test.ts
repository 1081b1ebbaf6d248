import { expect, test } from 'vitest';
import { exceededLog } from './exceeded-log.ts';

test('each limit is told of once in a while, with how often it was exceeded meanwhile', () => {
  const lines: string[] = [];
  let now = 0;
  const tell = exceededLog((line) => lines.push(line), { everyMs: 1_000, now: () => now });
  tell({ limit: 'maxDepth', found: 9, allowed: 5, refused: false });
  tell({ limit: 'maxDepth', found: 8, allowed: 5, refused: false });
  tell({ limit: 'maxDepth', found: 300, allowed: 5, refused: true });
  tell({ limit: 'maxCost', found: 70, allowed: 50, refused: true });
  now = 999;
  tell({ limit: 'maxDepth', found: 7, allowed: 5, refused: false });
  now = 1_000;
  tell({ limit: 'maxDepth', found: 6, allowed: 5, refused: false });
  tell({ limit: 'maxCost', found: 70, allowed: 50, refused: true });
  expect(lines).toEqual([
    'An operation passed beyond maxDepth: 9, 5 are allowed.',
    'An operation was refused beyond maxDepth: 300, 5 are allowed.',
    'An operation was refused beyond maxCost: 70, 50 are allowed.',
    'An operation passed beyond maxDepth: 6, 5 are allowed; and 2 more since the last of these lines.',
    'An operation was refused beyond maxCost: 70, 50 are allowed.',
  ]);
});

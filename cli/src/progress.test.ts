import { expect, it } from 'vitest';
import { progressBar } from './progress.ts';

it('writes a line now and then where there is no terminal, and none for what is done soon', () => {
  let text = '';
  let time = 0;
  const bar = progressBar('loads', { write: (line: string) => (text += line) }, () => time);
  bar.at(0, 100);
  time = 4_999;
  bar.at(10, 100);
  expect(text).toBe('');
  time = 5_000;
  bar.at(20, 100);
  bar.at(21, 100);
  time = 10_000;
  bar.at(100, 100);
  bar.stop();
  expect(text).toBe('loads: 20 of 100\nloads: 100 of 100\n');
});

import { it } from 'vitest';
import { killAndAccount } from './kill-and-account.ts';

it(
  'loses, doubles and disorders nothing, killed at any point between the arrival of a message and its delivery',
  { timeout: 900_000 },
  () => killAndAccount({}),
);

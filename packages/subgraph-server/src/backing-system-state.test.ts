import { SYSTEM_STATES } from '@takt/backing-system';
import { expect, it } from 'vitest';
import { backingSystemState } from './index.ts';

it('tells a system that is slow as degraded, one of which nothing is known as unknown, others as they are', () => {
  expect(SYSTEM_STATES.map((state) => backingSystemState({ state }))).toEqual(['UNKNOWN', 'UP', 'DEGRADED', 'DOWN']);
  expect(backingSystemState(undefined)).toBe('UNKNOWN');
});

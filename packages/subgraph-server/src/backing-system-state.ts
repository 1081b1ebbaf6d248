import { SYSTEM_STATES, type Health } from '@takt/backing-system';
import { enumOf } from './values.ts';

export const BackingSystemState = enumOf(
  'BackingSystemState',
  [...SYSTEM_STATES, 'DEGRADED'],
  'How a backing system does.',
  {
    UNKNOWN: 'Nothing has been sent to it, or nothing waits that would show whether it is back.',
    UP: 'It answers.',
    DEGRADED: 'It answers late, asks to be left alone for a while, or did not answer the last attempt.',
    SLOW: 'It answers late, asks to be left alone for a while, or did not answer the last attempt.',
    DOWN: 'It does not answer: what comes from it is stale, and what is for it waits.',
  },
);

/** Of every subgraph that has the enum. Slow was but one of the ways in which a system can be hard to reach. */
export const backingSystemStateDirectives = {
  'BackingSystemState.DEGRADED': '@lifecycle(since: "2026-11", formerly: "SLOW")',
  'BackingSystemState.SLOW':
    '@lifecycle(deprecated: "2026-08", removed: "2026-11", reason: "From 2026-11 on it is DEGRADED, as a system that asks to be left alone is not slow.")',
} as const;

/** A system's state as the graph has it; UNKNOWN if nothing is known of its health. */
export function backingSystemState(health: Pick<Health, 'state'> | undefined): keyof typeof BackingSystemState {
  if (!health) return 'UNKNOWN';
  return health.state === 'SLOW' ? 'DEGRADED' : health.state;
}

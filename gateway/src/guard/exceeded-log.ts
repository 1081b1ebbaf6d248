import type { Exceeded } from './operation-limits.ts';

/** Tells the operator of operations beyond limits: of each limit, refused or not, once in `everyMs` with how often since. */
export function exceededLog(
  log: (line: string) => void,
  { everyMs = 60_000, now = Date.now } = {},
): (exceeded: Exceeded) => void {
  const told = new Map<string, { at: number; since: number }>();
  return ({ limit, found, allowed, refused }) => {
    const key = `${limit} ${refused}`;
    const last = told.get(key);
    if (last && now() - last.at < everyMs) {
      last.since++;
      return;
    }
    told.set(key, { at: now(), since: 0 });
    const others = last && last.since > 0 ? `; and ${last.since} more since the last of these lines` : '';
    log(
      `An operation ${refused ? 'was refused' : 'passed'} beyond ${limit}: ${found}, ${allowed} are allowed${others}.`,
    );
  };
}

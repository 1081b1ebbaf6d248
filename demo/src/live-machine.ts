import type { WorkCenterStateReport } from './contracts.ts';
import type { Beat, Move } from './live-beat.ts';
import type { LivePlant } from './live-plant.ts';
import { DOWNTIME_REASONS } from './work-centers.ts';

/** A machine fails, or the one that has been down longest is back; never more than two down at once. */
export function* moveMachine({ machines, down }: LivePlant, beat: Beat): Generator<Move> {
  const longest = down[0];
  if (longest && (down.length >= MOST_DOWN || beat.number - longest.since >= DOWN_BEATS)) {
    down.shift();
    yield stateOf(beat, { code: longest.code, state: 'RUNNING' });
    return;
  }
  const working = machines.filter((code) => down.every((each) => each.code !== code));
  if (working.length === 0) return;
  const code = beat.random.pick(working);
  down.push({ code, since: beat.number });
  yield stateOf(beat, {
    code,
    state: 'DOWN',
    reason: beat.random.pick(DOWNTIME_REASONS),
    expectedEnd: new Date(beat.now().getTime() + beat.random.integer(2, 24) * 600_000).toISOString(),
  });
}

const MOST_DOWN = 2;
const DOWN_BEATS = 12;

function stateOf(beat: Beat, data: WorkCenterStateReport): Move {
  return { domain: 'work-centers', message: beat.message('mes', 'WorkCenterStateReported', data, 'CAPACITY') };
}

import type { CommitSupply } from './contracts.ts';
import { addDays } from './dates.ts';
import type { Beat, Move } from './live-beat.ts';
import type { LivePlant } from './live-plant.ts';

/** A supplier says that a delivery will be late; one that was late may find a way to deliver in time after all. */
export function* movePromise({ promises }: LivePlant, beat: Beat): Generator<Move> {
  if (promises.length === 0) return;
  const { random } = beat;
  const late = promises.filter((each) => each.late);
  const most = Math.min(MOST_LATE, promises.length);
  const recovers = late.length >= most || (late.length > 0 && random.chance(0.35));
  const promise = random.pick(recovers ? late : promises.filter((each) => !each.late));
  const { id, required, requiredOn } = promise.line;
  const today = beat.today();
  const earliest = requiredOn > today ? requiredOn : today;
  const data: CommitSupply = recovers
    ? { id, confirmation: 'ACCEPTED', committed: required, committedOn: earliest, reason: 'Air freight arranged' }
    : {
        id,
        confirmation: 'ACCEPTED_WITH_CHANGE',
        committed: required,
        committedOn: addDays(earliest, random.integer(3, 14)),
        reason: random.pick(DELAYS),
      };
  yield {
    domain: 'supplier-commitments',
    message: beat.message('supplier-portal', 'CommitSupply', data, 'SHORTAGE'),
    settle: () => {
      promise.late = !recovers;
    },
  };
}

const MOST_LATE = 12;
const DELAYS = ['Raw material late', 'Furnace breakdown', 'Port congested', 'Capacity given to another customer'];

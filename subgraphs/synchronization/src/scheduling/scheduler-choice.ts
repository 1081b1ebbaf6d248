import type { Scheduler } from './scheduler.ts';

/** Which scheduler a plant has: `finite-capacity`, or the `system/instance` of a planning system. */
export interface SchedulerChoice {
  readonly everywhere: string;
  readonly byLocation: ReadonlyMap<string, string>;
}

export const OURS = 'finite-capacity';

/**
 * Reads `TAKT_SCHEDULER`: names of schedulers, separated by commas; with `LOCATION=` before it, one for that plant, without,
 * one for all others, e.g. `finite-capacity,P200=frepple/main`. Unless it says so, plants have ours. Throws a RangeError
 * that names what is wrong; `systems` are those that can be asked.
 */
export function readSchedulerChoice(text: string | undefined, systems: readonly string[]): SchedulerChoice {
  const byLocation = new Map<string, string>();
  let everywhere: string | undefined;
  for (const part of (text ?? '').split(',').filter((each) => each.trim() !== '')) {
    const [, location, name = ''] = /^(?:([^=]*)=)?(.*)$/.exec(part.trim()) ?? [];
    if (location === '') throw fault(`"${part.trim()}" names no location.`);
    if (name !== OURS && !systems.includes(name)) {
      throw fault(`There is no scheduler "${name}", but ${[OURS, ...systems].join(', ')}.`);
    }
    const isRepeated = location === undefined ? everywhere !== undefined : byLocation.has(location);
    if (isRepeated) throw fault(`${location ?? 'What holds for all other plants'} is said twice.`);
    if (location === undefined) everywhere = name;
    else byLocation.set(location, name);
  }
  return { everywhere: everywhere ?? OURS, byLocation };
}

/** Asks the scheduler of the problem's location. */
export function chosenScheduler(
  { everywhere, byLocation }: SchedulerChoice,
  schedulers: ReadonlyMap<string, Scheduler>,
): Scheduler {
  return {
    async propose(problem, signal) {
      const name = byLocation.get(problem.location) ?? everywhere;
      const scheduler = schedulers.get(name);
      if (!scheduler) throw new RangeError(`Scheduler ${name} is not there.`);
      return scheduler.propose(problem, signal);
    },
  };
}

function fault(text: string): RangeError {
  return new RangeError(`TAKT_SCHEDULER: ${text}`);
}

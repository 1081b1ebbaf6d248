import { Type, type Static } from '@sinclair/typebox';
import { pause } from '@takt/resilience';
import { Cron } from 'croner';
import { SettingError } from './setting-error.ts';

/** When a system is asked: every so often after the last time ended, or by the clock. */
export const ScheduleSetting = Type.Union([
  Type.Object({ every: Type.String({ pattern: '^[1-9]\\d{0,5}(ms|s|m|h)$' }) }, { additionalProperties: false }),
  Type.Object(
    { cron: Type.String({ maxLength: 200 }), timeZone: Type.Optional(Type.String({ maxLength: 100 })) },
    { additionalProperties: false },
  ),
]);
export type ScheduleSetting = Static<typeof ScheduleSetting>;

export interface Schedule {
  /** Milliseconds from `now`, at which it is not due. */
  untilNext(now: Date): number;
  /** As its file says it, or by default. */
  readonly text: string;
}

/** Throws SettingError for a pattern or a time zone that makes no sense. Every 60 s unless set. */
export function readSchedule(setting: ScheduleSetting = { every: '60s' }, field = 'schedule'): Schedule {
  if ('every' in setting) {
    const [, amount = '', unit = ''] = /^(\d+)(\D+)$/.exec(setting.every) ?? [];
    const ms = Number(amount) * (UNITS[unit] ?? 1);
    return { untilNext: () => ms, text: `every ${setting.every}` };
  }
  const { cron, timeZone } = setting;
  try {
    const job = new Cron(cron, { paused: true, ...(timeZone !== undefined && { timezone: timeZone }) });
    const next = (now: Date) => job.nextRun(now);
    if (!next(new Date())) throw new SettingError(field, 'It is never due.');
    return { untilNext: (now) => (next(now)?.getTime() ?? Infinity) - now.getTime(), text: cron };
  } catch (error) {
    if (error instanceof SettingError) throw error;
    throw new SettingError(field, error instanceof Error ? error.message : String(error));
  }
}

/** Resolves when a schedule says that it is time; rejects when the signal aborts. */
export async function dueBy(schedule: Schedule, now: Date, signal: AbortSignal): Promise<void> {
  let left = schedule.untilNext(now);
  // Timers hold no more than 24 days.
  for (; left > LONGEST_TIMER_MS; left -= LONGEST_TIMER_MS) await pause(LONGEST_TIMER_MS, signal);
  await pause(left, signal);
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };
const LONGEST_TIMER_MS = 2 ** 31 - 1;

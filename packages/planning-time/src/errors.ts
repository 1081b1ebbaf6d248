/** A calendar that has the right shape and makes no sense: an unknown time zone, a date that does not exist. */
export class InvalidCalendarError extends RangeError {
  readonly code = 'INVALID_CALENDAR';
  override readonly name = 'InvalidCalendarError';

  constructor(
    readonly calendar: string,
    fault: string,
    options?: ErrorOptions,
  ) {
    super(`Calendar ${calendar}: ${fault}`, options);
  }
}

/** The search for working time came to its horizon. */
export class NoWorkingTimeError extends RangeError {
  readonly code = 'NO_WORKING_TIME';
  override readonly name = 'NoWorkingTimeError';

  constructor(
    readonly calendars: readonly string[],
    from: string,
    horizonDays: number,
  ) {
    super(
      `Calendars ${calendars.join(', ') || '(none)'} have not enough common working time within ${String(horizonDays)} days of ${from}.`,
    );
  }
}

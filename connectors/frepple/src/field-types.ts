import { decimal } from '@takt/quantity';
import { Temporal } from 'temporal-polyfill';
import { excerpt } from './fault.ts';

/** How the value of a fixture's field is read. frePPLe writes numbers and durations as JSON numbers and as strings. */
export interface FieldType<Value> {
  /** Never given null or an empty string: those are absent fields. Throws {@link FieldFault}. */
  read(value: unknown): Value;
  /** Name of the model that the value is a key of. */
  readonly refersTo?: string;
}

/** The value is not what the field takes; the message says what it takes. */
export class FieldFault extends Error {}

export const text: FieldType<string> = {
  read: (value) => {
    if (typeof value === 'string' && !LONE_SURROGATE.test(value)) return value;
    throw new FieldFault(`Expected text, received ${excerpt(value)}`);
  },
};

/** Text that names something: ids are made of it. */
export const code: FieldType<string> = {
  read: (value) => {
    const read = text.read(value);
    if (!CONTROL_CHARACTER.test(read)) return read;
    throw new FieldFault(`Expected a name without control characters, received ${excerpt(value)}`);
  },
};

/** A unit of measure. */
export const unit: FieldType<string> = {
  read: (value) => {
    const read = text.read(value);
    if (read.length <= 20) return read;
    throw new FieldFault(`Expected a unit of at most 20 characters, received ${excerpt(value)}`);
  },
};

/** As a canonical decimal. */
export const number: FieldType<string> = {
  read: (value) => {
    if (typeof value === 'number' || typeof value === 'string') {
      try {
        return decimal(value);
      } catch {
        // Falls through to the fault, which says the same of every type.
      }
    }
    throw new FieldFault(`Expected a number, received ${excerpt(value)}`);
  },
};

/** A number that is not negative. */
export const amount: FieldType<string> = {
  read: (value) => {
    const read = number.read(value);
    if (read.startsWith('-')) throw new FieldFault(`Expected a number of 0 or more, received ${excerpt(value)}`);
    return read;
  },
};

export const integer: FieldType<number> = {
  read: (value) => {
    const read = Number(number.read(value));
    if (!Number.isSafeInteger(read)) throw new FieldFault(`Expected a whole number, received ${excerpt(value)}`);
    return read;
  },
};

export const flag: FieldType<boolean> = {
  read: (value) => {
    if (typeof value === 'boolean') return value;
    throw new FieldFault(`Expected true or false, received ${excerpt(value)}`);
  },
};

/** A duration of 0 or more, in seconds as a canonical decimal. Also takes Django's `[DAYS ]HH:MM:SS[.fraction]`. */
export const seconds: FieldType<string> = {
  read: (value) => {
    const clock = typeof value === 'string' ? DJANGO_DURATION.exec(value) : null;
    const read = clock ? inSeconds(clock) : readSeconds(value);
    if (read.startsWith('-')) throw new FieldFault(`Expected a duration of 0 or more, received ${excerpt(value)}`);
    return read;
  },
};

/** Local, without a zone, as `YYYY-MM-DDTHH:MM:SS`. Fractions of a second are cut off. */
export const dateTime: FieldType<string> = {
  read: (value) => {
    const parts = typeof value === 'string' ? LOCAL_DATE_TIME.exec(value) : null;
    const local = `${parts?.[1] ?? ''}T${parts?.[2] ?? '00:00:00'}`;
    try {
      if (parts) return Temporal.PlainDateTime.from(local, { overflow: 'reject' }).toString({ smallestUnit: 'second' });
    } catch {
      // Falls through: the date does not exist.
    }
    throw new FieldFault(`Expected a date YYYY-MM-DD HH:MM:SS that exists, received ${excerpt(value)}`);
  },
};

/** `HH:MM:SS` */
export const timeOfDay: FieldType<string> = {
  read: (value) => {
    const parts = typeof value === 'string' ? TIME_OF_DAY.exec(value) : null;
    if (parts) return `${parts[1] ?? ''}:${parts[2] ?? '00'}`;
    throw new FieldFault(`Expected a time HH:MM:SS, received ${excerpt(value)}`);
  },
};

export function oneOf<const Choice extends string>(...choices: readonly Choice[]): FieldType<Choice> {
  return {
    read: (value) => {
      const choice = choices.find((each) => each === value);
      if (choice !== undefined) return choice;
      throw new FieldFault(`Expected one of ${choices.join(', ')}; received ${excerpt(value)}`);
    },
  };
}

export function reference(model: string): FieldType<string> {
  return { read: (value) => code.read(value), refersTo: model };
}

/** frePPLe writes these two dates for "always was" and "for ever". */
export function isOpenEnd(local: string | undefined): boolean {
  return local === undefined || local === '1971-01-01T00:00:00' || local === '2030-12-31T00:00:00';
}

function readSeconds(value: unknown): string {
  try {
    return number.read(value);
  } catch {
    throw new FieldFault(`Expected a duration in seconds, received ${excerpt(value)}`);
  }
}

function inSeconds([, days = '0', hours, minutes, rest = '0']: RegExpExecArray): string {
  const whole = Number(days) * 86_400 + Number(hours) * 3600 + Number(minutes) * 60;
  const [second = '0', fraction] = rest.split('.');
  return decimal(fraction === undefined ? whole + Number(second) : `${String(whole + Number(second))}.${fraction}`);
}

const LONE_SURROGATE = /\p{Surrogate}/u;
const CONTROL_CHARACTER = /\p{Cc}/u;
const DJANGO_DURATION = /^(?:(\d{1,6}) )?(\d{1,2}):([0-5]\d):([0-5]\d(?:\.\d{1,6})?)$/;
const LOCAL_DATE_TIME = /^(\d{4}-\d{2}-\d{2})(?:[ T](\d{2}:\d{2}:\d{2})(?:\.\d+)?)?$/;
const TIME_OF_DAY = /^((?:[01]\d|2[0-3]):[0-5]\d)(?::([0-5]\d)(?:\.\d+)?)?$/;

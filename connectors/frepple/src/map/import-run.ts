import type { Static } from '@sinclair/typebox';
import { InvalidDecimalError } from '@takt/quantity';
import { Temporal } from 'temporal-polyfill';
import type { CONTRACTS, MessageType } from '../contracts.ts';
import type { Fault } from '../fault.ts';
import { describeRecord } from '../record-set.ts';
import type { FixtureRecord } from '../record-set.ts';
import type { Plant } from './plant.ts';

export type MessageData<Type extends MessageType> = Static<(typeof CONTRACTS)[Type]['schema']>;

/** A message without its envelope, and the records that it holds. */
export interface Draft<Type extends MessageType = MessageType> {
  readonly type: Type;
  readonly data: MessageData<Type>;
  /** None: what it says follows from what other records say. */
  readonly from: readonly FixtureRecord[];
  /** Nothing better is known of it: it must not replace what a source has told. */
  readonly inferred: boolean;
}

/** What the mapping of one import collects: messages, and what has no place in them. */
export class ImportRun {
  readonly plant: Plant;
  /** IANA zone of the fixtures' local times. */
  readonly timeZone: string;
  readonly drafts: Draft[] = [];
  readonly faults: Fault[] = [];
  readonly unheldRecords = new Map<FixtureRecord, string>();
  readonly unheldFields = new Map<FixtureRecord, Set<string>>();

  constructor(plant: Plant, timeZone: string) {
    this.plant = plant;
    this.timeZone = timeZone;
  }

  report<Type extends MessageType>(
    type: Type,
    data: MessageData<Type>,
    from: readonly FixtureRecord[],
    inferred = false,
  ): void {
    this.drafts.push({ type, data, from, inferred });
  }

  /** The graph has no place for the record. */
  leaveOut(record: FixtureRecord, reason: string): void {
    this.unheldRecords.set(record, reason);
  }

  /** The graph has a place for the field, but not for what this record says in it. */
  leaveOutField(record: FixtureRecord, field: string): void {
    const fields = this.unheldFields.get(record) ?? new Set();
    this.unheldFields.set(record, fields.add(field));
  }

  /** The result of exact arithmetic with a field of a record; one that no decimal of 34 digits can hold is a fault. */
  exact<Result>(record: FixtureRecord, field: string, calculate: () => Result): Result | undefined {
    try {
      return calculate();
    } catch (cause) {
      if (!(cause instanceof InvalidDecimalError)) throw cause;
      const problem = 'Is too large or too precise to reckon with';
      this.faults.push({
        file: record.file,
        record: describeRecord(record.position, record.model, record.key),
        field,
        problem,
      });
      return undefined;
    }
  }

  /** RFC 3339 instant of a fixture's local time; one that the clock skips is taken after the gap, one that it shows twice as the first. */
  instant(local: string): string {
    return Temporal.PlainDateTime.from(local).toZonedDateTime(this.timeZone).toInstant().toString();
  }
}

type Present<Fields> = {
  [Name in keyof Fields as undefined extends Fields[Name] ? never : Name]: Fields[Name];
} & {
  [Name in keyof Fields as undefined extends Fields[Name] ? Name : never]?: Exclude<Fields[Name], undefined>;
};

/** The same without the fields that are undefined. */
export function present<Fields extends object>(fields: Fields): Present<Fields> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Present<Fields>;
}

/** A fixture's duration in days. */
export function days(seconds = '0'): number {
  return Number(seconds) / 86_400;
}

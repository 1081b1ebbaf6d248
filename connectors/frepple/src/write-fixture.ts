import type { ImportMessage, ImportResult } from './read-fixtures.ts';
import { readFixtures } from './read-fixtures.ts';
import type { FixtureFile } from './read-records.ts';

type Fields = Readonly<Record<string, unknown>>;

/** A record as Django writes it. */
export function record(model: string, fields: Fields, pk?: string | number): object {
  return { ...(pk === undefined ? {} : { pk }), model, fields };
}

export function fixtureFile(records: readonly unknown[], name = 'plant.json'): FixtureFile {
  return { name, text: JSON.stringify(records, undefined, 1) };
}

export function importRecords(...records: readonly unknown[]): ImportResult {
  return readFixtures([fixtureFile(records)], { run: 'test' });
}

/** The data of the messages of one type that importing these records gives. Throws if there are faults. */
export function imported(type: string, ...records: readonly unknown[]): unknown[] {
  return dataOf(messagesOf(importRecords(...records)), type);
}

export function messagesOf(result: ImportResult): readonly ImportMessage[] {
  if (result.ok) return result.messages;
  throw new Error(result.faults.map((fault) => JSON.stringify(fault)).join('\n'));
}

export function dataOf(messages: readonly ImportMessage[], type: string): unknown[] {
  return messages.filter(({ message }) => message.type === type).map(({ message }) => message.data);
}

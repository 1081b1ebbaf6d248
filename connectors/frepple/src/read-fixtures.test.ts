import { describe, expect, it } from 'vitest';
import { readFixtures } from './read-fixtures.ts';
import { fixtureFile, importRecords, messagesOf, record } from './write-fixture.ts';

const item = (name: string, fields: object = {}) => record('input.item', { name, ...fields });

describe('the messages of a run', () => {
  const records = [
    record('common.parameter', { name: 'currentdate', value: '2026-01-01 00:00:00' }),
    record('forecast.forecast', { item: 'table', location: 'shop' }),
  ];

  it('differ from those of another run in nothing but their ids', () => {
    const [first, second] = ['1', '2'].map((run) => messagesOf(readFixtures([fixtureFile(records)], { run })));
    expect(first?.map(({ message }) => message.id)).toEqual(['frepple/1/1', 'frepple/1/2']);
    expect(first?.map(({ message }) => message.source)).toEqual(['frepple/import', 'frepple/import']);
    const withoutIds = (messages: typeof first) =>
      messages?.map(({ domain, message }) => ({ domain, ...message, id: '', correlationid: '' }));
    expect(withoutIds(first)).toEqual(withoutIds(second));
  });

  it('are as of the current date of the files, but what is only inferred is as of before anything known', () => {
    const times = messagesOf(importRecords(...records)).map(({ message }) => [message.type, message.time]);
    expect(times).toEqual([
      ['ItemLocationReported', '1970-01-01T00:00:00Z'],
      ['ForecastReported', '2026-01-01T00:00:00Z'],
    ]);
  });

  it('count a record once that two files repeat word for word', () => {
    const files = ['a.json', 'b.json'].map((name) => fixtureFile([item('chair', { cost: 1 })], name));
    const result = readFixtures(files, { run: 'test' });
    expect(messagesOf(result)).toHaveLength(1);
    expect(result.ok && result.report.models.map(({ repeated }) => repeated)).toEqual([0, 1]);
  });

  it('refuses an instance name that no source could bear', () => {
    expect(() => readFixtures([], { run: 'test', instance: 'a/b' })).toThrow(RangeError);
  });
});

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { PlanningCalendar } from '@takt/planning-time';
import { ConfigError } from '@takt/subgraph-server';
import { readOwnership } from './ownership-store.ts';
import { dueAt, responsibleFor, type Ownership } from './ownership.ts';

const OWNERSHIP: Ownership = {
  rules: [
    { plants: ['P100'], families: ['PUMPS'], kinds: ['PROCUREMENT'], owner: 'pump-buyer', escalateTo: ['buying-lead'] },
    { kinds: ['PROCUREMENT'], owner: 'buying' },
  ],
  plants: { P100: { owner: 'planning-p100', escalateTo: ['lead-p100'] }, P200: { owner: 'planning-p200' } },
  otherwise: { owner: 'planning', escalateTo: ['lead', 'manager'] },
  due: {
    LOW: { hours: 40, working: true },
    MEDIUM: { hours: 16, working: true },
    HIGH: { hours: 4, working: true },
    CRITICAL: { hours: 2, working: false },
  },
};

describe('who has it', () => {
  const approval = { kind: 'SCHEDULE_APPROVAL', location: 'P100' } as const;
  const buying = { kind: 'PROCUREMENT', location: 'P100' } as const;

  it.each([
    ['by plant, family and kind', { ...buying, family: 'PUMPS', planner: 'Ann' }, 'pump-buyer', ['buying-lead']],
    ['by kind alone', { ...buying, family: 'VALVES', planner: 'Ann' }, 'buying', ['lead-p100']],
    ['by kind where the family is not known', buying, 'buying', ['lead-p100']],
    ['the item’s planner', { ...approval, planner: 'Ann' }, 'Ann', ['lead-p100']],
    ['whoever is named for the plant', approval, 'planning-p100', ['lead-p100']],
    [
      'whoever is named for the plant, escalated like all',
      { ...approval, location: 'P200' },
      'planning-p200',
      ['lead', 'manager'],
    ],
    ['whoever is named for all others', { ...approval, location: 'constructor' }, 'planning', ['lead', 'manager']],
  ])('%s', (_how, exception, owner, escalateTo) => {
    expect(responsibleFor(exception, OWNERSHIP)).toEqual({ owner, escalateTo });
  });
});

describe('when it is due', () => {
  const shift: PlanningCalendar = {
    code: 'P100',
    timeZone: 'Europe/Berlin',
    defaultValue: 0,
    periods: [
      {
        days: ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY'],
        startTime: '06:00',
        endTime: '14:00',
        value: 1,
        priority: 1,
      },
    ],
  };
  const friday = '2026-01-09T12:00:00.000Z';

  it('counts the working hours of the plant, over the weekend', () => {
    expect(dueAt('HIGH', friday, OWNERSHIP, shift)).toBe('2026-01-12T08:00:00.000Z');
  });

  it('counts hours of the clock for what cannot wait, where no calendar is known, and where nobody works', () => {
    expect(dueAt('CRITICAL', friday, OWNERSHIP, shift)).toBe('2026-01-09T14:00:00.000Z');
    expect(dueAt('HIGH', friday, OWNERSHIP, undefined)).toBe('2026-01-09T16:00:00.000Z');
    expect(dueAt('HIGH', friday, OWNERSHIP, { ...shift, periods: [] })).toBe('2026-01-09T16:00:00.000Z');
  });
});

describe('the file', () => {
  const written = async (text: string) => {
    const directory = await mkdtemp(join(tmpdir(), 'takt-ownership-'));
    onTestFinished(() => rm(directory, { recursive: true }));
    const path = join(directory, 'ownership.yml');
    await writeFile(path, text);
    return readOwnership({ TAKT_EXCEPTION_OWNERSHIP: path });
  };
  const problemsOf = async (reading: Promise<unknown>) => {
    const error = await reading.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(ConfigError);
    return (error as ConfigError).problems;
  };

  it('that comes along is valid, and has a buyer see to what is to be bought', async () => {
    const shipped = await readOwnership({});
    expect(responsibleFor({ kind: 'PROCUREMENT', location: 'P1', planner: 'Ann' }, shipped).owner).toBe('purchasing');
    expect(responsibleFor({ kind: 'FROZEN_CHANGE', location: 'P1', planner: 'Ann' }, shipped).owner).toBe('Ann');
  });

  it('may be another one', async () => {
    expect(await written(JSON.stringify(OWNERSHIP))).toEqual(OWNERSHIP);
  });

  it('is refused with all that is wrong with it', async () => {
    const faulty = { ...OWNERSHIP, otherwise: {}, due: { ...OWNERSHIP.due, LOW: { hours: 0, working: true } } };
    const problems = await problemsOf(written(JSON.stringify(faulty)));
    expect(problems.join('\n')).toMatch(/\/otherwise\/owner.*\n(.*\n)*.*\/due\/LOW\/hours/);
    expect(await problemsOf(written('rules: ['))).toHaveLength(1);
    expect(await problemsOf(readOwnership({ TAKT_EXCEPTION_OWNERSHIP: '/nowhere/at-all.yml' }))).toEqual([
      'TAKT_EXCEPTION_OWNERSHIP=/nowhere/at-all.yml: It cannot be read: ENOENT.',
    ]);
  });
});

import { groupBy } from '../group-by.ts';
import type { FixtureRecord } from '../record-set.ts';
import type { ImportRun } from './import-run.ts';
import { present } from './import-run.ts';

type Resource = FixtureRecord<'input.resource'>;

/** Work centers with their skills. */
export function mapWorkCenters(run: ImportRun): void {
  const { plant } = run;
  const { records } = plant;
  const skills = groupBy(records.all('input.resourceskill'), ({ values }) => values.resource);
  for (const record of records.all('input.resource')) {
    const {
      name,
      description,
      category,
      subcategory,
      owner,
      maximum = '1',
      maximum_calendar,
      available,
    } = record.values;
    const { efficiency, constrained } = record.values;
    const own = skills.get(name) ?? [];
    const location = plant.locationOfResource(record);
    if (location === undefined) {
      for (const each of [record, ...own]) run.leaveOut(each, 'its location is not told');
      continue;
    }
    const isLabor = isHuman(run, record);
    const data = {
      code: name,
      name,
      description,
      location,
      level: owner === undefined ? ('WORK_CENTER' as const) : ('WORK_UNIT' as const),
      parent: owner,
      type: isLabor ? ('LABOR' as const) : ('MACHINE' as const),
      category,
      subcategory,
      capacity: maximum,
      capacityUnit: isLabor ? 'people' : 'machines',
      efficiencyPercent: efficiency === undefined || efficiency === '0' ? undefined : Number(efficiency),
      calendar: available,
      capacityCalendar: maximum_calendar,
      timeZone: run.timeZone,
      constrained,
      skills:
        own.length === 0 ? undefined : own.map(({ values: { skill, priority } }) => present({ name: skill, priority })),
    };
    run.report('WorkCenterReported', present(data), [
      record,
      ...own,
      ...own.flatMap(({ values }) => records.find('input.skill', values.skill) ?? []),
    ]);
  }
  const used = new Set(records.all('input.resourceskill').map(({ values }) => values.skill));
  for (const skill of records.all('input.skill'))
    if (!used.has(skill.values.name)) run.leaveOut(skill, 'no resource has it');
}

/** By its category or that of a group that it belongs to. */
function isHuman(run: ImportRun, { values: { category, subcategory, owner } }: Resource): boolean {
  if (category === 'human' || subcategory === 'human') return true;
  const group = owner === undefined ? undefined : run.plant.records.find('input.resource', owner);
  return group !== undefined && isHuman(run, group);
}

import type { CalendarPeriod } from '@takt/planning-time';
import { WEEKDAYS } from '@takt/planning-time';
import { groupBy } from '../group-by.ts';
import type { FixtureRecord } from '../record-set.ts';
import type { ImportRun, MessageData } from './import-run.ts';
import { present } from './import-run.ts';

/** Locations, calendars, customers and suppliers. */
export function mapPlaces(run: ImportRun): void {
  const { records } = run.plant;
  const typeOf = locationTypes(run);
  for (const record of records.all('input.location')) {
    const { name, description, available, owner } = record.values;
    const data = {
      code: name,
      name,
      description,
      type: typeOf(name),
      timeZone: run.timeZone,
      calendar: available,
      parent: owner,
    };
    run.report('LocationReported', present(data), [record]);
  }
  const buckets = groupBy(records.all('input.calendarbucket'), ({ values }) => values.calendar);
  for (const record of records.all('input.calendar')) {
    const { name, defaultvalue = '0' } = record.values;
    const periods = buckets.get(name) ?? [];
    const data = {
      code: name,
      timeZone: run.timeZone,
      defaultValue: Number(defaultvalue),
      periods: periods.map(period),
    };
    run.report('CalendarReported', data, [record, ...periods]);
  }
  for (const record of records.all('input.customer')) {
    const { name, owner } = record.values;
    run.report('CustomerReported', present({ id: name, name, parent: owner }), [record]);
  }
  for (const record of records.all('input.supplier')) {
    const { name, description } = record.values;
    run.report('SupplierReported', present({ id: name, name, description }), [record]);
  }
}

type LocationType = MessageData<'LocationReported'>['type'];

function locationTypes({ plant, plant: { records } }: ImportRun): (code: string) => LocationType {
  const parents = new Set(records.all('input.location').flatMap(({ values }) => values.owner ?? []));
  const plants = new Set(records.all('input.resource').flatMap((resource) => plant.locationOfResource(resource) ?? []));
  for (const { sku, location } of plant.itemLocations()) if (plant.usesOf(sku, location).produced) plants.add(location);
  const origins = new Set(records.all('input.itemdistribution').map(({ values }) => values.origin));
  const shops = new Set(records.all('input.demand').flatMap(({ values }) => values.location ?? []));
  for (const { values } of records.all('forecast.forecast')) shops.add(values.location);
  return (code) => {
    if (plants.has(code)) return 'PLANT';
    if (parents.has(code)) return 'REGION';
    return shops.has(code) && !origins.has(code) ? 'STORE' : 'WAREHOUSE';
  };
}

function period({ values }: FixtureRecord<'input.calendarbucket'>): CalendarPeriod {
  const { startdate, enddate, starttime, endtime, value = '0', priority = 0 } = values;
  const isOn = [
    values.monday,
    values.tuesday,
    values.wednesday,
    values.thursday,
    values.friday,
    values.saturday,
    values.sunday,
  ];
  return present({
    from: startdate,
    to: enddate,
    days: WEEKDAYS.filter((_day, index) => isOn[index] ?? true),
    startTime: starttime === '00:00:00' ? undefined : starttime,
    endTime: endtime === undefined ? undefined : afterLastSecond(endtime),
    value: Number(value),
    priority,
  });
}

/** frePPLe names the last second that belongs to a period, the graph the first that does not; none is the end of the day. */
function afterLastSecond(time: string): string | undefined {
  if (time === '23:59:59' || time === '00:00:00') return undefined;
  if (!time.endsWith(':59')) return time;
  const minutes = Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5)) + 1;
  return [Math.floor(minutes / 60), minutes % 60, 0].map((part) => String(part).padStart(2, '0')).join(':');
}

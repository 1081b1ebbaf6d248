import { EventSchemas } from '@takt/event-log';
import { inboundMessage } from '@takt/intake';
import type { InboundMessage } from '@takt/intake';
import { CONTRACTS } from './contracts.ts';
import type { Domain } from './contracts.ts';
import { crossCheck } from './cross-check.ts';
import type { Known } from './cross-check.ts';
import type { Fault } from './fault.ts';
import { dateTime } from './field-types.ts';
import { mapForecasts } from './map/forecasts.ts';
import { ImportRun } from './map/import-run.ts';
import type { Draft } from './map/import-run.ts';
import { mapItems } from './map/items.ts';
import { mapOrders } from './map/orders.ts';
import { mapPlaces } from './map/places.ts';
import { Plant } from './map/plant.ts';
import { mapRoutings } from './map/routings.ts';
import { mapSupply } from './map/supply.ts';
import { mapWorkCenters } from './map/work-centers.ts';
import { readRecords } from './read-records.ts';
import type { FixtureFile } from './read-records.ts';
import { describeRecord } from './record-set.ts';
import { importReport } from './report.ts';
import type { ImportReport } from './report.ts';

export interface ImportOptions {
  /** Makes the ids of this run's messages its own: `frepple/<run>/<n>`. That nothing changes twice, the domains see by content. */
  readonly run: string;
  /** Which frePPLe it comes from: the messages' source is `frepple/<instance>`. No spaces or slashes. Default `import`. */
  readonly instance?: string;
  /** IANA zone of the fixtures' local times. Default UTC. */
  readonly timeZone?: string;
  /** Base unit of items without a `uom`. Default EA. */
  readonly unit?: string;
  /** Asks the graph for what the files refer to and do not hold. Without it such references are only told in the report. */
  readonly known?: Known;
}

export interface ImportMessage {
  readonly domain: Domain;
  readonly message: InboundMessage;
}

export type ImportResult =
  | { readonly ok: true; readonly messages: readonly ImportMessage[]; readonly report: ImportReport }
  | { readonly ok: false; readonly faults: readonly Fault[] };

/**
 * Reads frePPLe's fixture files (Django's JSON serialization) as one import. Everything is parsed, checked by itself,
 * checked against everything else and mapped before there is an answer: either every message of the import, each valid by
 * the schema of its domain, or every fault that was found and no message.
 *
 * The messages are true as of the latest `currentdate` parameter of the files, else as of {@link UNDATED}. Records that are
 * only inferred (an item-location of an item that the files do not hold) are as of {@link UNDATED}, so that a domain that
 * knows better refuses them with `OLDER_THAN_KNOWN` and keeps what it has.
 *
 * Throws a RangeError for a time zone or an instance name that makes no sense; never for what the files hold.
 */
export function readFixtures(files: readonly FixtureFile[], options: ImportOptions): ImportResult {
  const { run: runId, instance = 'import', timeZone = 'UTC', unit = 'EA', known } = options;
  if (!INSTANCE.test(instance))
    throw new RangeError(`An instance name has no spaces or slashes, received ${instance}.`);
  const { records, parameters, tally, faults } = readRecords(files);
  const checked = crossCheck(records, known);
  if (faults.length + checked.faults.length > 0) return { ok: false, faults: [...faults, ...checked.faults] };

  const run = new ImportRun(new Plant(records, unit), timeZone);
  const asOf = latestDate(parameters.get('currentdate'), run);
  mapPlaces(run);
  mapItems(run);
  mapRoutings(run);
  mapSupply(run);
  mapWorkCenters(run);
  mapOrders(run);
  mapForecasts(run, parameters.get('forecast.calendar')?.at(-1), asOf);

  const schemas = new EventSchemas(Object.entries(CONTRACTS).map(([type, { schema }]) => ({ type, data: schema })));
  const unfit: Fault[] = [...run.faults];
  const messages = run.drafts.map((draft, index) => {
    const message = envelope(draft, {
      index,
      runId,
      source: `frepple/${instance}`,
      time: draft.inferred ? UNDATED : asOf,
    });
    const fault = schemas.fault(message);
    if (fault) unfit.push(unfitting(draft, fault.reason, files));
    return { domain: CONTRACTS[draft.type].domain, message };
  });
  if (unfit.length > 0) return { ok: false, faults: unfit };
  return { ok: true, messages, report: importReport({ tally, run, openReferences: checked.openReferences, asOf }) };
}

/** When undated fixtures are taken to be true: before anything that a living system could tell. */
export const UNDATED = '1970-01-01T00:00:00Z';

const INSTANCE = /^[^\s/]{1,100}$/;

function latestDate(values: readonly string[] = [], run: ImportRun): string {
  const dates = values.flatMap((value) => {
    try {
      return dateTime.read(value);
    } catch {
      return [];
    }
  });
  const latest = dates.sort().at(-1);
  return latest === undefined ? UNDATED : run.instant(latest);
}

interface EnvelopeInput {
  readonly index: number;
  readonly runId: string;
  readonly source: string;
  readonly time: string;
}

function envelope({ type, data }: Draft, { index, runId, source, time }: EnvelopeInput): InboundMessage {
  const id = `frepple/${runId}/${String(index + 1)}`;
  return inboundMessage({ type, source, data, id, time, correlationId: `frepple/${runId}` }, () => new Date(time));
}

/** A record that is well-formed, but more than its domain takes, e.g. a name of 300 characters. */
function unfitting({ type, from: [record], data }: Draft, reason: string, files: readonly FixtureFile[]): Fault {
  const problem = `${type} would not be valid: ${reason}`;
  if (record !== undefined) {
    return { file: record.file, record: describeRecord(record.position, record.model, record.key), problem };
  }
  const { sku = '', location = '' } = data as { sku?: string; location?: string };
  return {
    file: files.map(({ name }) => name).join(' + '),
    record: `${JSON.stringify(sku)} at ${JSON.stringify(location)}`,
    problem,
  };
}

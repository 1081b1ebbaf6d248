import { DocumentRejectedError } from '@takt/backing-system';
import type { SourceRecord } from '@takt/mapping';

/**
 * The things that a B2MML message speaks of: one record each, of which the type is the element's name, such as
 * `ProductionPerformance`. A transaction (`SyncProductionPerformance`) has them in its data area beside its verb; else the
 * message is itself the thing. `data` is the element with `verb` and `application` (of the application area) beside its
 * own. Shape: B2MML schemas of MESA, V0401 and V0700. Throws {@link DocumentRejectedError}.
 */
export function b2mmlRecords(name: string, message: unknown): SourceRecord[] {
  if (!isObject(message)) throw new DocumentRejectedError('NO_B2MML', `${name} holds no elements.`);
  const { ApplicationArea: application, DataArea: area } = message;
  if (!isObject(area)) return [record(name, 1, message, undefined, application)];
  const verb = VERBS.find((known) => Object.hasOwn(area, known));
  if (verb === undefined) throw new DocumentRejectedError('NO_B2MML', `DataArea of ${name} has no verb.`);
  const records = Object.entries(area)
    .filter(([noun]) => noun !== verb)
    .flatMap(([noun, value]) =>
      [value].flat().map((thing, index) => record(noun, index + 1, thing, verb, application)),
    );
  if (records.length === 0) throw new DocumentRejectedError('NO_B2MML', `DataArea of ${name} holds nothing.`);
  return records;
}

/** The message's name and what it holds, of JSON of the same shape as the XML: `{"SyncProductionPerformance": {…}}`. */
export function messageOfJson(value: unknown): { readonly name: string; readonly value: unknown } {
  const [entry, ...more] = isObject(value) ? Object.entries(value) : [];
  if (!entry || more.length > 0) {
    throw new DocumentRejectedError('NO_B2MML', 'It is not an object of one name, that of the message.');
  }
  return { name: entry[0], value: entry[1] };
}

function record(
  noun: string,
  number: number,
  thing: unknown,
  verb: string | undefined,
  application: unknown,
): SourceRecord {
  const place = `${noun} ${number}`;
  if (!isObject(thing)) return { place, fault: { code: 'NO_B2MML', reason: 'It holds no elements.' } };
  const data = {
    ...thing,
    ...(verb !== undefined && { verb }),
    ...(application !== undefined && { application }),
  };
  return { place, type: noun, data, documentNumbers: numbersOf(thing) };
}

/** Its own number, and those of its responses and requests. */
function numbersOf(thing: Readonly<Record<string, unknown>>): string[] {
  const nested = Object.entries(thing)
    .filter(([name]) => /(Response|Request)$/.test(name))
    .flatMap(([, value]) => [value].flat())
    .filter(isObject);
  const ids = [thing, ...nested].flatMap((item) => NUMBERS.map((name) => item[name]));
  const texts = ids.filter((id) => typeof id === 'string' || typeof id === 'number').map(String);
  return [...new Set(texts.filter((id) => id !== '' && id.length <= 200))].slice(0, 100);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const NUMBERS = ['ID', 'OperationsRequestID', 'ProductionRequestID', 'WorkRequestID', 'JobOrderID'];
/** OAGIS verbs as B2MML has them. */
const VERBS = ['Sync', 'Process', 'Show', 'Change', 'Cancel', 'Acknowledge', 'Confirm', 'Respond', 'Get', 'SyncAck'];

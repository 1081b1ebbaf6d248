import { DocumentRejectedError } from '@takt/backing-system';
import sparkplug from 'sparkplug-payload/lib/sparkplugPayloadProto.js';
import { checkWire } from './wire.ts';

const { Payload } = sparkplug.org.eclipse.tahu.protobuf;

/** A payload as it came: what its metrics are called and what their values mean, a birth may have said. */
export interface SparkplugPayload {
  /** Milliseconds since 1970. */
  readonly timestamp?: number | undefined;
  /** 0 to 255. */
  readonly seq?: number | undefined;
  readonly metrics: readonly SparkplugMetric[];
}

interface SparkplugMetric {
  readonly name?: string | undefined;
  /** Decimal text: it may have 64 bits. */
  readonly alias?: string | undefined;
  readonly datatype?: number | undefined;
  /** Milliseconds since 1970. */
  readonly timestamp?: number | undefined;
  readonly isHistorical: boolean;
  /** Throws nothing; null for none, and for data sets, templates and property sets, which are not read. */
  value(datatype: number): MetricValue;
}

export type MetricValue = string | number | boolean | null;

/**
 * Throws {@link DocumentRejectedError}. The library's own decoder is not used: it reads what is nested twice at each level,
 * which takes forever of a template in a template in a template, and has no value where only the birth told the type.
 */
export function decode(body: Buffer): SparkplugPayload {
  checkWire(body);
  let payload;
  try {
    payload = Payload.decode(body);
  } catch (error) {
    throw new DocumentRejectedError('MALFORMED', `It is no Sparkplug B payload: ${(error as Error).message}`);
  }
  return {
    timestamp: has(payload, 'timestamp') ? instant(payload.timestamp, 'The payload') : undefined,
    seq: has(payload, 'seq') ? sequence(payload.seq) : undefined,
    metrics: payload.metrics.map((metric, index) => {
      const name = has(metric, 'name') ? metric.name : undefined;
      const place = `Metric ${index + 1}${name ? ` (${name.slice(0, 100)})` : ''}`;
      if (name !== undefined && name !== null && name.length > MAX_NAME_LENGTH) {
        throw new DocumentRejectedError('TOO_LARGE', `${place}: its name has more than ${MAX_NAME_LENGTH} characters.`);
      }
      return {
        name: name === null || name === '' ? undefined : name,
        alias: has(metric, 'alias') ? String(metric.alias) : undefined,
        datatype: has(metric, 'datatype') && metric.datatype !== 0 ? (metric.datatype ?? undefined) : undefined,
        timestamp: has(metric, 'timestamp') ? instant(metric.timestamp, place) : undefined,
        isHistorical: metric.isHistorical === true,
        value: (datatype) => (metric.isNull ? null : valueOf(metric, datatype)),
      };
    }),
  };
}

/** What a decoded message holds by itself, not by default. */
function has(message: object, field: string): boolean {
  return Object.hasOwn(message, field);
}

function instant(value: unknown, place: string): number {
  const ms = Number(String(value));
  if (Number.isSafeInteger(ms) && ms >= 0 && ms <= LATEST_MS) return ms;
  throw new DocumentRejectedError(
    'BAD_TIMESTAMP',
    `${place}: its timestamp ${String(value)} is no time in milliseconds.`,
  );
}

function sequence(value: unknown): number {
  const seq = Number(String(value));
  if (Number.isInteger(seq) && seq >= 0 && seq <= 255) return seq;
  throw new DocumentRejectedError('BAD_SEQUENCE', `Its sequence number ${String(value)} is not within 0 and 255.`);
}

/** Sparkplug 3.0, 6.4.16 (data types): signed integers stand as unsigned ones. */
function valueOf(metric: sparkplug.org.eclipse.tahu.protobuf.Payload.IMetric, datatype: number): MetricValue {
  const { intValue, longValue, floatValue, doubleValue, booleanValue, stringValue, bytesValue } = metric;
  switch (datatype) {
    case 1:
      return number(intValue, (value) => (value << 24) >> 24);
    case 2:
      return number(intValue, (value) => (value << 16) >> 16);
    case 3:
      return number(intValue, (value) => value | 0);
    case 5:
    case 6:
      return number(intValue, (value) => value);
    case 4:
      return has(metric, 'longValue') ? exact(BigInt.asIntN(64, BigInt(String(longValue)))) : null;
    case 7:
    case 8:
      if (has(metric, 'longValue')) return exact(BigInt.asUintN(64, BigInt(String(longValue))));
      return number(intValue, (value) => value);
    case 13: {
      const ms = has(metric, 'longValue') ? Number(String(longValue)) : NaN;
      return ms >= 0 && ms <= LATEST_MS ? new Date(ms).toISOString() : null;
    }
    case 9:
      return number(floatValue, shortest);
    case 10:
      return number(doubleValue, (value) => value);
    case 11:
      return booleanValue ?? null;
    case 12:
    case 14:
    case 15:
      return stringValue ?? null;
    case 17:
    case 18:
      return bytesValue ? Buffer.from(bytesValue).toString('base64') : null;
    default:
      return null;
  }
}

function number(value: number | null | undefined, read: (value: number) => number): number | string | null {
  if (value === undefined || value === null) return null;
  // JSON has no NaN: as text it is nobody's quantity.
  return Number.isFinite(value) ? read(value) : String(value);
}

/** Text where a double would not hold it. */
function exact(value: bigint): number | string {
  const asNumber = Number(value);
  return Number.isSafeInteger(asNumber) ? asNumber : String(value);
}

/** The shortest decimal that is this 32 bit float: 0.41, not 0.4099999964237213. */
function shortest(value: number): number {
  for (let digits = 6; digits < 9; digits += 1) {
    const rounded = Number(value.toPrecision(digits));
    if (Math.fround(rounded) === value) return rounded;
  }
  return value;
}

const MAX_NAME_LENGTH = 1_000;
/** The end of the year 9999. */
const LATEST_MS = 253_402_300_799_999;

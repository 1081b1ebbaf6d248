import { DocumentRejectedError } from '@takt/backing-system';
import type { SourceRecord } from '@takt/mapping';
import { decode, type MetricValue } from './decode.ts';
import type { Verdict } from './node.ts';
import { readTopic } from './topic.ts';

/** `data` of a record whose type is NBIRTH, NDATA, NDEATH, DBIRTH, DDATA or DDEATH. */
interface SparkplugData {
  readonly group: string;
  readonly node: string;
  readonly device?: string;
  /** RFC 3339. */
  readonly time?: string;
  readonly seq?: number;
  readonly metrics: readonly {
    readonly name: string;
    readonly value: MetricValue;
    /** RFC 3339: its own, or else of the payload. */
    readonly time?: string;
    /** Sent late: no longer its present value. */
    readonly historical: boolean;
  }[];
  /** Present values by name. */
  readonly values: Readonly<Record<string, MetricValue>>;
  /** Of a death: whose values are old from now on. */
  readonly devices?: readonly string[];
}

/** Reads a payload by what was known of its node when it was accepted. */
export function sparkplugRecord(topic: string, body: Buffer, verdict: Verdict): SourceRecord {
  const place = topic;
  if (verdict.kind === 'REFUSED') return { place, fault: { code: verdict.code, reason: verdict.reason } };
  const from = readTopic(topic);
  if (!from || from === 'COMMAND') throw new DocumentRejectedError('BAD_TOPIC', `${topic} is no topic of Sparkplug B.`);
  const { type, group, node, device } = from;
  const payload = decode(body);
  const { names } = verdict;
  const metrics = payload.metrics.map((metric, index) => {
    const [name, datatype] = names?.[index] ?? [metric.name ?? '', metric.datatype ?? 0];
    const ms = metric.timestamp ?? payload.timestamp;
    return {
      name,
      value: metric.value(datatype),
      ...(ms !== undefined && { time: rfc3339(ms) }),
      historical: metric.isHistorical,
    };
  });
  const data: SparkplugData = {
    group,
    node,
    ...(device !== undefined && { device }),
    ...(payload.timestamp !== undefined && { time: rfc3339(payload.timestamp) }),
    ...(payload.seq !== undefined && { seq: payload.seq }),
    metrics,
    values: Object.fromEntries(metrics.filter(({ historical }) => !historical).map(({ name, value }) => [name, value])),
    ...(verdict.devices && { devices: verdict.devices }),
  };
  return { place, type, data };
}

const rfc3339 = (ms: number) => new Date(ms).toISOString();

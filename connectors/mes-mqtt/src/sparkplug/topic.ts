import { MAX_TOPIC_LENGTH } from '../topic-filter.ts';

const REPORTS = ['NBIRTH', 'NDATA', 'NDEATH', 'DBIRTH', 'DDATA', 'DDEATH'] as const;
export type ReportType = (typeof REPORTS)[number];

/** Where a Sparkplug message comes from. */
export interface SparkplugTopic {
  readonly group: string;
  readonly type: ReportType;
  readonly node: string;
  /** Of a message about a device. */
  readonly device?: string;
}

/**
 * `spBv1.0/group/type/node[/device]`: Sparkplug 3.0, 4.1 (https://sparkplug.eclipse.org/specification/version/3.0/).
 * COMMAND: of a host to a node, or a host's own state, which is no report. Undefined: no topic of Sparkplug.
 */
export function readTopic(topic: string): SparkplugTopic | 'COMMAND' | undefined {
  if (topic.length > MAX_TOPIC_LENGTH) return undefined;
  const [namespace, group, type, node, device, ...more] = topic.split('/');
  if (namespace === 'spBv1.0' && group === 'STATE') return 'COMMAND';
  if (namespace !== 'spBv1.0' || !group || !node || more.length > 0 || device === '') return undefined;
  if (type === 'NCMD' || type === 'DCMD') return 'COMMAND';
  const report = REPORTS.find((name) => name === type);
  if (!report || report.startsWith('D') !== (device !== undefined)) return undefined;
  return { group, type: report, node, ...(device !== undefined && { device }) };
}

import type { SparkplugPayload } from './decode.ts';
import type { SparkplugTopic } from './topic.ts';

/**
 * What is known of an edge node: Sparkplug 3.0, 5 (operational behavior).
 *
 * BORN       its data can be read.            a gap in its sequence, an alias that no birth told → MISTRUSTED
 *                                             NDEATH of this life → DEAD
 * MISTRUSTED something was missed: until it
 *            is born again its data is not.   NBIRTH → BORN; NDEATH of this life → DEAD
 * DEAD       it is off; its values are old.   NBIRTH → BORN
 */
export interface NodeState {
  /** Of the broker's session in which it was born: what came before a session was lost is not trusted. */
  readonly session: number;
  readonly life: 'BORN' | 'MISTRUSTED' | 'DEAD';
  /** Milliseconds since 1970: timestamp of its NBIRTH. */
  readonly bornAt: number;
  readonly bdSeq: number;
  /** Of its latest message, 0 to 255. */
  readonly seq: number;
  /** By device, '' for the node itself. */
  readonly metrics: Readonly<Record<string, readonly MetricDefinition[]>>;
}

/** As a birth tells it. */
type MetricDefinition = readonly [name: string, datatype: number, alias?: string];

export type Verdict =
  | {
      readonly kind: 'USABLE';
      /** Name and datatype of each metric of a message that is no birth. */
      readonly names?: readonly (readonly [name: string, datatype: number])[];
      /** Whose values are old from now on. */
      readonly devices?: readonly string[];
    }
  /** Kept and not applied. `rebirth`: its node should tell everything again. `late`: right if it is known already. */
  | {
      readonly kind: 'REFUSED';
      readonly code: string;
      readonly reason: string;
      readonly rebirth: boolean;
      readonly late: boolean;
    };

export interface Heard {
  readonly node: NodeState | undefined;
  readonly verdict: Verdict;
}

/** What a message means and what is known after it. The same message again gives the same: a broker may redeliver. */
export function hear(
  node: NodeState | undefined,
  { type, device = '' }: SparkplugTopic,
  payload: SparkplugPayload,
  session: number,
): Heard {
  if (type === 'NDEATH') return die(node, payload);
  const { seq, timestamp } = payload;
  if (seq === undefined) return { node, verdict: refused('NO_SEQUENCE', 'It has no sequence number.') };
  if (timestamp === undefined) return { node, verdict: refused('BAD_TIMESTAMP', 'It has no timestamp.') };
  if (type === 'NBIRTH') return beBorn(node, payload, seq, timestamp, session);
  if (node?.life !== 'BORN' || node.session !== session) return { node, verdict: unborn(node) };
  const ahead = (seq - node.seq + 256) % 256;
  if (ahead === 0 || ahead > 128) return { node, verdict: late(seq, node.seq) };
  if (ahead > 1) return { node: mistrust(node), verdict: gap(seq, node.seq) };
  const next: NodeState = { ...node, seq };
  if (type === 'DBIRTH') {
    const definitions = define(payload);
    if (typeof definitions === 'string') return { node: mistrust(next), verdict: refused('BAD_BIRTH', definitions) };
    return { node: { ...next, metrics: { ...node.metrics, [device]: definitions } }, verdict: { kind: 'USABLE' } };
  }
  if (!Object.hasOwn(node.metrics, device)) {
    const reason = `The device ${device} has not been born.`;
    return { node: mistrust(next), verdict: refused('NO_BIRTH', reason, true) };
  }
  if (type === 'DDEATH') {
    const metrics = Object.fromEntries(Object.entries(node.metrics).filter(([name]) => name !== device));
    return { node: { ...next, metrics }, verdict: { kind: 'USABLE', devices: [device] } };
  }
  const names = resolve(node.metrics, device, payload);
  if (typeof names === 'string') return { node: mistrust(next), verdict: refused('UNKNOWN_ALIAS', names, true) };
  return { node: next, verdict: { kind: 'USABLE', names } };
}

/** Something was missed. */
export function mistrust(node: NodeState): NodeState {
  return { ...node, life: 'MISTRUSTED' };
}

function beBorn(
  node: NodeState | undefined,
  payload: SparkplugPayload,
  seq: number,
  bornAt: number,
  session: number,
): Heard {
  const bdSeq = bdSeqOf(payload) ?? 0;
  const isRepeated =
    node?.life === 'BORN' && node.session === session && node.bornAt === bornAt && node.bdSeq === bdSeq;
  if (isRepeated) return { node, verdict: { kind: 'USABLE' } };
  const definitions = define(payload);
  if (typeof definitions === 'string') {
    return { node: node && mistrust(node), verdict: refused('BAD_BIRTH', definitions) };
  }
  return {
    node: { session, life: 'BORN', bornAt, bdSeq, seq, metrics: { '': definitions } },
    verdict: { kind: 'USABLE' },
  };
}

function die(node: NodeState | undefined, payload: SparkplugPayload): Heard {
  const bdSeq = bdSeqOf(payload);
  if (!node) return { node, verdict: refused('NO_BIRTH', 'The node has not been born.') };
  if (bdSeq !== undefined && bdSeq !== node.bdSeq) {
    const reason = `It ends life ${bdSeq} of the node, which has begun life ${node.bdSeq}.`;
    return { node, verdict: refused('OLD_DEATH', reason) };
  }
  const devices = Object.keys(node.metrics).filter((device) => device !== '');
  return { node: { ...node, life: 'DEAD' }, verdict: { kind: 'USABLE', devices } };
}

function define({ metrics }: SparkplugPayload): MetricDefinition[] | string {
  const definitions: MetricDefinition[] = [];
  for (const [index, { name, datatype, alias }] of metrics.entries()) {
    if (name === undefined) return `Metric ${index + 1} of the birth has no name.`;
    if (datatype === undefined) return `Metric ${name} of the birth has no datatype.`;
    definitions.push(alias === undefined ? [name, datatype] : [name, datatype, alias]);
  }
  return definitions;
}

/** Aliases are unique within a node, names within a device. */
function resolve(
  all: NodeState['metrics'],
  device: string,
  { metrics }: SparkplugPayload,
): [string, number][] | string {
  const byName = new Map((all[device] ?? []).map((definition) => [definition[0], definition]));
  const byAlias = new Map(
    (all[device] ?? []).flatMap((definition) => (definition[2] ? [[definition[2], definition]] : [])),
  );
  const names: [string, number][] = [];
  for (const [index, { name, alias, datatype }] of metrics.entries()) {
    const definition = name === undefined ? byAlias.get(alias ?? '') : byName.get(name);
    if (!definition) {
      const called = name ?? `alias ${alias ?? 'none'}`;
      return `Metric ${index + 1} (${called}) is not in the birth${device && ` of ${device}`}.`;
    }
    names.push([definition[0], datatype ?? definition[1]]);
  }
  return names;
}

function bdSeqOf({ metrics }: SparkplugPayload): number | undefined {
  const metric = metrics.find(({ name }) => name === 'bdSeq');
  const value = metric?.value(metric.datatype ?? INT64);
  return typeof value === 'number' ? value : undefined;
}

function refused(code: string, reason: string, rebirth = false): Verdict {
  return { kind: 'REFUSED', code, reason, rebirth, late: false };
}

function unborn(node: NodeState | undefined): Verdict {
  if (!node) return refused('NO_BIRTH', 'The node has not been born since we listen.', true);
  if (node.life === 'DEAD') return refused('NO_BIRTH', 'The node is dead and has not been born again.', true);
  return refused('SEQUENCE_GAP', 'Messages of the node were missed, and it has not been born again since.', true);
}

function late(seq: number, latest: number): Verdict {
  const reason = `Sequence number ${seq} comes after ${latest}.`;
  return { kind: 'REFUSED', code: 'OUT_OF_ORDER', reason, rebirth: false, late: true };
}

function gap(seq: number, latest: number): Verdict {
  return refused('SEQUENCE_GAP', `Sequence number ${seq} follows ${latest}: something is missing in between.`, true);
}

const INT64 = 4;

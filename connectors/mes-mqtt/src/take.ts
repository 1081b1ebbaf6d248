import { DocumentRejectedError, type NewDocument, type ReceiverContext } from '@takt/backing-system';
import type { IPublishPacket } from 'mqtt';
import { contentKey, keyOf } from './key.ts';
import { MAX_PAYLOAD_BYTES, VERDICT } from './parse.ts';
import type { Format, Subscription } from './settings.ts';
import { decode, type SparkplugPayload } from './sparkplug/decode.ts';
import { hear, mistrust, type NodeState, type Verdict } from './sparkplug/node.ts';
import type { Nodes } from './sparkplug/nodes.ts';
import { readTopic, type SparkplugTopic } from './sparkplug/topic.ts';
import { matches, MAX_TOPIC_LENGTH } from './topic-filter.ts';

export interface Taking {
  readonly context: Pick<ReceiverContext, 'accept' | 'clock'>;
  readonly subscriptions: readonly Subscription[];
  readonly nodes: Nodes;
  /** Number of the broker's session. */
  readonly session: number;
  /** Asks a node to tell everything again. */
  readonly askRebirth: (group: string, node: string) => void;
}

/** Takes one message: when this resolves it is on stable storage and may be confirmed. */
export async function take(packet: IPublishPacket, taking: Taking, signal: AbortSignal): Promise<void> {
  const { topic } = packet;
  const payload = Buffer.isBuffer(packet.payload) ? packet.payload : Buffer.from(packet.payload);
  const subscription = taking.subscriptions.find(({ topic: filter }) => matches(filter, topic));
  if (subscription?.format === 'sparkplug-b') return takeSparkplug(topic, payload, packet, taking, signal);
  const format = subscription?.format ?? 'json';
  let document = documentOf(topic, payload, packet, format);
  try {
    if (!subscription) throw new DocumentRejectedError('BAD_TOPIC', `No subscription says what comes on ${topic}.`);
    document = { ...document, key: keyOf(topic, payload, packet, subscription.key) };
  } catch (error) {
    document = withVerdict(document, refusalOf(error));
  }
  await taking.context.accept(document, { signal });
}

async function takeSparkplug(
  topic: string,
  payload: Buffer,
  packet: IPublishPacket,
  { context, nodes, session, askRebirth }: Taking,
  signal: AbortSignal,
): Promise<void> {
  const from = readTopic(topic);
  if (from === 'COMMAND') return;
  const document = documentOf(topic, payload, packet, 'sparkplug-b');
  const read = readSparkplug(topic, from, payload);
  if ('refusal' in read) {
    await context.accept(withVerdict(document, read.refusal), { signal });
    return;
  }
  const { group, node, type } = read.from;
  const before = await nodes.get(group, node);
  const { node: after, verdict } = hear(before, read.from, read.payload, session);
  const { timestamp } = read.payload;
  const { isNew } = await context.accept(
    {
      ...withVerdict(document, verdict),
      // A death may say no more than which life it ends, and lives are counted to 255.
      key: contentKey(topic, payload, type === 'NDEATH' ? lifeOf(before) : ''),
      ...(timestamp !== undefined && { time: new Date(timestamp).toISOString() }),
    },
    { signal },
  );
  const isMissed = isNew && verdict.kind === 'REFUSED' && verdict.late;
  const next = isMissed && after ? mistrust(after) : after;
  if (next && next !== before) await nodes.put(group, node, next);
  if (isMissed || (verdict.kind === 'REFUSED' && verdict.rebirth)) askRebirth(group, node);
}

function readSparkplug(
  topic: string,
  from: SparkplugTopic | undefined,
  payload: Buffer,
): { readonly from: SparkplugTopic; readonly payload: SparkplugPayload } | { readonly refusal: Verdict } {
  try {
    if (!from) throw new DocumentRejectedError('BAD_TOPIC', `${topic} is no topic of Sparkplug B.`);
    if (payload.length > MAX_PAYLOAD_BYTES) throw new DocumentRejectedError('TOO_LARGE', 'The payload is too large.');
    return { from, payload: decode(payload) };
  } catch (error) {
    return { refusal: refusalOf(error) };
  }
}

function documentOf(topic: string, payload: Buffer, packet: IPublishPacket, format: Format): NewDocument {
  const correlationId = [packet.properties?.userProperties?.['correlationid']].flat()[0];
  return {
    key: contentKey(topic, payload),
    name: topic.slice(0, MAX_TOPIC_LENGTH),
    mediaType: MEDIA_TYPES[format],
    body: payload,
    attributes: { format },
    ...(correlationId !== undefined && /^[\x21-\x7e]{1,256}$/.test(correlationId) && { correlationId }),
  };
}

function withVerdict(document: NewDocument, verdict: Verdict): NewDocument {
  return { ...document, attributes: { ...document.attributes, [VERDICT]: JSON.stringify(verdict) } };
}

function refusalOf(error: unknown): Verdict {
  if (!(error instanceof DocumentRejectedError)) throw error;
  return { kind: 'REFUSED', code: error.code, reason: error.reason, rebirth: false, late: false };
}

const lifeOf = (node: NodeState | undefined) => (node ? `${node.bornAt} ${node.bdSeq}` : '');

const MEDIA_TYPES: Readonly<Record<Format, string>> = {
  'sparkplug-b': 'application/x-protobuf',
  'b2mml-json': 'application/json',
  'b2mml-xml': 'application/xml',
  json: 'application/json',
};

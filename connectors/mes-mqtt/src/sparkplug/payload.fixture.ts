import sparkplug from 'sparkplug-payload';

type Codec = NonNullable<ReturnType<typeof sparkplug.get>>;
export type Payload = Parameters<Codec['encodePayload']>[0];
export type Metric = NonNullable<Payload['metrics']>[number];

export function encode(payload: Payload): Buffer {
  const codec = sparkplug.get('spBv1.0');
  if (!codec) throw new Error('sparkplug-payload does not know spBv1.0.');
  return Buffer.from(codec.encodePayload(payload));
}

export function sparkplugDocument(type: string, device: string | undefined, metrics: Metric[]) {
  return {
    key: 'k',
    name: ['spBv1.0', 'P100', type, 'edge', ...(device === undefined ? [] : [device])].join('/'),
    mediaType: 'application/x-protobuf',
    attributes: { format: 'sparkplug-b' },
    body: encode({ timestamp: 1_767_607_200_000, seq: 1, metrics }),
  };
}

import { DocumentRejectedError } from '@takt/backing-system';

/**
 * Walks the outermost fields of a protobuf message (https://protobuf.dev/programming-guides/encoding/) without building
 * anything, and throws {@link DocumentRejectedError} if it is cut off or has more metrics than are read.
 */
export function checkWire(body: Buffer): void {
  let at = 0;
  let metrics = 0;
  const varint = (): number => {
    let value = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = body[at];
      if (byte === undefined) throw cutOff(at);
      at += 1;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    throw malformed(at);
  };
  while (at < body.length) {
    const start = at;
    const tag = varint();
    const field = Math.floor(tag / 8);
    const wireType = tag % 8;
    if (wireType === 0) varint();
    else if (wireType === 1) at += 8;
    else if (wireType === 5) at += 4;
    else if (wireType === 2) {
      const length = varint();
      at += length;
    } else throw malformed(start);
    if (at > body.length) throw cutOff(start);
    if (field === METRICS_FIELD && ++metrics > MAX_METRICS) {
      throw new DocumentRejectedError('TOO_LARGE', `It has more than ${MAX_METRICS} metrics.`);
    }
  }
}

const cutOff = (at: number) => new DocumentRejectedError('TRUNCATED', `It ends within the field at byte ${at}.`);
const malformed = (at: number) => new DocumentRejectedError('MALFORMED', `There is no protobuf field at byte ${at}.`);

/** `metrics` in sparkplug_b.proto. */
const METRICS_FIELD = 2;
const MAX_METRICS = 5_000;

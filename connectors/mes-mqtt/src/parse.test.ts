import { DocumentRejectedError } from '@takt/backing-system';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { recordsOf } from './document.fixture.ts';
import { FORMATS, type Format } from './settings.ts';
import { encode, sparkplugDocument, type Metric } from './sparkplug/payload.fixture.ts';

const read = (format: Format, body: Buffer | string, name = 'spBv1.0/P100/DBIRTH/edge/M1') =>
  recordsOf({ key: 'k', name, mediaType: 'x/y', attributes: { format }, body: Buffer.from(body) });

const protobuf = (field: number, body: Buffer) => {
  const length: number[] = [];
  for (let rest = body.length; ; rest >>>= 7) {
    length.push(rest > 127 ? (rest & 127) | 128 : rest);
    if (rest <= 127) break;
  }
  return Buffer.concat([Buffer.from([field * 8 + 2, ...length]), body]);
};

describe('a payload', () => {
  it('has exact integers, short floats and times', async () => {
    const metrics: Metric[] = [
      { name: 'float', type: 'Float', value: 0.41 },
      { name: 'negative', type: 'Int32', value: -3 },
      { name: 'not a number', type: 'Double', value: NaN },
      { name: 'null', type: 'String', value: null },
    ];
    const [record] = await recordsOf(sparkplugDocument('DBIRTH', 'M1', metrics));
    expect(record).toMatchObject({
      data: { values: { float: 0.41, negative: -3, 'not a number': 'NaN', null: null } },
    });
  });

  it.each<[string, Format, Buffer | string, string]>([
    [
      'cut off',
      'sparkplug-b',
      encode({ timestamp: 1, seq: 1, metrics: [{ name: 'a', type: 'String', value: 'b' }] }).subarray(0, -1),
      'TRUNCATED',
    ],
    ['of a million metrics', 'sparkplug-b', Buffer.from('1200'.repeat(500_000), 'hex'), 'TOO_LARGE'],
    ['of a time beyond all', 'sparkplug-b', Buffer.from('08ffffffffffffffffff01', 'hex'), 'BAD_TIMESTAMP'],
    ['of a sequence beyond 255', 'sparkplug-b', Buffer.from('188002', 'hex'), 'BAD_SEQUENCE'],
    ['of two megabytes', 'json', `"${'x'.repeat(2_000_000)}"`, 'TOO_LARGE'],
    ['nested a thousand times', 'json', '['.repeat(1_000) + ']'.repeat(1_000), 'TOO_LARGE'],
    ['nested a thousand times', 'b2mml-xml', '<a>'.repeat(1_000), 'TOO_LARGE'],
    ['of entities', 'b2mml-xml', '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>', 'FORBIDDEN'],
    ['of unknown entities', 'b2mml-xml', '<a>&b;</a>', 'MALFORMED'],
    ['cut off', 'b2mml-xml', '<a><b></b>', 'MALFORMED'],
    ['of an encoding that is none', 'b2mml-xml', '<?xml version="1.0" encoding="klingon"?><a/>', 'BAD_ENCODING'],
    ['cut off', 'b2mml-json', '{"SyncProductionPerformance": {', 'MALFORMED'],
    ['of no message', 'b2mml-json', '[]', 'NO_B2MML'],
  ])('%s is refused (%s)', async (_what, format, body, code) => {
    await expect(read(format, body)).rejects.toMatchObject({ code });
  });

  it('of templates in templates takes no time', async () => {
    let nested = Buffer.alloc(0);
    // metric { datatype: Template, template_value { metrics … } }: sparkplug_b.proto
    for (let depth = 0; depth < 60; depth += 1) {
      const value = Buffer.concat([Buffer.from([0x92, 0x01]), protobuf(0, protobuf(2, nested)).subarray(1)]);
      nested = Buffer.concat([Buffer.from('2013', 'hex'), value]);
    }
    const [record] = await read('sparkplug-b', protobuf(2, nested));
    expect(record).toMatchObject({ data: { metrics: [{ value: null }] } });
  });

  it('on a wrong topic is refused', async () => {
    await expect(read('sparkplug-b', '', 'spBv1.0/P100/DBIRTH/edge')).rejects.toMatchObject({ code: 'BAD_TOPIC' });
  });

  const valid: Readonly<Record<Format, Buffer>> = {
    'sparkplug-b': sparkplugDocument('DBIRTH', 'M1', [{ name: 'a', type: 'String', value: 'b' }]).body,
    json: Buffer.from('{"a":[1,{"b":null}]}'),
    'b2mml-json': Buffer.from('{"SyncA":{"DataArea":{"Sync":{},"A":{"ID":"1"}}}}'),
    'b2mml-xml': Buffer.from('<SyncA><DataArea><Sync/><A><ID>1</ID></A></DataArea></SyncA>'),
  };

  it.each(FORMATS)('of any bytes is read or refused, never more (%s)', async (format) => {
    const mutated = fc
      .array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 8 })
      .map((changes) => {
        const body = Buffer.from(valid[format]);
        for (const [place, byte] of changes) body[place % body.length] = byte;
        return body;
      });
    const any = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes));
    await fc.assert(
      fc.asyncProperty(fc.oneof(mutated, any), async (body) => {
        const records = await read(format, body).catch((error: unknown) => error);
        if (!Array.isArray(records)) expect(records).toBeInstanceOf(DocumentRejectedError);
      }),
      { numRuns: 500 },
    );
  });
});

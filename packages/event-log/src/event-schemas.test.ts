import { Type } from '@sinclair/typebox';
import { describe, expect, test } from 'vitest';
import type { CloudEvent } from './event.ts';
import { eventJsonSchema, EventSchemas } from './event-schemas.ts';

const stockCounted = {
  type: 'StockCounted',
  data: Type.Object({
    sku: Type.String(),
    countedOn: Type.String({ format: 'date' }),
    pieces: Type.Number(),
    at: Type.Optional(Type.String({ format: 'time' })),
  }),
};

describe('Event schemas', () => {
  const schemas = new EventSchemas([stockCounted, { ...stockCounted, version: 2, data: Type.Object({}) }]);

  test('find nothing wrong with a valid event, also with extension attributes', () => {
    expect(schemas.fault(counted())).toBeUndefined();
    expect(
      schemas.fault({ ...counted(), traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' }),
    ).toBeUndefined();
    expect(schemas.fault({ ...counted(), id: 'e\u{1f600}' })).toBeUndefined();
    expect(schemas.fault({ ...counted(), dataschema: 'StockCounted.v2', data: {} })).toBeUndefined();
  });

  test.each(['2024-02-29', '2000-02-29', '2026-12-31'])('take %s for a date', (countedOn) => {
    expect(schemas.fault(counted({ countedOn }))).toBeUndefined();
  });

  test.each([
    '2026-02-29',
    '1900-02-29',
    '2026-13-01',
    '2026-00-10',
    '2026-04-31',
    '2026-01-00',
    '26-01-01',
    '2026-1-1',
    '',
  ])('do not take "%s" for a date', (countedOn) => {
    expect(schemas.fault(counted({ countedOn }))).toEqual({
      code: 'SCHEMA_VIOLATION',
      part: 'data',
      reason: `/data/countedOn: Expected string to match 'date' format`,
    });
  });

  test.each([NaN, Infinity, -Infinity, '7', null])('do not take %s for a number', (pieces) => {
    expect(schemas.fault(counted({ pieces }))).toMatchObject({
      reason: expect.stringContaining('/data/pieces') as string,
    });
  });

  test.each(['08:00:00Z', '23:59:59.999+05:30'])('take %s for a time', (at) => {
    expect(schemas.fault(counted({ at }))).toBeUndefined();
  });

  test.each(['08:00', '24:00:00Z', '08:60:00Z', '08:00:60Z', '08:00:00', '08:00:00+24:00'])(
    'do not take %s for a time',
    (at) => {
      expect(schemas.fault(counted({ at }))).toMatchObject({ part: 'data' });
    },
  );

  test.each([
    ['id', ''],
    ['id', 'two\nlines'],
    ['id', 'a\ud800'],
    ['source', 'erp/\udc00'],
    ['subject', '\ud800b'],
    ['correlationid', 'a\ud800'],
    ['traceparent', '\ud800'],
    ['id', 'x'.repeat(257)],
    ['source', 'erp'],
    ['source', 'erp/plant/1'],
    ['source', 'erp /1'],
    ['time', '2026-02-30T00:00:00Z'],
    ['time', '2026-01-05 08:00:00Z'],
    ['time', '2026-01-05T08:00:00'],
    ['time', 1767600000],
    ['specversion', '0.3'],
    ['cause', 'WHIM'],
    ['type', 'stockCounted'],
    ['dataschema', 'StockCounted'],
    ['dataschema', 'StockLost.v1'],
    ['correlationid', undefined],
    ['expectedrevision', -1],
  ])('tell that the %s cannot be %j', (attribute, value) => {
    const fault = schemas.fault({ ...counted(), [attribute]: value });
    expect(fault).toMatchObject({ code: 'SCHEMA_VIOLATION', part: 'envelope' });
    expect(fault?.reason).toContain(`/${attribute}: `);
  });

  test.each([undefined, null, 7, 'text', [], {}])('tell that %j is no event', (nonsense) => {
    expect(schemas.fault(nonsense)).toMatchObject({ code: 'SCHEMA_VIOLATION', part: 'envelope' });
  });

  test('tell that a type or a version is unknown', () => {
    const lost = { ...counted(), type: 'StockLost', dataschema: 'StockLost.v1' };
    expect(schemas.fault(lost)).toEqual({
      code: 'UNKNOWN_TYPE',
      part: 'data',
      reason: 'StockLost.v1 is not a schema of this domain.',
    });
    expect(schemas.fault({ ...counted(), dataschema: 'StockCounted.v3' })).toMatchObject({ code: 'UNKNOWN_TYPE' });
  });

  test('are refused when a version of a type is given twice', () => {
    expect(() => new EventSchemas([stockCounted, stockCounted])).toThrow('StockCounted.v1 is given twice');
  });

  test('are published as JSON Schema of the whole event', () => {
    const schema = eventJsonSchema(stockCounted);
    expect(schema).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      $id: 'StockCounted.v1.json',
      type: 'object',
      properties: {
        type: { const: 'StockCounted' },
        dataschema: { const: 'StockCounted.v1' },
        data: {
          properties: { countedOn: { type: 'string', format: 'date' } },
          required: ['sku', 'countedOn', 'pieces'],
        },
      },
    });
  });
});

function counted(data: object = {}): CloudEvent {
  return {
    specversion: '1.0',
    id: 'e1',
    source: 'wms/hall-1',
    type: 'StockCounted',
    time: '2026-01-05T08:00:00.123+01:00',
    datacontenttype: 'application/json',
    dataschema: 'StockCounted.v1',
    correlationid: 'c1',
    cause: 'REPORTED',
    data: { sku: 'A', countedOn: '2026-01-05', pieces: 7.5, ...data },
  };
}

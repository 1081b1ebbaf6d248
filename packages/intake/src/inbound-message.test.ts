import { expect, test } from 'vitest';
import { inboundMessage } from './inbound-message.ts';

const clock = () => new Date('2026-01-05T08:00:00Z');

test('An inbound message gets what it lacks', () => {
  const message = inboundMessage({ type: 'FillTank', source: 'mes/hall-1', data: { litres: 1 } }, clock);
  expect(message).toEqual({
    specversion: '1.0',
    id: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
    source: 'mes/hall-1',
    type: 'FillTank',
    time: '2026-01-05T08:00:00.000Z',
    datacontenttype: 'application/json',
    dataschema: 'FillTank.v1',
    correlationid: message.id,
    cause: 'REPORTED',
    data: { litres: 1 },
  });
});

test('An inbound message keeps what it is given', () => {
  const given = {
    id: 'm1',
    time: '2026-01-04T00:00:00Z',
    cause: 'MANUAL',
    correlationId: 'c1',
    expectedRevision: 0,
  } as const;
  expect(inboundMessage({ type: 'FillTank', source: 'mes/hall-1', data: {}, ...given }, clock)).toMatchObject({
    id: 'm1',
    time: '2026-01-04T00:00:00Z',
    cause: 'MANUAL',
    correlationid: 'c1',
    expectedrevision: 0,
  });
});

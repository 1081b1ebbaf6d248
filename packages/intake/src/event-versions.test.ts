import { Type } from '@sinclair/typebox';
import { EventSchemas } from '@takt/event-log';
import { expect, test } from 'vitest';
import { eventSchemasOf } from './event-versions.ts';
import { fold } from './fold.ts';
import { given } from './given-when-then.ts';
import { inboundMessage } from './inbound-message.ts';
import { tank } from './tank.fixture.ts';

/** The tank after its event has changed in a way that old readers would not understand. */
const metric = {
  ...tank,
  newerEvents: { 'TankNamed.v2': Type.Object({ names: Type.Array(Type.String()) }) },
  decide: () => ({ events: [{ type: 'TankNamed', version: 2, data: { names: ['North', 'Nord'] } }] }),
  evolve: () => ({ fills: 0, litres: 0, full: false }),
} as never as typeof tank;

const message = { type: 'NameTank', data: { tank: 'T1', name: 'North' } } as const;

test('an event says by its dataschema which of its versions it is', () => {
  const inbound = inboundMessage(
    { ...message, id: 'm1', source: 'erp/P100', time: '2026-11-26T00:00:00Z' },
    () => new Date(),
  );
  const work = { aggregate: metric as never, documentId: 'T1', messages: [{ key: 'k', message: inbound }] };
  const { change } = fold(work, undefined, new Date(), new EventSchemas(eventSchemasOf(metric)));
  expect(change?.events).toMatchObject([
    { type: 'TankNamed', dataschema: 'TankNamed.v2', data: { names: ['North', 'Nord'] } },
  ]);
});

test('both versions are declared, and each is checked against its own schema', () => {
  expect(eventSchemasOf(metric).map(({ type, version }) => [type, version])).toContainEqual(['TankNamed', undefined]);
  expect(eventSchemasOf(metric).map(({ type, version }) => [type, version])).toContainEqual(['TankNamed', 2]);
  const asFirst = {
    ...metric,
    decide: () => ({ events: [{ type: 'TankNamed', data: { names: [] } }] }),
  } as never as typeof tank;
  expect(() =>
    given(asFirst, [])
      .when(message)
      .then([{ type: 'TankNamed', data: { names: [] } as never }]),
  ).toThrow('TankNamed: /data/name');
});

test.each(['TankDrained.v2', 'TankNamed.v1', 'TankNamed', 'TankNamed.v02'])(
  '%s is no newer version of an event',
  (name) => {
    expect(() => eventSchemasOf({ ...tank, newerEvents: { [name]: Type.Object({}) } })).toThrow('no newer version');
  },
);

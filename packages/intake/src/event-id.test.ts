import fc from 'fast-check';
import { expect, it } from 'vitest';
import { eventId, placeOf } from './event-id.ts';

const place = fc.record({
  collection: fc.stringMatching(/^[a-z][a-z0-9-]{0,20}$/),
  documentId: fc.oneof(fc.string({ minLength: 1 }), fc.constantFrom('a/b', 'PUMP@P100/ACME/7', '1/2', '\n/')),
  revision: fc.integer({ min: 1 }),
  step: fc.integer({ min: 1 }),
});

it('tells where an event stands, whatever its document is called', () => {
  fc.assert(
    fc.property(place, (given) => {
      expect(placeOf(eventId(given))).toEqual(given);
    }),
  );
});

it.each(['', 'e0001', 'tanks/T1/1', 'tanks/T1/one/1', '/T1/1/1'])('knows nothing of the id %j', (id) => {
  expect(placeOf(id)).toBeUndefined();
});

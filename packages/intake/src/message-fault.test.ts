import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { fill, message, NOON, openTanks, removeTanks } from './domain.fixture.ts';
import type { TankDomain } from './domain.fixture.ts';
import type { InboundMessage } from './intake-port.ts';
import { contentFault } from './message-fault.ts';

describe('A message is rejected, kept, and disturbs no other', () => {
  let domain: TankDomain;

  beforeEach(async () => {
    domain = await openTanks({ limits: { maxMessageBytes: 10_000 } });
  });

  afterEach(() => removeTanks(domain));

  const nameless = { ...fill('m1', 'T1', 1), id: undefined };
  const nested = (levels: number): unknown => Array.from({ length: levels }).reduce((inner) => [inner], 1);
  const named = (name: unknown) => message({ id: 'm1', type: 'NameTank', data: { tank: 'T1', name } });

  test.each([
    ['without an id', nameless, 'SCHEMA_VIOLATION', '/id'],
    ['with an empty id', { ...fill('m1', 'T1', 1), id: '' }, 'SCHEMA_VIOLATION', '/id'],
    ['with an id too long', fill('x'.repeat(257), 'T1', 1), 'SCHEMA_VIOLATION', '/id'],
    ['from the future', fill('m1', 'T1', 1, { time: '2026-01-06T12:00:00.001Z' }), 'MESSAGE_FROM_FUTURE', '/time'],
    ['that is too large', named('é'.repeat(5_000)), 'MESSAGE_TOO_LARGE', '10000 are allowed'],
    ['of too many levels', named(nested(63)), 'SCHEMA_VIOLATION', 'at most 64 levels'],
    ['of thousands of levels', named(nested(3_000)), 'SCHEMA_VIOLATION', 'at most 64 levels'],
    ['of more levels than can be written', named(nested(200_000)), 'SCHEMA_VIOLATION', 'Expected object'],
    [
      'with half of a surrogate pair in a text',
      named('\udc00a'),
      'SCHEMA_VIOLATION',
      '/data/name: Expected well-formed',
    ],
    ['with a NUL in a text', named('a\0'), 'SCHEMA_VIOLATION', '/data/name: Expected no NUL'],
    ['with a NUL in the name of a field', named({ 'a\0': 1 }), 'SCHEMA_VIOLATION', 'Expected no NUL'],
    [
      'with a field that would change what an object is',
      { ...fill('m1', 'T1', 1), data: JSON.parse('{"tank":"T1","litres":1,"__proto__":{"litres":900}}') as unknown },
      'SCHEMA_VIOLATION',
      '/data/__proto__: Expected no field of this name',
    ],
  ])('%s', async (_, bad, code, reason) => {
    const sent = bad as InboundMessage;
    const [first, good] = await domain.intake.receive([sent, fill('m2', 'T1', 10)]);
    expect(first).toMatchObject({ status: 'REJECTED', refusal: { code } });
    expect(first).toHaveProperty('refusal.reason', expect.stringContaining(reason));
    expect(good).toMatchObject({ status: 'APPLIED', revision: 1 });
    expect(await domain.intake.receive([sent])).toMatchObject([{ status: 'DUPLICATE', first }]);
    const { entries } = await domain.intake.messages({ status: 'REJECTED', first: 10 });
    expect(entries).toHaveLength(1);
    expect(await domain.intake.receive([fill('m1', 'T1', 1)])).toMatchObject([{ status: 'APPLIED', revision: 2 }]);
  });

  test('that is too large: of it stay its size, its digest and how it begins', async () => {
    const sent = named('x'.repeat(20_000));
    expect(await domain.intake.receive([sent])).toMatchObject([{ status: 'REJECTED', messageId: 'm1' }]);
    const { entries } = await domain.intake.messages({ status: 'REJECTED', first: 10 });
    const { tooLarge } = JSON.parse(entries[0]?.document.raw ?? '') as { tooLarge: Record<string, unknown> };
    const raw = JSON.stringify(sent);
    expect(tooLarge).toMatchObject({ bytes: raw.length, begins: raw.slice(0, 1000) });
    expect(tooLarge['sha256']).toMatch(/^[0-9a-f]{64}$/);
  });

  test('but one that is a day ahead, and tells of next year, is taken', async () => {
    const time = '2026-01-06T12:00:00Z';
    const [outcome] = await domain.intake.receive([fill('m1', '2027-01-01', 1, { time })]);
    expect(NOON < time).toBe(true);
    expect(outcome).toMatchObject({ status: 'APPLIED' });
  });

  test('whatever JSON it is, and whatever is in it', async () => {
    const junk = fc.anything({ withNullPrototype: true, withObjectString: true, maxDepth: 4 });
    const half = fc.oneof(
      junk,
      junk.map((data) => ({ ...fill('m1', 'T1', 1), data })),
      fc.dictionary(fc.constantFrom('id', 'source', 'type', 'time', 'data', '__proto__'), junk),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(half, { maxLength: 8 }), async (sent) => {
        const outcomes = await domain.intake.receive(sent as InboundMessage[]);
        expect(outcomes).toHaveLength(sent.length);
        for (const { status } of outcomes) expect(['REJECTED', 'DUPLICATE']).toContain(status);
      }),
      { numRuns: 50 },
    );
    expect(await domain.intake.receive([fill('m2', 'T1', 10)])).toMatchObject([{ status: 'APPLIED', revision: 1 }]);
    expect(({} as Record<string, unknown>)['litres']).toBeUndefined();
  });
});

test('What can be kept is not found fault with', () => {
  fc.assert(
    fc.property(fc.json({ stringUnit: 'grapheme', maxDepth: 20 }), (text) => {
      const fit = !text.includes('\\u0000') && !text.includes('__proto__');
      if (fit) expect(contentFault(JSON.parse(text))).toBeUndefined();
    }),
  );
});

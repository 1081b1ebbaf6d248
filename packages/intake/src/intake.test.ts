import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { closeTanks, fill, gauge, message, NOON, openTanks, published, removeTanks } from './domain.fixture.ts';
import type { TankDomain } from './domain.fixture.ts';
import { IntakeBusyError } from './intake-port.ts';
import type { InboundMessage } from './intake-port.ts';

describe('Intake', () => {
  let domain: TankDomain;

  beforeEach(async () => {
    domain = await openTanks();
  });

  afterEach(() => removeTanks(domain));

  async function reopen(): Promise<void> {
    await closeTanks(domain);
    domain = await openTanks({ directory: domain.directory });
  }

  async function tankNamed(name: string) {
    const [stored] = await domain.tanks.getMany([name]);
    return stored?.document;
  }

  test('applies a message: document, revision, provenance and event', async () => {
    const outcomes = await domain.intake.receive([
      fill('m1', 'T1', 300, { cause: 'MANUAL', correlationId: 'story-1' }),
    ]);

    expect(outcomes).toEqual([
      { status: 'APPLIED', messageId: 'm1', documentId: 'T1', revision: 1, eventIds: ['tanks/T1/1/1'] },
    ]);
    expect(await tankNamed('T1')).toEqual({
      litres: 300,
      fills: 1,
      full: false,
      revision: 1,
      provenance: { system: 'mes', instance: 'hall-1', asOf: NOON },
      told: { 'mes/hall-1': NOON },
    });
    expect(await published(domain, 1)).toEqual([
      {
        specversion: '1.0',
        id: 'tanks/T1/1/1',
        source: 'mes/hall-1',
        type: 'TankFilled',
        subject: 'T1',
        time: NOON,
        datacontenttype: 'application/json',
        dataschema: 'TankFilled.v1',
        correlationid: 'story-1',
        causationid: 'm1',
        cause: 'MANUAL',
        data: { litres: 300, by: 300 },
      },
    ]);
  });

  test('applies messages about one document in order and gives several events of one message one revision', async () => {
    const outcomes = await domain.intake.receive([fill('m1', 'T1', 400), fill('m2', 'T2', 5), fill('m3', 'T1', 600)]);

    expect(outcomes.map((outcome) => [outcome.documentId, outcome.revision])).toEqual([
      ['T1', 1],
      ['T2', 1],
      ['T1', 2],
    ]);
    expect(outcomes[2]).toMatchObject({ eventIds: ['tanks/T1/2/1', 'tanks/T1/2/2'] });
    expect(await tankNamed('T1')).toMatchObject({ litres: 1000, full: true, revision: 2 });
    const events = await published(domain, 4);
    expect(events.filter(({ subject }) => subject === 'T1').map(({ id }) => id)).toEqual([
      'tanks/T1/1/1',
      'tanks/T1/2/1',
      'tanks/T1/2/2',
    ]);
  });

  test('refuses with the reason of the noun and goes on with what it knows', async () => {
    const outcomes = await domain.intake.receive([fill('m1', 'T1', 900), fill('m2', 'T1', 200), fill('m3', 'T1', 50)]);

    expect(outcomes[1]).toEqual({
      status: 'REJECTED',
      messageId: 'm2',
      documentId: 'T1',
      revision: 1,
      refusal: { code: 'TANK_OVERFLOWS', reason: 'It takes 1000 litres, not 1100.' },
    });
    expect(outcomes[2]).toMatchObject({ status: 'APPLIED', revision: 2 });
    expect(await tankNamed('T1')).toMatchObject({ litres: 950 });
  });

  describe('recognises', () => {
    test('a message that comes again: in the same call, in the next and after a restart', async () => {
      const [first, second] = await domain.intake.receive([fill('m1', 'T1', 300), fill('m1', 'T1', 300)]);
      expect(second).toEqual({ status: 'DUPLICATE', messageId: 'm1', documentId: 'T1', revision: 1, first });
      await reopen();
      const [third] = await domain.intake.receive([fill('m1', 'T1', 300)]);
      expect(third).toEqual(second);
      expect(await tankNamed('T1')).toMatchObject({ litres: 300 });
      expect(await domain.log.head()).toBe(1);
    });

    test('a message that comes again while the first is in progress', async () => {
      const [[first], [second]] = await Promise.all([
        domain.intake.receive([fill('m1', 'T1', 300)]),
        domain.intake.receive([fill('m1', 'T1', 300)]),
      ]);
      expect(second).toMatchObject({ status: 'DUPLICATE', first });
    });

    test('a command that is sent again later and under another correlation id', async () => {
      await domain.intake.receive([fill('m1', 'T1', 300)]);
      const again = fill('m1', 'T1', 300, { time: '2026-01-05T12:05:00Z', correlationId: 'retry' });
      expect(await domain.intake.receive([again])).toMatchObject([
        { status: 'DUPLICATE', first: { status: 'APPLIED' } },
      ]);
    });

    test('another message under the id of an earlier one, and keeps both', async () => {
      await domain.intake.receive([fill('m1', 'T1', 300)]);
      const [reused] = await domain.intake.receive([fill('m1', 'T1', 400)]);
      expect(reused).toMatchObject({ status: 'REJECTED', messageId: 'm1', refusal: { code: 'MESSAGE_ID_REUSED' } });
      expect(await domain.intake.receive([fill('m1', 'T1', 300)])).toMatchObject([{ first: { status: 'APPLIED' } }]);
      const kept = await domain.intake.messages({ status: 'REJECTED', first: 10 });
      expect(kept.entries.map(({ document }) => (JSON.parse(document.raw) as InboundMessage).data)).toEqual([
        { tank: 'T1', litres: 400 },
      ]);
    });

    test('the same id from another source as another message', async () => {
      await domain.intake.receive([fill('m1', 'T1', 300)]);
      const [other] = await domain.intake.receive([fill('m1', 'T1', 100, { source: 'mes/hall-2' })]);
      expect(other).toMatchObject({ status: 'APPLIED', revision: 2 });
    });
  });

  describe('compares the expected revision', () => {
    test('with that of the document', async () => {
      await domain.intake.receive([fill('m1', 'T1', 100), fill('m2', 'T1', 100)]);
      const [stale, right] = await domain.intake.receive([
        fill('m3', 'T1', 100, { expectedRevision: 1 }),
        fill('m4', 'T1', 100, { expectedRevision: 2 }),
      ]);
      expect(stale).toMatchObject({
        status: 'REJECTED',
        revision: 2,
        refusal: { code: 'REVISION_CONFLICT', reason: 'Expected revision 1, but T1 is at revision 2.' },
      });
      expect(right).toMatchObject({ status: 'APPLIED', revision: 3 });
    });

    test('with 0 for a document that must not exist', async () => {
      const [made, late] = await domain.intake.receive([
        fill('m1', 'T1', 100, { expectedRevision: 0 }),
        fill('m2', 'T1', 100, { expectedRevision: 0 }),
      ]);
      expect(made).toMatchObject({ status: 'APPLIED' });
      expect(late).toMatchObject({ refusal: { code: 'REVISION_CONFLICT' } });
    });
  });

  describe('keeps provenance', () => {
    test('up to date when a system tells the same again', async () => {
      await domain.intake.receive([gauge('m1', 'T1', 300)]);
      const outcomes = await domain.intake.receive([gauge('m2', 'T1', 300, { time: '2026-01-05T13:30:00+01:00' })]);
      expect(outcomes).toEqual([{ status: 'DUPLICATE', messageId: 'm2', documentId: 'T1', revision: 1 }]);
      expect(await tankNamed('T1')).toMatchObject({ revision: 1, provenance: { asOf: '2026-01-05T13:30:00+01:00' } });
      await domain.intake.receive([gauge('m3', 'T1', 300), gauge('m4', 'T1', 300, { source: 'wms/hall-1' })]);
      expect(await tankNamed('T1')).toMatchObject({ provenance: { system: 'mes', asOf: '2026-01-05T13:30:00+01:00' } });
      expect(await domain.log.head()).toBe(1);
    });

    test('of the system that told the latest change', async () => {
      await domain.intake.receive([gauge('m1', 'T1', 300), gauge('m2', 'T1', 310, { source: 'wms/hall-9' })]);
      expect(await tankNamed('T1')).toMatchObject({ provenance: { system: 'wms', instance: 'hall-9' } });
    });
  });

  describe('remembers of each source how late it has told', () => {
    const at = (day: number) => `2026-01-0${day}T00:00:00Z`;

    test('so that a late report is older, whoever told since', async () => {
      await domain.intake.receive([
        gauge('m1', 'T1', 300, { source: 'erp/1', time: at(2) }),
        gauge('m2', 'T1', 310, { source: 'pim/1', time: at(3) }),
      ]);
      await reopen();
      const outcomes = await domain.intake.receive([
        gauge('m3', 'T1', 290, { source: 'erp/1', time: at(1) }),
        gauge('m4', 'T1', 320, { source: 'erp/1', time: at(2) }),
      ]);
      expect(outcomes).toMatchObject([
        { status: 'REJECTED', refusal: { code: 'OLDER_THAN_KNOWN' } },
        { status: 'APPLIED', revision: 3 },
      ]);
      expect(await tankNamed('T1')).toMatchObject({ told: { 'erp/1': at(2), 'pim/1': at(3) } });
    });

    test('also when it told the same as another', async () => {
      await domain.intake.receive([
        gauge('m1', 'T1', 300, { source: 'erp/1', time: at(2) }),
        gauge('m2', 'T1', 300, { source: 'pim/1', time: at(3) }),
        gauge('m3', 'T1', 310, { source: 'pim/1', time: at(1) }),
      ]);
      expect(await tankNamed('T1')).toMatchObject({ litres: 300, provenance: { system: 'erp' } });
    });

    test('of the latest 16', async () => {
      const sources = Array.from({ length: 20 }, (_, n) => `erp/${n}`);
      await domain.intake.receive(sources.map((source, n) => gauge(`m${n}`, 'T1', n, { source })));
      const document = await tankNamed('T1');
      expect(Object.keys(document?.told ?? {})).toEqual(sources.slice(4));
    });

    test('and takes a document of before, which remembers nothing, as it is', async () => {
      const provenance = { system: 'mes', instance: 'hall-1', asOf: at(2) };
      const document = { litres: 1, fills: 1, full: false, revision: 1, provenance };
      await domain.tanks.commit([{ id: 'T1', document, events: [], messageIds: [] }]);
      expect(await domain.intake.receive([gauge('m1', 'T1', 2, { time: at(3) })])).toMatchObject([{ revision: 2 }]);
      expect(await tankNamed('T1')).toMatchObject({ litres: 2, told: { 'mes/hall-1': at(3) } });
    });
  });

  describe('rejects half of a surrogate pair', () => {
    test.each([
      ['in an id', fill('a\ud800', 'T1', 1)],
      ['in a source', fill('m1', 'T1', 1, { source: 'mes/\udc00' })],
      ['in a correlation id', fill('m1', 'T1', 1, { correlationId: '\ud800' })],
      ['in the id of a document', fill('m1', 'T\ud800', 1)],
      ['in its data', message({ id: 'm1', type: 'NameTank', data: { tank: 'T1', name: 'a\ud800' } })],
    ])('%s, and nothing else of its batch', async (_, bad) => {
      const [outcome, good] = await domain.intake.receive([bad, fill('m2', 'T1', 10)]);
      expect(outcome).toMatchObject({ status: 'REJECTED', refusal: { code: 'SCHEMA_VIOLATION' } });
      expect(good).toMatchObject({ status: 'APPLIED' });
      const { entries } = await domain.intake.messages({ status: 'REJECTED', first: 10 });
      expect(entries.map(({ document }) => JSON.parse(document.raw) as unknown)).toEqual([
        JSON.parse(JSON.stringify(bad)),
      ]);
      expect(await domain.intake.receive([bad])).toMatchObject([{ status: 'DUPLICATE' }]);
    });
  });

  describe('keeps for inspection', () => {
    test.each([
      ['data that break the schema', fill('m1', 'T1', -1), 'SCHEMA_VIOLATION', '/data/litres'],
      [
        'a missing field',
        message({ id: 'm1', type: 'FillTank', data: { litres: 1 } }),
        'SCHEMA_VIOLATION',
        '/data/tank',
      ],
      ['not a number', fill('m1', 'T1', NaN), 'SCHEMA_VIOLATION', '/data/litres'],
      ['a type that nobody knows', message({ id: 'm1', type: 'DrainTank', data: {} }), 'UNKNOWN_TYPE', 'DrainTank.v1'],
      [
        'a version that nobody knows',
        { ...fill('m1', 'T1', 1), dataschema: 'FillTank.v2' },
        'UNKNOWN_TYPE',
        'FillTank.v2',
      ],
      [
        'a date that is in no calendar',
        fill('m1', 'T1', 1, { time: '2026-02-30T00:00:00Z' }),
        'SCHEMA_VIOLATION',
        '/time',
      ],
      ['a source without an instance', fill('m1', 'T1', 1, { source: 'mes' }), 'SCHEMA_VIOLATION', '/source'],
    ])('%s', async (_, bad, code, where) => {
      const [outcome, good] = await domain.intake.receive([bad, fill('m2', 'T1', 10)]);
      expect(outcome).toMatchObject({ status: 'REJECTED', messageId: 'm1', refusal: { code } });
      expect(outcome).toHaveProperty('refusal.reason', expect.stringContaining(where));
      expect(good).toMatchObject({ status: 'APPLIED' });
      const { entries } = await domain.intake.messages({ status: 'REJECTED', first: 10 });
      expect(entries.map(({ document }) => JSON.parse(document.raw) as unknown)).toEqual([
        JSON.parse(JSON.stringify(bad)),
      ]);
    });

    test('what is no envelope at all', async () => {
      const circular: Record<string, unknown> = {};
      circular.self = circular;
      const nonsense: unknown[] = [undefined, null, 7, 'text', [], {}, circular, { big: 10n }, { id: 'x' }];
      const outcomes = await domain.intake.receive(nonsense as InboundMessage[]);
      expect(new Set(outcomes.map(({ status }) => status))).toEqual(new Set(['REJECTED']));
      const { entries } = await domain.intake.messages({ status: 'REJECTED', first: 20 });
      expect(entries).toHaveLength(nonsense.length);
      const again = await domain.intake.receive(nonsense as InboundMessage[]);
      expect(new Set(again.map(({ status }) => status))).toEqual(new Set(['DUPLICATE']));
    });

    test('pages of each status, in order of arrival, also after a restart', async () => {
      await domain.intake.receive([fill('m1', 'T1', 1), fill('m2', 'T2', 2000), fill('m3', 'T3', 3)]);
      await reopen();
      await domain.intake.receive([fill('m4', 'T4', 4)]);
      const page = await domain.intake.messages({ status: 'APPLIED', first: 2 });
      expect(page.entries.map(({ document }) => document.messageId)).toEqual(['m1', 'm3']);
      const after = page.entries.at(-1)?.key ?? [];
      const rest = await domain.intake.messages({ status: 'APPLIED', first: 2, after });
      expect(rest.entries.map(({ document }) => document.messageId)).toEqual(['m4']);
      expect(rest.hasNextPage).toBe(false);
    });
  });

  test('dead-letters what a bug could not decide, and nothing else', async () => {
    const bug = message({ id: 'm2', type: 'FindBug', data: { tank: 'T1' } });
    const outcomes = await domain.intake.receive([fill('m1', 'T1', 10), bug, fill('m3', 'T1', 10)]);
    expect(outcomes).toMatchObject([
      { status: 'APPLIED' },
      { status: 'DEAD_LETTERED', refusal: { code: 'DECISION_FAILED', reason: 'Error: a bug at 10 litres' } },
      { status: 'APPLIED', revision: 2 },
    ]);
  });

  test('rejects an id that no document can have', async () => {
    const [outcome] = await domain.intake.receive([fill('m1', 'T'.repeat(600), 10)]);
    expect(outcome).toMatchObject({ status: 'REJECTED', refusal: { code: 'SCHEMA_VIOLATION' } });
  });

  test('applies hundreds of messages about one document, each once', async () => {
    const outcomes = await domain.intake.receive(Array.from({ length: 700 }, (_, n) => fill(`m${n}`, 'T1', 1)));
    expect(outcomes.map(({ revision }) => revision)).toEqual(Array.from({ length: 700 }, (_, n) => n + 1));
    expect(await tankNamed('T1')).toMatchObject({ litres: 700, revision: 700 });
  });

  test('refuses what would wait too long, and stores nothing of it', async () => {
    await closeTanks(domain);
    domain = await openTanks({ directory: domain.directory, limits: { maxWaitingMessages: 3, batchMessages: 1 } });
    const taken = domain.intake.receive([fill('m1', 'T1', 1), fill('m2', 'T1', 1), fill('m3', 'T1', 1)]);
    await expect(domain.intake.receive([fill('m4', 'T1', 1)])).rejects.toBeInstanceOf(IntakeBusyError);
    expect(await taken).toHaveLength(3);
    expect(await domain.intake.receive([fill('m4', 'T1', 1)])).toMatchObject([{ status: 'APPLIED', revision: 4 }]);
  });

  test('refuses more bytes than may wait, but takes a call of any size when none waits', async () => {
    await closeTanks(domain);
    domain = await openTanks({ directory: domain.directory, limits: { maxWaitingBytes: 900 } });
    const taken = domain.intake.receive([fill('m1', 'T1', 1, { correlationId: 'é'.repeat(250) })]);
    await expect(domain.intake.receive([fill('m2', 'T1', 1)])).rejects.toBeInstanceOf(IntakeBusyError);
    expect(await taken).toMatchObject([{ status: 'APPLIED' }]);
    const small = [fill('m2', 'T1', 1), fill('m3', 'T1', 1)].map((each) => domain.intake.receive([each]));
    expect((await Promise.all(small)).flat()).toMatchObject([{ status: 'APPLIED' }, { status: 'APPLIED' }]);
  });

  test('brings to its end what was waiting when it is closed, and takes no more', async () => {
    const waiting = domain.intake.receive([fill('m1', 'T1', 1)]);
    await domain.intake.close();
    expect(await waiting).toMatchObject([{ status: 'APPLIED' }]);
    expect(await domain.log.head()).toBe(1);
    await expect(domain.intake.receive([fill('m2', 'T1', 1)])).rejects.toThrow('closed');
  });

  test('answers an empty call', async () => {
    expect(await domain.intake.receive([])).toEqual([]);
  });
});

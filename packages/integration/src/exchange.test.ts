import type { Health } from '@takt/backing-system';
import { IntakeBusyError, IntakeUnavailableError, type InboundMessage, type Intake, type Outcome } from '@takt/intake';
import { ReferencesUnavailableError, type Mapping } from '@takt/mapping';
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { INTEGRATION_RESULTS } from './integration-message.ts';
import { documentOf, testSource, type TestSource } from './source.fixture.ts';
import { startTestExchange, type TestExchange, type TestExchangeOptions } from './test-exchange.fixture.ts';

const { signal } = new AbortController();
const WHO = { by: 'Ada', reason: 'The mapping was mended.' };

let source: TestSource;
let test: TestExchange | undefined;

type More = Omit<Partial<TestExchangeOptions>, 'systems'>;

async function start(given: Parameters<typeof testSource>[0] = {}, more: More = {}): Promise<TestExchange> {
  source = testSource(given);
  test = await startTestExchange({ systems: [source.system], ...more });
  return test;
}

afterEach(async () => {
  await test?.close();
  test = undefined;
});

async function endOf(key: string, ...lines: string[]) {
  const receipt = await source.accept({ key, lines });
  return receipt.ended(signal);
}

const say = (type: string, data: object = {}, id = '') => `say d ${type} ${JSON.stringify(data)}${id && ` ${id}`}`;

/** Domains that answer by the message's type. */
function answering(): (domain: string) => Intake {
  const outcome = ({ id: messageId, type }: InboundMessage): Outcome => {
    const refusal = { code: 'CODE', reason: 'Because.' };
    if (type === 'Refused') return { status: 'REJECTED', refusal, messageId };
    if (type === 'Broken') return { status: 'DEAD_LETTERED', refusal, messageId };
    if (type === 'Known') return { status: 'DUPLICATE', messageId, documentId: 'K' };
    return { status: 'APPLIED', eventIds: [], messageId, documentId: 'A' };
  };
  return (domain) => {
    if (domain === 'nowhere') throw new Error('There is no such domain.');
    return { receive: (messages) => Promise.resolve(messages.map(outcome)) };
  };
}

describe('a document', () => {
  it('whose messages are taken is applied: they have its correlation id, its system and ids of their own', async () => {
    const { taken, ended } = await start();
    const end = await endOf('a', 'say products P {"code":"A"}', 'say logistics L {"code":"L"}');
    const counts = { applied: 2, duplicate: 0, rejected: 0, deadLettered: 0 };
    expect(end).toEqual({ status: 'APPLIED', records: 2, counts, problems: [] });
    const [message] = await ended(1);
    const found = taken.map(({ domain, id, source: from, correlationid }) => [domain, id, from, correlationid]);
    const of = ['erp/P100', message?.correlationId];
    expect(found.sort()).toEqual([
      ['logistics', 'a/1/0', ...of],
      ['products', 'a/0/0', ...of],
    ]);
  });

  it.each([
    ['APPLIED', [say('New'), say('Known')]],
    ['APPLIED', []],
    ['DUPLICATE', [say('Known'), say('Known')]],
    ['REJECTED', [say('New'), say('Known'), say('Refused')]],
    ['REJECTED', [say('New'), 'fault BAD_ROW']],
    ['DEAD_LETTERED', [say('Refused'), say('Broken'), say('New')]],
    ['DEAD_LETTERED', ['say nowhere New {}']],
    ['REJECTED', ['row {"needs":"a mapping"}']],
  ] as const)('ends as the worst of its parts: %s of %j', async (status, lines) => {
    await start({}, { intake: answering() });
    expect(await endOf('a', ...lines)).toMatchObject({ status, records: lines.length });
  });

  it('tells which parts were refused, where and why, and its entities and numbers find it', async () => {
    const { reader } = await start({}, { intake: answering(), noun: (type) => (type === 'New' ? 'Thing' : undefined) });
    const end = await endOf('a', say('New'), say('Refused'), 'fault BAD_ROW', say('Known'));
    expect(end.problems).toEqual([
      { place: 'line 2', code: 'CODE', reason: 'Because.' },
      { place: 'line 3', code: 'BAD_ROW', reason: 'It says so.' },
    ]);
    const found = async (filter: object) =>
      (await reader.messages({ filter, first: 5 })).messages.map(({ key }) => key);
    expect(await found({ entity: 'Thing:A' })).toEqual(['a']);
    expect(await found({ entity: 'd:K' })).toEqual(['a']);
    expect(await found({ documentNumber: 'D2' })).toEqual(['a']);
    expect(await found({ documentNumber: 'D9' })).toEqual([]);
  });

  it.each([
    ['reject', 'REJECTED', { code: 'BAD_DOCUMENT', reason: 'line 3: it says so.' }],
    ['throw', 'DEAD_LETTERED', { code: 'UNREADABLE', reason: 'TypeError: line 3 makes no sense.' }],
  ])('of which nothing may be used gives nothing, however late that shows: %s', async (word, status, refusal) => {
    const { taken } = await start();
    expect(await endOf('a', say('New'), say('New'), word)).toMatchObject({ status, refusal });
    expect(taken).toEqual([]);
  });

  it('that comes again is not taken again, and its end can be asked for', async () => {
    const { taken } = await start();
    const first = await endOf('a', say('New'));
    const again = await source.accept({ key: 'a', lines: [say('New'), say('New')] });
    expect(again.isNew).toBe(false);
    expect(await again.ended(signal)).toEqual(first);
    expect(taken).toHaveLength(1);
  });

  it('that comes many times at once is taken once', async () => {
    const { taken } = await start();
    const receipts = await Promise.all(
      Array.from({ length: 20 }, () => source.accept({ key: 'a', lines: [say('New')] })),
    );
    expect(receipts.filter(({ isNew }) => isNew)).toHaveLength(1);
    await receipts[0]?.ended(signal);
    expect(taken).toHaveLength(1);
  });

  it('that speaks of another plant is rejected there, and nowhere else', async () => {
    const { taken } = await start({ scope: { locations: new Set(['P100']) } });
    const end = await endOf('a', say('Stock', { location: 'P200' }), say('Stock', { location: 'P100' }));
    expect(end).toMatchObject({ status: 'REJECTED', problems: [{ place: 'line 1', code: 'WRONG_PLANT_SCOPE' }] });
    expect(taken.map(({ data }) => data)).toEqual([{ location: 'P100' }]);
  });

  it.each([0, 1, 8 * 1024, 8 * 1024 + 1, 256 * 1024, 2_500_000])(
    'of %i bytes can be read as it came',
    async (bytes) => {
      const { reader } = await start();
      const text = `\n`.repeat(bytes);
      const receipt = await source.accept({ key: 'a/b', body: stream(Buffer.from(text), 100_000) });
      await receipt.ended(signal);
      let read = '';
      for (let offset: number | undefined = 0; offset !== undefined;) {
        const raw = await reader.raw(receipt.id, { offset, limit: 700_000 });
        read += raw?.text ?? '';
        offset = raw?.nextOffset;
      }
      expect(read.length).toBe(bytes);
    },
  );

  it('whose stream breaks is not kept, and can come again', async () => {
    await start();
    const broken = (async function* () {
      yield await Promise.resolve(Buffer.alloc(3_000_000, '\n'));
      throw new Error('The line broke.');
    })();
    await expect(source.accept({ key: 'a', body: broken })).rejects.toThrow('The line broke.');
    expect(await test?.reader.messages({ first: 1 })).toMatchObject({ messages: [] });
    expect(await endOf('a', say('New'))).toMatchObject({ status: 'APPLIED' });
  });

  it('of more than 256 MiB is refused, and nothing of it is kept', async () => {
    await start();
    const piece = Buffer.alloc(8 * 1024 * 1024);
    const endless = (async function* () {
      for (;;) yield await Promise.resolve(piece);
    })();
    await expect(source.accept({ key: 'a', body: endless })).rejects.toMatchObject({ name: 'DocumentTooLargeError' });
    const chunks = await test?.store.collection({ name: 'integration-raw', indexes: [] });
    expect(await chunks?.count({})).toBe(0);
    expect(await test?.reader.messages({ first: 1 })).toMatchObject({ messages: [] });
  });
});

describe('a mapping', () => {
  const mapping = (map: Mapping['map']): Mapping => ({
    name: 'm',
    version: 3,
    sha256: 'x',
    connector: 'test',
    map,
    command: () => Promise.resolve(undefined),
  });

  it('that fails on a record says which rule, field and expression, and the others go on', async () => {
    const fault = {
      code: 'MAPPING_FAILED',
      place: '',
      rule: 'r',
      field: 'quantity',
      expression: '$x()',
      reason: 'No $x.',
    };
    const { taken, reader } = await start({
      mapping: mapping(({ place }) =>
        Promise.resolve(
          place === 'line 1'
            ? { messages: [], faults: [fault] }
            : { messages: [{ domain: 'd', type: 'T', data: {} }], faults: [] },
        ),
      ),
    });
    const receipt = await source.accept({ key: 'a', lines: ['row {}', 'row {}'] });
    expect(await receipt.ended(signal)).toMatchObject({ status: 'REJECTED', counts: { applied: 1, rejected: 1 } });
    const { results } = await reader.results(receipt.id, { first: 5, statuses: ['REJECTED'] });
    expect(results).toMatchObject([
      { place: 'line 1', rule: 'r', field: 'quantity', expression: '$x()', refusal: { code: 'MAPPING_FAILED' } },
    ]);
    expect(taken.map(({ id }) => id)).toEqual(['a/1/0']);
    expect(await reader.message(receipt.id)).toMatchObject({ mapping: { name: 'm', version: 3 } });
  });

  it('that cannot look up references waits; one with a bug makes its record a dead letter', async () => {
    let tries = 0;
    const { faults } = await start(
      {
        mapping: mapping(({ place }) => {
          if (place === 'line 2') return Promise.reject(new TypeError('A bug.'));
          tries += 1;
          if (tries < 3) return Promise.reject(new ReferencesUnavailableError('down'));
          return Promise.resolve({ messages: [{ domain: 'd', type: 'T', data: {} }], faults: [] });
        }),
      },
      { pause: () => Promise.resolve() },
    );
    const end = await endOf('a', 'row {}', 'row {}');
    expect(end).toMatchObject({ counts: { applied: 1, deadLettered: 1 }, problems: [{ code: 'MAPPING_BROKE' }] });
    expect(faults).toHaveLength(3);
  });
});

describe('domains', () => {
  it('that are busy or not available are offered the same again, in order, at most 500 at once', async () => {
    const took: string[] = [];
    const sizes: number[] = [];
    let calls = 0;
    const intake = (): Intake => ({
      receive: (messages) => {
        calls += 1;
        sizes.push(messages.length);
        if (calls % 3 === 1) return Promise.reject(new IntakeBusyError(9));
        if (calls % 3 === 2) return Promise.reject(new IntakeUnavailableError('The store is down.'));
        took.push(...messages.map(({ id }) => id));
        return Promise.resolve(messages.map(({ id }) => ({ status: 'APPLIED', eventIds: [], messageId: id })));
      },
    });
    await start({}, { intake, pause: () => Promise.resolve() });
    const keys = Array.from({ length: 30 }, (_, n) => `k${n}`);
    const ends = await Promise.all(keys.map((key) => endOf(key, ...Array.from({ length: 70 }, () => say('New')))));
    expect(ends.every(({ status, counts }) => status === 'APPLIED' && counts.applied === 70)).toBe(true);
    expect(took).toEqual(keys.flatMap((key) => Array.from({ length: 70 }, (_, n) => `${key}/${n}/0`)));
    expect(Math.max(...sizes)).toBeLessThanOrEqual(500);
  });

  it('hold back what may be accepted: a source that will not wait is told, one that waits goes on later', async () => {
    let open: () => void = () => undefined;
    const opened = new Promise<void>((resolve) => (open = resolve));
    const intake = (): Intake => ({
      receive: async (messages) => {
        await opened;
        return messages.map(({ id }) => ({ status: 'APPLIED', eventIds: [], messageId: id }));
      },
    });
    const { exchange, ended } = await start({}, { intake });
    await Promise.all(Array.from({ length: 1000 }, (_, n) => source.accept({ key: `k${n}`, lines: [say('New')] })));
    await expect(source.accept({ key: 'more' }, { wait: false })).rejects.toMatchObject({ name: 'BacklogFullError' });
    const late = source.accept({ key: 'late', lines: [say('New')] });
    const given = new AbortController();
    const givenUp = source.accept({ key: 'given-up' }, { signal: given.signal });
    given.abort(new Error('No longer.'));
    await expect(givenUp).rejects.toThrow('No longer.');
    expect(exchange.instances()[0]?.waiting).toBe(1000);
    open();
    expect((await late).isNew).toBe(true);
    expect((await ended(1001)).at(-1)?.key).toBe('late');
  });
});

describe('people', () => {
  it('retry what failed: with the mapping of now, and without what was applied', async () => {
    let isMended = false;
    const took: string[] = [];
    const intake = (): Intake => ({
      receive: (messages) =>
        Promise.resolve(
          messages.map(({ id: messageId, type }): Outcome => {
            took.push(messageId);
            return type === 'Refused' && !isMended
              ? { status: 'REJECTED', refusal: { code: 'C', reason: 'R' }, messageId }
              : { status: 'APPLIED', eventIds: [], messageId };
          }),
        ),
    });
    const { exchange, reader } = await start({}, { intake });
    const receipt = await source.accept({ key: 'a', lines: [say('New'), say('Refused'), say('Refused', {}, 'own')] });
    expect(await receipt.ended(signal)).toMatchObject({ status: 'REJECTED' });
    isMended = true;
    await exchange.retry(receipt.id, WHO);
    expect(await receipt.ended(signal)).toMatchObject({ status: 'APPLIED', counts: { applied: 3, rejected: 0 } });
    expect(took).toEqual(['a/0/0', 'a/1/0', 'own', 'a/1/0~2', 'own~2']);
    expect(await reader.message(receipt.id)).toMatchObject({ round: 2, handling: [{ action: 'RETRIED', ...WHO }] });
    await expect(exchange.retry(receipt.id, WHO)).rejects.toMatchObject({ code: 'NOT_FAILED' });
  });

  it('discard what is not to be retried, and must say why', async () => {
    const { exchange } = await start();
    const receipt = await source.accept({ key: 'a', lines: ['throw'] });
    await receipt.ended(signal);
    await expect(exchange.discard(receipt.id, { by: '', reason: 'x' })).rejects.toMatchObject({ code: 'BAD_HANDLING' });
    await expect(exchange.discard('erp/P100 b', WHO)).rejects.toMatchObject({ code: 'UNKNOWN_MESSAGE' });
    await exchange.discard(receipt.id, WHO);
    expect(await receipt.ended(signal)).toMatchObject({ status: 'DISCARDED' });
  });
});

describe('a receiver', () => {
  it('runs again after it failed, a little later each time; its system is down after three times, and back when it answers', async () => {
    const waits: number[] = [];
    const healths: Health['state'][] = [];
    let runs = 0;
    const source_ = testSource();
    const receiver = {
      ...source_.system.receiver!,
      run: (context: { observe(of: { kind: 'ANSWERED'; tookMs: number }): void }, stop: AbortSignal) => {
        runs += 1;
        if (runs <= 5) return Promise.reject(new Error('ECONNREFUSED'));
        context.observe({ kind: 'ANSWERED', tookMs: 3 });
        return new Promise<void>((_, reject) => stop.addEventListener('abort', () => reject(stop.reason as Error)));
      },
    };
    await start(
      { receiver },
      {
        onHealth: (_, { state }) => healths.push(state),
        pause: async (ms, until) => {
          if (ms < 600_000 / 4) waits.push(ms);
          else await new Promise((resolve) => until.addEventListener('abort', resolve));
        },
      },
    );
    await vi.waitFor(() => expect(healths).toEqual(['SLOW', 'DOWN', 'UP']));
    expect(waits.map((ms, n) => ms >= 500 * 2 ** n && ms <= 1000 * 2 ** n)).toEqual(waits.map(() => true));
    expect(waits).toHaveLength(5);
    expect(test?.exchange.instances()[0]).toMatchObject({
      health: { state: 'UP' },
      lastObservation: { kind: 'ANSWERED' },
    });
  });

  it('finds its checkpoint after a restart, written after what it accepted before', async () => {
    const first = await start();
    const context = await source.context();
    const accepting = context.accept(documentOf({ key: 'a', lines: [say('New')] }));
    await context.checkpoints.write('page', { next: 2 });
    expect(await first.reader.messages({ first: 1 })).toMatchObject({ messages: [{ key: 'a' }] });
    await accepting;
    test = await first.restart();
    expect(await (await source.context()).checkpoints.read('page')).toEqual({ next: 2 });
    await expect((await source.context()).checkpoints.write('page', 'x'.repeat(70_000))).rejects.toThrow(RangeError);
  });

  it('is due at once the first time, then by its schedule', async () => {
    await start();
    const context = await source.context();
    const due = (until: AbortSignal) => context.due(until);
    await due(signal);
    const asked = due(signal).then(() => 'later');
    expect(await Promise.race([asked, Promise.resolve('now')])).toBe('now');
    expect(await asked).toBe('later');
  });
});

describe('messages that ended', () => {
  it('go after the days for which they are kept, with all that is kept of them; dead letters stay', async () => {
    let now = new Date('2026-01-05T12:00:00Z');
    const first = await start({}, { clock: () => now, keepDays: 7 });
    await endOf('small', say('New'));
    await endOf('large', say('New'), '\n'.repeat(600_000));
    await endOf('dead', 'throw', '\n'.repeat(600_000));
    now = new Date('2026-01-12T12:00:01Z');
    test = await first.restart();
    const { reader, store } = test;
    await vi.waitFor(async () => {
      expect((await reader.messages({ first: 5 })).messages.map(({ key }) => key)).toEqual(['dead']);
    });
    expect(await (await store.collection({ name: 'integration-raw', indexes: [] })).count({})).toBe(3);
    expect(await (await store.collection(INTEGRATION_RESULTS)).count({})).toBe(0);
  });
});

it('brings every document to the same end, whatever its size, however often the exchange is restarted', async () => {
  const line = fc.constantFrom(say('New'), 'fault BAD', say('Refused'), say('Known'), say('Broken'));
  const document = fc.record({
    lines: fc.array(line, { maxLength: 8 }),
    times: fc.constantFrom(1, 1, 1, 90, 200),
    word: fc.constantFrom('', '', '', 'reject', 'throw'),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(document, { minLength: 1, maxLength: 12 }), fc.nat(3), async (documents, restarts) => {
      let running = await start({}, { intake: answering() });
      try {
        const lines = documents.map((one) => [...Array.from({ length: one.times }, () => one.lines).flat(), one.word]);
        for (const [n, all] of lines.entries()) await source.accept({ key: `k${n}`, lines: all });
        for (let n = 0; n < restarts; n += 1) running = await running.restart();
        const messages = await running.ended(documents.length, 60_000);
        const count = (all: readonly string[], ...of: string[]) => all.filter((one) => of.includes(one)).length;
        expect(messages.map(({ key, counts }) => [key, counts])).toEqual(
          lines.map((given, n) => {
            const all = documents[n]?.word === '' ? given : [];
            return [
              `k${n}`,
              {
                applied: count(all, say('New')),
                duplicate: count(all, say('Known')),
                rejected: count(all, say('Refused'), 'fault BAD'),
                deadLettered: count(all, say('Broken')),
              },
            ];
          }),
        );
      } finally {
        await running.close();
        test = undefined;
      }
    }),
    { numRuns: 25 },
  );
});

function stream(body: Buffer, piece: number): AsyncIterable<Buffer> {
  return (async function* () {
    for (let at = 0; at < body.length; at += piece) yield await Promise.resolve(body.subarray(at, at + piece));
  })();
}

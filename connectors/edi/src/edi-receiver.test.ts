import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { configureDrop, type Drop } from '@takt/connector-files';
import { receiverContext, type RecordingContext } from '@takt/backing-system/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EdiReceiver } from './edi-receiver.ts';
import { readInterchange } from './interchange.ts';
import { isa, SAMPLES, st, wrongCount } from './samples.fixture.ts';

let folder: string;
let kept: Map<string, unknown>;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'takt-edi-'));
  kept = new Map();
});
afterEach(() => rm(folder, { recursive: true }));

const drop = (stillFor = '0ms'): Drop => configureDrop({ folder, stillFor }, { folder: '/', secret: () => '' });
const now = () => new Date('2026-11-21T00:00:00Z');
const list = async (name: string) => (await readdir(join(folder, name)).catch(() => [])).sort();
const put = async (name: string, content: string) => {
  await writeFile(join(folder, name), content);
};

/** Runs until the files are where they belong. */
async function receive(
  settings: Partial<ConstructorParameters<typeof EdiReceiver>[0]> = {},
  context = receiverContext('edi/foundry', now, kept),
): Promise<RecordingContext> {
  const receiver = new EdiReceiver({ drop: drop(), acknowledge: 'ALWAYS', takesTests: false, ...settings });
  const stop = new AbortController();
  const running = receiver.run(context, stop.signal).catch((error: unknown) => error);
  await expect.poll(async () => (await list('.')).filter((name) => name.endsWith('.edi'))).toEqual([]);
  await expect.poll(async () => (await list('done')).concat(await list('failed')).length % 2).toBe(0);
  stop.abort();
  await running;
  return context;
}

async function answers(): Promise<string[]> {
  const names = await list('out');
  return Promise.all(names.map((name) => readFile(join(folder, 'out', name), 'utf8')));
}

describe('a file', () => {
  it('becomes one document for each interchange, is answered and put away with a report', async () => {
    await put('a.edi', SAMPLES['830'] + SAMPLES.DELFOR);
    const { accepted } = await receive();
    expect(
      accepted.map(({ mediaType, name, documentNumbers, time }) => ({ mediaType, name, documentNumbers, time })),
    ).toEqual([
      {
        mediaType: 'application/edi-x12',
        name: 'a.edi',
        documentNumbers: ['000000001', 'FC-47', '4500'],
        time: '2026-11-20T08:15:00.000Z',
      },
      {
        mediaType: 'application/edifact',
        name: 'a.edi',
        documentNumbers: ['11', 'FC-47'],
        time: '2026-11-20T08:15:00.000Z',
      },
    ]);
    expect(await list('done')).toEqual(['a.edi', 'a.edi.report.json']);
    const [first = '', second = ''] = await answers();
    expect(first).toContain('AK1*PS*1~\nAK2*830*0001~\nAK3*FST*14**8~\nAK4*1**6*x~\nAK5*E*5~\nAK9*E*1*1*1~');
    expect(second).toContain("UCI+11+SUPPLIER:ZZ+PLANT:ZZ+7'");
    for (const text of [first, second]) {
      const { faults, sender, receiver } = readInterchange(text);
      expect({ faults, sender: sender.id, receiver: receiver.id }).toEqual({
        faults: [],
        sender: 'PLANT',
        receiver: 'SUPPLIER',
      });
    }
  });

  it.each([
    ['a wrong count', wrongCount(SAMPLES['830'], 'SE*'), 'AK5*R*4~\nAK9*R*1*1*0~'],
    ['a cut', SAMPLES['830'].slice(0, 500), 'TA1*000000001*261120*0815*R*023~'],
    ['a message that nobody reads', isa('1', st('810', ['BIG*1']), 'IN'), 'AK2*810*0001~\nAK5*R*1~\nAK9*R*1*1*0~'],
    ['a segment that is missing', isa('1', st('856', ['HL*1**S']), 'SH'), 'AK3*ST*1**3~\nAK5*R*5~'],
    ['a count of EDIFACT', wrongCount(SAMPLES.DELFOR, 'UNT+'), "UCI+11+SUPPLIER:ZZ+PLANT:ZZ+4+29+UNT'"],
    [
      'a date of EDIFACT',
      SAMPLES.DELFOR.replaceAll('DTM+2:', 'DTM+2:9'),
      "UCM+1+DELFOR:D:96A:UN+4'\nUCS+13'\nUCD+12+2:2'",
    ],
  ])('is answered with what is wrong: %s', async (_what, text, expected) => {
    await put('a.edi', text);
    await receive();
    expect((await answers()).join('')).toContain(expected);
  });

  it('is not answered where it is an answer, a copy of ours, or nobody asks for it', async () => {
    await put('a.edi', isa('1', st('997', ['AK1*PS*77', 'AK9*R*1*1*0']), 'FA'));
    const { accepted } = await receive();
    expect(accepted[0]?.documentNumbers).toEqual(['000000001', '77']);
    await put('b.edi', SAMPLES['830']);
    await receive({ acknowledge: 'NEVER' });
    await put('c.edi', SAMPLES.DELFOR);
    await receive({ acknowledge: 'REQUESTED' });
    expect(await answers()).toEqual([]);
  });

  it('that cannot be cut into interchanges is one document, and failed', async () => {
    await put('a.edi', 'hello');
    const context = receiverContext('edi/foundry', now, kept);
    const counts = { applied: 0, duplicate: 0, rejected: 0, deadLettered: 0 };
    context.endWith({ status: 'REJECTED', records: 0, counts, problems: [] });
    await receive({}, context);
    expect(context.accepted.map(({ body }) => String(body))).toEqual(['hello']);
    expect(await list('failed')).toEqual(['a.edi', 'a.edi.report.json']);
  });

  it('that comes again is recognised and not answered again', async () => {
    await put('a.edi', SAMPLES['830']);
    const context = await receive();
    await put('a.edi', SAMPLES['830']);
    context.tick();
    await receive({}, context);
    expect(context.accepted).toHaveLength(1);
    expect(context.repeated).toHaveLength(1);
    expect(await answers()).toHaveLength(1);
    expect(await list('done')).toEqual(['a.edi', 'a.edi.2', 'a.edi.2.report.json', 'a.edi.report.json']);
  });

  it('is answered once with one number, wherever it was cut off', async () => {
    await put('a.edi', SAMPLES['830']);
    const context = receiverContext('edi/foundry', now, kept);
    const open = () => Object.assign(drop().open(), { move: () => Promise.reject(new Error('power cut')) });
    const once = new EdiReceiver({ drop: { ...drop(), open }, acknowledge: 'ALWAYS', takesTests: false });
    await expect(once.run(context, new AbortController().signal)).rejects.toThrow('power cut');
    const before = await answers();
    context.tick();
    await receive({}, context);
    expect(await answers()).toEqual(before);
    expect(context.accepted).toHaveLength(1);
  });

  it('says so where a control number comes again with other content', async () => {
    await put('a.edi', SAMPLES['830']);
    const context = await receive();
    await put('b.edi', SAMPLES['830'].replace('FST*100', 'FST*999'));
    context.tick();
    await receive({}, context);
    expect(context.accepted.map(({ attributes }) => attributes)).toEqual([{}, { isRepeated: 'true' }]);
    expect((await answers())[1]).toContain('TA1*000000001*261120*0815*R*025~');
    const receiver = new EdiReceiver({ drop: drop(), acknowledge: 'ALWAYS', takesTests: false });
    const [, second] = context.accepted;
    const document = { ...second!, id: '', receivedAt: '', time: '', bytes: 0, body: () => chunks(second!.body) };
    await expect(receiver.parse(document).next()).rejects.toThrow('CONTROL_NUMBER_REPEATED');
  });

  it('tells cumulatives that contradict what was told before', async () => {
    await put('a.edi', SAMPLES['830']);
    const context = await receive();
    const later = SAMPLES['830'].replaceAll('000000001', '000000021').replace('*20261120***4500', '*20261121***4500');
    await put('b.edi', later.replace('SHP*02*500', 'SHP*02*450'));
    context.tick();
    await receive({}, context);
    expect(context.accepted[1]?.attributes?.cumulativeMismatches).toBe(
      '[{"place":"segment 7 (LIN)","reason":"4500 line 10: The quantity received so far was 500 on 2026-11-20, now it is 450."}]',
    );
  });

  it('is not read while it grows', async () => {
    await put('a.edi', SAMPLES['830']);
    let time = 0;
    const context = receiverContext('edi/foundry', () => new Date(time), kept);
    const receiver = new EdiReceiver({ drop: drop('1s'), acknowledge: 'NEVER', takesTests: false });
    const stop = new AbortController();
    const running = receiver.run(context, stop.signal).catch((error: unknown) => error);
    await expect.poll(() => context.observed.length).toBe(1);
    time = 1500;
    await put('a.edi', `${SAMPLES['830']}${SAMPLES.DELFOR}`);
    context.tick();
    await expect.poll(() => context.observed.length).toBe(2);
    expect(context.accepted).toEqual([]);
    time = 3000;
    context.tick();
    await expect.poll(() => context.accepted.length).toBe(2);
    stop.abort();
    await running;
  });
});

async function* chunks(body: Buffer) {
  yield await Promise.resolve(body);
}

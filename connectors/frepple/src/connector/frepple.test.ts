import { appendFileSync, existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Configured, RawDocument, ReceiverContext } from '@takt/backing-system';
import { receiverContext, type RecordingContext } from '@takt/backing-system/testing';
import type { CloudEvent } from '@takt/event-log';
import { NO_CROSS_REFERENCES, type SourceRecord } from '@takt/mapping';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fixtureFile, record } from '../write-fixture.ts';
import { frepple } from './frepple.ts';
import { parseDrop } from './parse-drop.ts';

const publicFolder = fileURLToPath(new URL('../../../../../shared/data/frepple-demo/', import.meta.url));
const arePublicThere = existsSync(publicFolder);
if (!arePublicThere) console.warn(`Skipped the drop of frePPLe's public fixtures: ${publicFolder} is not there.`);

let folder: string;
let now: number;
let context: RecordingContext;
let kept: Map<string, unknown>;
let stopped: AbortController;
let running: Promise<void> | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'takt-frepple-'));
  now = Date.parse('2026-11-23T08:00:00Z');
  kept = new Map();
  begin();
});
afterEach(async () => {
  await stop();
  await rm(folder, { recursive: true });
});

/** Each look is a second later. */
function begin(): void {
  context = receiverContext('frepple/main', () => new Date((now += 1_000)), kept);
  stopped = new AbortController();
}

function configure(settings: object = {}): Configured {
  const setup = { secret: () => '', system: 'frepple/main', folder, mapping: undefined };
  return frepple.configure({ folder: 'in', stillSeconds: 0.01, ...settings } as never, setup);
}

function start(over: ReceiverContext = context): void {
  const { receiver } = configure();
  running = receiver!.run(over, stopped.signal).catch((error: unknown) => {
    if (!stopped.signal.aborted) throw error;
  });
}

async function stop(): Promise<void> {
  stopped.abort(new Error('stopped'));
  await running;
  running = undefined;
}

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setImmediate(resolve));
}

const PLANT = fixtureFile([record('input.location', { name: 'P100' }), record('input.item', { name: 'BOLT' })]);

async function drop(name: string, text = PLANT.text): Promise<void> {
  const path = join(folder, 'in', name);
  await mkdir(join(path, '..'), { recursive: true });
  await writeFile(path, text);
}

const movedTo = async (where: 'done' | 'failed'): Promise<string[]> => {
  const path = join(folder, 'in', where);
  return existsSync(path) ? (await readdir(path, { recursive: true })).sort() : [];
};

function rawDocument(body: Buffer): RawDocument {
  const at = '2026-11-23T08:00:00Z';
  const chunks = async function* () {
    yield await Promise.resolve(body);
  };
  return {
    id: '1',
    key: 'k',
    mediaType: 'application/json',
    bytes: body.length,
    time: at,
    receivedAt: at,
    body: chunks,
  };
}

async function recordsOf(body: Buffer): Promise<SourceRecord[]> {
  const records: SourceRecord[] = [];
  for await (const each of parseDrop(rawDocument(body), { timeZone: 'UTC', unit: 'EA' })) records.push(each);
  return records;
}

describe('what frePPLe exports', () => {
  it('is one drop if it lies together, and is moved with a report when it has ended', async () => {
    await drop('plant.json');
    await drop('demand.json', '[]');
    await drop('.half.json', 'x');
    await drop('readme.txt', 'x');
    start();
    await until(async () => (await movedTo('done')).length === 4);
    expect(context.accepted).toHaveLength(1);
    expect((await movedTo('done')).map((path) => path.split('/')[1])).toEqual([
      undefined,
      'demand.json',
      'plant.json',
      'report.json',
    ]);
    expect((await readdir(join(folder, 'in'))).sort()).toEqual(['.half.json', 'done', 'readme.txt']);
    const records = await recordsOf(context.accepted[0]!.body);
    const types = records.map((each) => ('message' in each ? each.message.type : each));
    expect(types).toEqual(expect.arrayContaining(['LocationReported', 'ProductReported']));
    await until(() => kept.get('moving') === null);
  });

  it('is a drop of its own in each subfolder', async () => {
    await drop('a/plant.json');
    await drop('b/plant.json', '[]');
    start();
    await until(async () => (await movedTo('done')).filter((path) => path.endsWith('plant.json')).length === 2);
    expect(context.accepted.map(({ name }) => name)).toEqual(['a', 'b']);
  });

  it('is not read while it grows', async () => {
    await drop('plant.json', '[');
    let looks = 0;
    const clock = () => {
      looks += 1;
      if (looks <= 4) appendFileSync(join(folder, 'in', 'plant.json'), looks < 4 ? ' ' : ']');
      return new Date((now += 1_000));
    };
    start({ ...context, clock });
    await until(() => context.accepted.length === 1);
    expect(looks).toBeGreaterThan(4);
    const { files } = JSON.parse(context.accepted[0]!.body.toString()) as { files: { base64: string }[] };
    expect(Buffer.from(files[0]!.base64, 'base64').toString()).toBe('[   ]');
  });

  it('goes to failed when it is refused', async () => {
    await drop('plant.json', '[{"model":"input.item","fields":{}}]');
    const counts = { applied: 0, duplicate: 0, rejected: 0, deadLettered: 0 };
    const refusal = { code: 'FAULTY_IMPORT', reason: 'name' };
    context.endWith({ status: 'REJECTED', refusal, records: 0, counts, problems: [] });
    start();
    await until(async () => (await movedTo('failed')).length === 3);
    const report = (await movedTo('failed')).find((path) => path.endsWith('report.json')) ?? '';
    expect(await readFile(join(folder, 'in', 'failed', report), 'utf8')).toContain('FAULTY_IMPORT');
    await expect(recordsOf(context.accepted[0]!.body)).rejects.toMatchObject({ code: 'FAULTY_IMPORT' });
  });

  it('that was half moved when it was stopped is moved to the end, not taken for another drop', async () => {
    await drop('plant.json');
    await drop('done/x/demand.json', '[]');
    const from = join(folder, 'in');
    kept.set('moving', { from, files: ['demand.json', 'plant.json'], to: join(from, 'done', 'x') });
    start();
    await until(async () => (await movedTo('done')).includes('x/plant.json'));
    await until(() => kept.get('moving') === null);
    expect(context.accepted).toHaveLength(0);
  });

  it('is accepted under the same key after it was stopped before its end', async () => {
    await drop('plant.json');
    const accept: ReceiverContext['accept'] = context.accept.bind(context);
    context.accept = async (document, options) => ({
      ...(await accept(document, options)),
      ended: (signal) =>
        new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error))),
    });
    start();
    await until(() => context.accepted.length === 1);
    await stop();
    context.accept = accept;
    stopped = new AbortController();
    start();
    await until(async () => (await movedTo('done')).length === 3);
    expect(context.accepted).toHaveLength(1);
    expect(context.repeated).toEqual([context.accepted[0]!.key]);
  });

  it('is not followed out of the folder', async () => {
    await writeFile(join(folder, 'secret.json'), '[]');
    await mkdir(join(folder, 'in'));
    await symlink(join(folder, 'secret.json'), join(folder, 'in', 'link.json'));
    start();
    await until(() => now > Date.parse('2026-11-23T08:00:00Z'));
    await stop();
    expect(context.accepted).toHaveLength(0);
  });

  it.skipIf(!arePublicThere)('is taken from its public demos, two files that need each other', async () => {
    await mkdir(join(folder, 'in'));
    for (const name of ['manufacturing_demo.json', 'forecast_manufacturing_demo.json']) {
      await copyFile(join(publicFolder, name), join(folder, 'in', name));
    }
    start();
    await until(() => context.accepted.length === 1);
    const records = await recordsOf(context.accepted[0]!.body);
    expect(records.length).toBeGreaterThan(100);
    expect(records.every((each) => 'message' in each)).toBe(true);
  });
});

it('gives records or a refusal, whatever a drop holds', async () => {
  const files = fc.array(fc.record({ name: fc.string(), base64: fc.base64String() }), { maxLength: 3 });
  await fc.assert(
    fc.asyncProperty(files, async (given) => {
      const read = recordsOf(Buffer.from(JSON.stringify({ files: given })));
      await read.catch((error: unknown) => expect(error).toHaveProperty('code', expect.any(String)));
    }),
  );
});

describe('a command', () => {
  const command = (type: string, data: object, id = 'c1'): CloudEvent => ({
    specversion: '1.0',
    id,
    source: 'takt/production-orders',
    type,
    time: '2026-11-23T08:00:00Z',
    datacontenttype: 'application/json',
    dataschema: `${type}.v1`,
    correlationid: id,
    cause: 'MANUAL',
    data,
  });
  const revision = (to: object, id?: string) =>
    command('ApplyScheduleRevision', { id: 'MO "1", a', sku: 'S', location: 'P', number: 1, from: {}, to }, id);
  const send = (event: CloudEvent, settings: object = {}) =>
    configure({ out: 'out', ...settings }).connect!({ crossReferences: NO_CROSS_REFERENCES }).send(
      event,
      new AbortController().signal,
    );
  const written = async () => {
    const names = (await readdir(join(folder, 'out'))).sort();
    return Promise.all(
      names.map(async (name) => [name.split('.')[0], await readFile(join(folder, 'out', name), 'utf8')]),
    );
  };

  it('is a file that frePPLe imports, the same when it comes again', async () => {
    const to = {
      scheduledStart: '2026-11-30T06:00:00Z',
      scheduledEnd: '2026-12-01T14:30:00Z',
      quantity: { value: '120.5', unit: 'PC' },
      operations: [{ sequence: 10, scheduledStart: '2026-11-30T06:00:00Z' }],
    };
    for (let each = 0; each < 2; each += 1) {
      expect(await send(revision(to), { timeZone: 'Europe/Berlin' })).toMatchObject({ kind: 'TAKEN' });
    }
    expect(await written()).toEqual([
      [
        'manufacturingorder',
        'reference,start date,end date,quantity\n"MO ""1"", a",2026-11-30 07:00:00,2026-12-01 15:30:00,120.5\n',
      ],
    ]);
  });

  it('that follows another of its order goes into the same file, and the later one counts', async () => {
    const quantity = { value: '7', unit: 'PC' };
    await send(revision({ scheduledEnd: '2026-12-01T14:30:00Z', quantity }, 'c1'));
    await send(revision({ scheduledEnd: '2026-12-02T14:30:00Z' }, 'c2'));
    await send(command('ApplyOrderRelease', { id: 'MO "1", a' }, 'c3'));
    expect(await written()).toEqual([
      ['manufacturingorder', 'reference,end date,quantity,status\n"MO ""1"", a",2026-12-02 14:30:00,7,confirmed\n'],
    ]);
  });

  it('whose reference a spreadsheet would run is refused', async () => {
    const answer = await send(command('ApplyOrderRelease', { id: '=cmd|calc' }));
    expect(answer).toMatchObject({ kind: 'REFUSED' });
    expect(existsSync(join(folder, 'out'))).toBe(false);
  });

  it('of a release confirms the order', async () => {
    await send(command('ApplyOrderRelease', { id: 'MO-1', sku: 'S', location: 'P' }), { delimiter: ';' });
    expect(await written()).toEqual([['manufacturingorder', 'reference;status\nMO-1;confirmed\n']]);
  });

  it('tells another resource only where orders have one step', async () => {
    const to = { operations: [{ sequence: 10, workCenter: 'MILL-2' }] };
    expect(await send(revision(to))).toMatchObject({ kind: 'REFUSED' });
    expect(await send(revision(to), { oneStep: true })).toMatchObject({ kind: 'TAKEN' });
    expect(await written()).toEqual([['operationplanresource', 'reference,resource\n"MO ""1"", a",MILL-2\n']]);
  });

  it('to schedule is the demand that is to be met, a file each', async () => {
    const demand = {
      id: 'SO-1/10',
      sku: 'PUMP',
      location: 'P100',
      customer: 'ACME',
      dueAt: '2026-12-01T14:30:00Z',
      quantity: { value: '12.5', unit: 'PC' },
    };
    const demands = [demand, { ...demand, id: 'SO-2/10', priority: 1 }];
    expect(await send(command('RequestSchedule', { demands }), { timeZone: 'Europe/Berlin' })).toMatchObject({
      kind: 'TAKEN',
    });
    const rest = 'PUMP,P100,ACME,2026-12-01 15:30:00,12.5,open';
    expect((await written()).sort()).toEqual([
      ['demand', `name,item,location,customer,due,quantity,status\nSO-1/10,${rest}\n`],
      ['demand', `name,item,location,customer,due,quantity,status,priority\nSO-2/10,${rest},1\n`],
    ]);
    expect(await send(command('RequestSchedule', { demands: [] }))).toMatchObject({ kind: 'REFUSED' });
  });

  it('that frePPLe has no file for is refused', async () => {
    const steps = { operations: [{ sequence: 10, scheduledStart: '2026-11-30T06:00:00Z' }] };
    expect(await send(revision(steps))).toMatchObject({ kind: 'REFUSED' });
    expect(await send(command('ApplyConfirmation', {}))).toMatchObject({ kind: 'REFUSED' });
    expect(existsSync(join(folder, 'out'))).toBe(false);
  });

  it('waits while the folder cannot be written', async () => {
    await writeFile(join(folder, 'file'), '');
    const answer = await send(revision({ quantity: { value: '1', unit: 'PC' } }), { out: 'file' });
    expect(answer).toMatchObject({ kind: 'DOWN', reason: expect.stringContaining('E') as string });
  });
});

it.each([
  [{ folder: undefined }, 'It needs a folder'],
  [{ out: 'in/out' }, 'must not be within folder'],
  [{ out: 'in' }, 'must not be within folder'],
  [{ timeZone: 'Mars/Base' }, 'There is no time zone Mars/Base.'],
])('refuses settings that make no sense: %j', (settings, problem) => {
  expect(() => configure(settings)).toThrow(problem);
});

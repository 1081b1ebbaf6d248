import { appendFile, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inboundMessage } from '@takt/intake';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { livePlant } from '../live-plant.ts';
import type { DemoOptions } from '../plan.ts';
import { CONTROL_FILE, openControl, type SystemFaults } from './control.ts';
import { startPlantSystems, type PlantSystems } from './plant-systems.ts';

const PLANT: DemoOptions = { seed: 1, size: 'small', today: '2026-11-26' };
const clock = () => new Date('2026-11-26T10:00:00Z');
let folder: string;
let systems: PlantSystems;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'takt-plant-'));
  systems = await startPlantSystems(PLANT, folder, clock);
});
afterEach(async () => {
  await systems.close();
  await rm(folder, { recursive: true, force: true });
});

async function happen(type: string, data: object): Promise<string> {
  const [outcome] = await systems.send('inventory', [inboundMessage({ type, source: 'demo/plant', data }, clock)]);
  return outcome?.status ?? 'NOTHING';
}

const [order] = livePlant(PLANT).firmed;
const [position] = livePlant(PLANT).positions;

describe('the systems of the demo plant', () => {
  it('are declared by one file each, whose secrets are in the environment alone', async () => {
    const files = await readdir(systems.instances);
    const texts = await Promise.all(files.map((name) => readFile(join(systems.instances, name), 'utf8')));
    expect(texts.map((text) => /^instance: (.*)$/m.exec(text)?.[1]).sort()).toEqual(
      systems.peers.map(({ system }) => system).sort(),
    );
    for (const [name, value] of Object.entries(systems.env)) {
      expect(texts.some((text) => text.includes(name))).toBe(true);
      if (!name.endsWith('_USER')) expect(texts.some((text) => text.includes(value))).toBe(false);
    }
  });

  it('release an order once, also after a restart', async () => {
    const id = order!.report.id;
    expect(await happen('ReleaseProductionOrder', { id })).toBe('APPLIED');
    expect(await happen('ReleaseProductionOrder', { id })).toBe('REJECTED');
    await systems.close();
    systems = await startPlantSystems(PLANT, folder, clock);
    expect(await happen('ReleaseProductionOrder', { id })).toBe('REJECTED');
  });

  it('issue no more than there is, also after a restart', async () => {
    const { sku, location, unit, lot, level } = position!;
    const issue = (amount: number, line: number) =>
      happen('StockMoved', {
        document: 'GI-1',
        line,
        type: 'ISSUE',
        sku,
        location,
        ...(lot !== undefined && { lot }),
        status: 'UNRESTRICTED',
        quantity: { value: String(amount), unit },
      });
    expect(await issue(level, 1)).toBe('APPLIED');
    expect(await issue(1, 2)).toBe('REJECTED');
    expect((await readdir(join(folder, 'wms'))).filter((name) => name.endsWith('.csv'))).toHaveLength(1);
    await systems.close();
    systems = await startPlantSystems(PLANT, folder, clock);
    expect(await issue(1, 3)).toBe('REJECTED');
  });

  it('know their stock after an end in the middle of a line, and after what they wrote since', async () => {
    await appendFile(join(folder, 'wms-stock.jsonl'), '["half');
    for (let run = 0; run < 2; run += 1) {
      await systems.close();
      systems = await startPlantSystems(PLANT, folder, clock);
      const { sku, location, unit, lot } = position!;
      const data = { document: 'GR-1', line: run, type: 'RECEIPT', sku, location, lot, status: 'UNRESTRICTED' };
      expect(await happen('StockMoved', { ...data, quantity: { value: '1', unit } })).toBe('APPLIED');
    }
  });

  it('say in words what the laboratory decides', async () => {
    const hold = { id: order!.report.id, hold: 'QH-7', scope: 'ORDER', reason: 'Leak', placedBy: 'Lab' };
    expect(await happen('PlaceQualityHold', hold)).toBe('APPLIED');
    const text = await readFile(join(folder, 'quality', 'qh-7-hold.csv'), 'utf8');
    expect(text).toBe(`number;decision;order;scope;reason;by\nQH-7;HOLD;${hold.id};ORDER;Leak;Lab\n`);
  });
});

describe('the control of their faults', () => {
  it('lists and switches them for who has the token', async () => {
    const file = join(folder, CONTROL_FILE);
    const close = await openControl(systems.peers, file);
    const { url, token } = JSON.parse(await readFile(file, 'utf8')) as { url: string; token: string };
    const ask = (body?: object, bearer = token) =>
      fetch(url, {
        method: body ? 'POST' : 'GET',
        headers: { authorization: `Bearer ${bearer}` },
        ...(body && { body: JSON.stringify(body) }),
      });
    expect((await ask(undefined, 'guessed')).status).toBe(401);
    expect((await ask({ system: 'erp/P100', fault: 'down', on: 'yes' })).status).toBe(400);
    expect((await ask({ system: 'erp/P999', fault: 'down', on: true })).status).toBe(404);
    const switched = (await (await ask({ system: 'erp/P100', fault: 'down', on: true })).json()) as SystemFaults[];
    expect(switched.find(({ system }) => system === 'erp/P100')?.faults).toEqual(['down']);
    expect(systems.peers.find(({ system }) => system === 'erp/P100')?.faults.isOn('down')).toBe(true);
    await close();
    await expect(ask()).rejects.toThrow();
  });

  it('outlives who is gone before it has said what it wants', async () => {
    const file = join(folder, CONTROL_FILE);
    const close = await openControl(systems.peers, file);
    const { url, token } = JSON.parse(await readFile(file, 'utf8')) as { url: string; token: string };
    const headers = { authorization: `Bearer ${token}` };
    const gone = request(url, { method: 'POST', headers: { ...headers, 'content-length': '100' } });
    gone.on('error', () => undefined);
    gone.write('{');
    await vi.waitFor(() => expect(gone.socket?.bytesWritten).toBeGreaterThan(100));
    const closed = new Promise((resolve) => gone.once('close', resolve));
    gone.destroy();
    await closed;
    expect((await fetch(url, { headers })).status).toBe(200);
    await close();
  });
});

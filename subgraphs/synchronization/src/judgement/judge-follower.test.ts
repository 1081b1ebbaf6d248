import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLmdbStore } from '@takt/document-store';
import { openEmbeddedLog } from '@takt/event-log';
import { inboundMessage, IntakeBusyError, openIntake, type InboundMessage } from '@takt/intake';
import { expect, it, onTestFinished, vi } from 'vitest';
import { openPendingUnits } from '../picture/pending-store.ts';
import type { Picture } from '../picture/picture.ts';
import type { PlanningUnitKey, UnitFacts } from '../picture/unit-facts.ts';
import { policy } from '../policy/policy.ts';
import { forecast, productionOrder, pump, stock } from '../supply-demand/facts.fixture.ts';
import { openDailyLooks } from './daily-look-store.ts';
import type { Decision } from './decision.ts';
import { startJudging, type JudgeOptions } from './judge-follower.ts';
import { TABLE } from './judgement.fixture.ts';
import { planningUnit } from './planning-unit.ts';

it('begins with a baseline, then decides what is other than that, once', async () => {
  const world = await openWorld();
  world.knows('PUMP', { forecasts: [forecast({ '2027-01-04': 50 })], stock: stock(500) });
  await world.mark('PUMP');
  await world.judged('PUMP');
  expect(await world.unit('PUMP')).toMatchObject({ changes: 1, baseline: [{ week: '2027-01-04', demand: '50' }] });

  world.knows('PUMP', { forecasts: [forecast({ '2027-01-04': 90 })], stock: stock(500) });
  await world.mark('PUMP');
  await world.judged('PUMP');
  expect(await world.decisions()).toMatchObject([
    { id: 'PUMP@P100:1', outcome: 'SUPPRESS', begins: true },
    { id: 'PUMP@P100:2', outcome: 'RECALCULATE', lines: [{ week: '2027-01-04', baseline: '50', now: '90' }] },
  ]);

  await world.mark('PUMP');
  await world.judged('PUMP');
  expect(await world.decisions()).toHaveLength(2);
});

it('gives no baseline to what has just been heard of, nor while a plant is being loaded', async () => {
  const world = await openWorld({}, 60);
  world.isLoading = true;
  world.knows('PUMP', { stock: stock(1) });
  await world.mark('PUMP');
  await world.judged('PUMP');
  world.now = '2026-11-26T08:00:59.000Z';
  await world.judged('PUMP');
  world.now = '2026-11-26T08:01:10.000Z';
  await world.judged('PUMP');
  expect(await world.decisions()).toEqual([]);

  world.isLoading = false;
  world.now = '2026-11-26T08:01:20.000Z';
  await world.judged('PUMP');
  expect(await world.decisions()).toMatchObject([{ id: 'PUMP@P100:1', begins: true }]);
});

it('gives no baseline as soon as it starts to what was heard of long before: the rest of it may be heard yet', async () => {
  const world = await openWorld({}, 60);
  world.knows('PUMP', { stock: stock(1) });
  await world.mark('PUMP');
  await world.close();

  // when it starts again an hour later
  world.now = '2026-11-26T09:00:00.000Z';
  world.start();
  await world.judged('PUMP');
  expect(await world.decisions()).toEqual([]);

  world.now = '2026-11-26T09:01:00.000Z';
  await world.judged('PUMP');
  expect(await world.decisions()).toMatchObject([{ id: 'PUMP@P100:1', begins: true }]);
});

it('defers what a system that is away would have to take, and judges it anew as soon as that is back', async () => {
  const world = await openWorld();
  const makingOrders = [productionOrder('P1', '2027-01-08', 50, { owner: 'SOURCE', ownerSystem: 'erp/1' })];
  const know = (quantity: number) => {
    world.knows('PUMP', { forecasts: [forecast({ '2027-01-04': quantity })], stock: stock(500), makingOrders });
    return world.mark('PUMP');
  };
  await know(50);
  await world.judged('PUMP');

  world.away = ['erp/1', 'erp/2'];
  await know(90);
  await world.judged('PUMP');
  expect((await world.decisions()).at(-1)).toMatchObject({ id: 'PUMP@P100:2', deferred: 'Waits for erp/1.' });

  world.away = [];
  await world.mark('PUMP');
  await world.judged('PUMP');
  const decision = (await world.decisions()).at(-1);
  expect(decision).toMatchObject({ id: 'PUMP@P100:3', outcome: 'RECALCULATE', supersedes: 'PUMP@P100:2' });
  expect(decision).not.toHaveProperty('deferred');
});

it('leaves alone what is not due yet, and judges what has been due longest first', async () => {
  const world = await openWorld();
  world.knows('PUMP', { stock: stock(1) });
  world.knows('VALVE', { stock: stock(1) });
  await world.pending.mark([
    { sku: 'PUMP', location: 'P100', dueAt: '2026-11-26T07:00:00.000Z', triggers: [] },
    { sku: 'VALVE', location: 'P100', dueAt: '2026-11-26T06:00:00.000Z', triggers: [] },
    { sku: 'CASING', location: 'P100', dueAt: '2026-11-26T09:00:00.000Z', triggers: [] },
  ]);
  await world.judged('PUMP');
  expect((await world.decisions()).map(({ id }) => id)).toEqual(['VALVE@P100:1', 'PUMP@P100:1']);
  expect(await world.pending.count()).toBe(1);
});

it('judges again what cools down, when that is over', async () => {
  const world = await openWorld({ coolDownMinutes: 60 });
  const demand = async (pieces: number) => {
    world.knows('PUMP', { forecasts: [forecast({ '2027-01-04': pieces })], stock: stock(500) });
    await world.mark('PUMP');
    await world.judged('PUMP');
  };
  await demand(50);
  await demand(90);
  world.now = '2026-11-26T08:10:00.000Z';
  await demand(150);
  expect((await world.decisions()).map(({ outcome }) => outcome)).toEqual(['SUPPRESS', 'RECALCULATE', 'SUPPRESS']);
  expect(await world.pending.count()).toBe(1);
  await world.mark('PUMP');
  await world.judged('PUMP');
  expect(await world.pending.count(), 'also if nothing new is heard meanwhile').toBe(1);

  world.now = '2026-11-26T09:00:00.000Z';
  await world.judged('PUMP');
  expect((await world.decisions()).at(-1)).toMatchObject({
    outcome: 'RECALCULATE',
    lines: [{ baseline: '90', now: '150' }],
  });
});

it('looks again each day at what time alone may change, and not at what is as everybody knows it', async () => {
  const world = await openWorld();
  const fences = { sku: 'PUMP', location: 'P100', type: 'FINISHED', demandTimeFenceDays: 5 } as const;
  const needed = (sku: string) => ({ forecasts: [forecast({ '2026-12-07': 50 })], itemLocation: { ...fences, sku } });
  world.knows('PUMP', needed('PUMP'));
  world.knows('VALVE', { ...needed('VALVE'), stock: stock(50) });
  await world.mark('PUMP');
  await world.mark('VALVE');
  await world.judged('PUMP');
  await world.judged('VALVE');
  expect((await world.decisions()).map(({ outcome }) => outcome)).toEqual(['SUPPRESS', 'SUPPRESS']);
  // four o'clock in Berlin, each day
  for (const day of ['27', '28', '29', '30']) {
    world.now = `2026-11-${day}T03:00:00.000Z`;
    await world.looked();
  }
  expect((await world.decisions()).filter(({ begins }) => !begins)).toEqual([]);
  world.now = '2026-12-01T03:00:00.000Z';
  await vi.waitFor(async () => expect(await world.decisions()).toHaveLength(3), { timeout: 5_000 });
  expect((await world.decisions())[2]).toMatchObject({
    outcome: 'EXCEPTION',
    lines: [{ week: '2026-12-07', measure: 'SHORTAGE', zone: 'FROZEN', baseline: '0', now: '50' }],
  });
});

it('judges a unit anew that somebody else judged meanwhile', async () => {
  const world = await openWorld();
  world.knows('PUMP', { forecasts: [forecast({ '2027-01-04': 50 })] });
  world.meanwhile = async (messages) => {
    world.meanwhile = undefined;
    await world.receive(messages.map((message) => ({ ...message, id: 'by somebody else' })));
  };
  await world.mark('PUMP');
  await world.judged('PUMP');
  expect(await world.decisions()).toHaveLength(1);
  expect(world.onFault).not.toHaveBeenCalled();
});

it('judges the others when nothing can be made of what is known of one, and tries that again later', async () => {
  const world = await openWorld();
  world.knows('PUMP', { place: { ...pump().place!, timeZone: 'Nowhere/Land' } });
  world.knows('VALVE', { stock: stock(1) });
  await world.mark('PUMP', '2026-11-26T06:00:00.000Z');
  await world.mark('VALVE');
  await world.judged('VALVE');
  expect(await world.decisions()).toMatchObject([{ id: 'VALVE@P100:1' }]);
  expect(world.onFault).toHaveBeenCalledWith(expect.stringMatching(/^PUMP at P100 cannot be judged: .*nowhere/i));

  world.knows('PUMP', { stock: stock(1) });
  world.now = '2026-11-26T08:10:00.000Z';
  await world.judged('PUMP');
  expect(await world.decisions()).toMatchObject([{ id: 'VALVE@P100:1' }, { id: 'PUMP@P100:1' }]);
});

it('goes on when messages are taken again, and keeps waiting what was not', async () => {
  const world = await openWorld();
  world.knows('PUMP', { stock: stock(1) });
  let attempts = 0;
  world.meanwhile = () => (attempts++ < 2 ? Promise.reject(new IntakeBusyError(10_000)) : Promise.resolve());
  await world.mark('PUMP');
  await world.judged('PUMP');
  expect(attempts).toBe(3);
  await vi.waitFor(async () => expect(await world.decisions()).toHaveLength(1));
  expect(world.onFault).toHaveBeenCalledTimes(2);
});

it('stops at once, whatever waits', async () => {
  const world = await openWorld();
  world.knows('PUMP', { stock: stock(1) });
  world.meanwhile = () => Promise.reject(new IntakeBusyError(10_000));
  await world.mark('PUMP');
  await vi.waitFor(() => expect(world.onFault).toHaveBeenCalledTimes(3), { timeout: 5_000 });
  const began = performance.now();
  await world.close();
  expect(performance.now() - began).toBeLessThan(1_000);
  expect(await world.pending.count()).toBe(1);
});

/** Time passes ten times as fast; the clock stands still until it is set. */
async function openWorld(table: Partial<typeof TABLE> = {}, settle = 0) {
  const directory = await mkdtemp(join(tmpdir(), 'takt-judge-'));
  const store = await openLmdbStore({ directory: join(directory, 'documents') });
  const log = await openEmbeddedLog({ directory: join(directory, 'log') });
  const units = new Map<string, UnitFacts>();
  const world = {
    now: '2026-11-26T08:00:00.000Z',
    meanwhile: undefined as ((messages: readonly InboundMessage[]) => Promise<void>) | undefined,
    isLoading: false,
    away: [] as string[],
    settleSeconds: settle,
    onFault: vi.fn(),
  };
  const clock = () => new Date(world.now);
  const intake = await openIntake({ store, log, aggregates: [planningUnit, policy], clock });
  const pending = await openPendingUnits(store, clock);
  const planningUnits = await store.collection(planningUnit.collection);
  const draft = { ...TABLE, ...table };
  await intake.receive([inboundMessage({ type: 'PublishPolicy', source: 'test/1', data: { table: draft } }, clock)]);
  const picture: Picture = {
    units: (keys) => Promise.resolve(keys.map((key) => units.get(key.sku) ?? pump(key))),
    workCenters: () => Promise.resolve([]),
    orders: () => Promise.resolve([]),
    openOrdersAt: () => Promise.resolve([]),
    locations: () => Promise.resolve([]),
    usedIn: () => Promise.resolve([]),
    heard: () => Promise.resolve([]),
  };
  const looks = await openDailyLooks(store);
  const options: JudgeOptions = {
    pending,
    looks,
    batchHour: 4,
    picture: () => picture,
    planningUnits,
    policies: await store.collection(policy.collection),
    intake: {
      async receive(messages) {
        await world.meanwhile?.(messages);
        return intake.receive(messages);
      },
    },
    away: () => Promise.resolve(world.away),
    isLoading: () => world.isLoading,
    settleSeconds: world.settleSeconds,
    clock,
    time: {
      now: () => performance.now(),
      after: (ms, callback) => {
        const timer = setTimeout(callback, ms / 10);
        return () => clearTimeout(timer);
      },
    },
    onFault: world.onFault,
  };
  let judging = startJudging(options);
  onTestFinished(async () => {
    await judging.close();
    await intake.close();
    await log.close();
    await store.close();
    await rm(directory, { recursive: true });
  });
  const key = (sku: string): PlanningUnitKey => ({ sku, location: 'P100' });
  return Object.assign(world, {
    pending,
    close: () => judging.close(),
    start: () => {
      judging = startJudging(options);
    },
    receive: (messages: readonly InboundMessage[]) => intake.receive(messages),
    knows: (sku: string, facts: Partial<UnitFacts>) => units.set(sku, pump({ ...facts, sku })),
    mark: (sku: string, dueAt = world.now) => pending.mark([{ ...key(sku), dueAt, triggers: [] }]),
    /** Resolves once the unit is due no more. */
    judged: (sku: string) =>
      vi.waitFor(
        async () => {
          const due = await pending.due(world.now, 100);
          expect(due.map((unit) => unit.sku)).not.toContain(sku);
        },
        { timeout: 5_000 },
      ),
    /** Resolves once nothing is to be looked at, or to be judged, any more today. */
    looked: () =>
      vi.waitFor(
        async () => {
          expect(await looks.due(world.now, 1)).toEqual([]);
          expect(await pending.due(world.now, 1)).toEqual([]);
          expect(await looks.due('2027-01-01T00:00:00.000Z', 10)).toMatchObject([{ sku: 'PUMP' }]);
        },
        { timeout: 5_000 },
      ),
    async decisions() {
      const events = await log.read(0, 100);
      return events.flatMap(({ event }) => (event.type === 'DecisionMade' ? [event.data as Decision] : []));
    },
    unit: async (sku: string) => (await planningUnits.getMany([`${sku}@P100`]))[0]?.document,
  });
}

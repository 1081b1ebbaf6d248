import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readInstances } from '@takt/backing-system';
import { cloudEventsHttp } from '@takt/connector-cloudevents-http';
import { startPeer, type Peer } from '@takt/connector-cloudevents-http/testing';
import { expect, it, onTestFinished, vi } from 'vitest';
import { planningPlant, SAME, type PlanningPlant } from '../planning-plant.ts';
import { temporaryFolder } from '../system.ts';

const EA = (value: number) => ({ value: String(value), unit: 'EA' });

it('keeps the plant going on the last approved schedule while the planning platform is away, and judges what happens', async () => {
  // given a forecast of the planning platform, and the order that is scheduled for it
  const plant = await planningPlant();
  await plant.stock('MOTOR', 100);
  await plant.stock('SEAL', 200);
  await plant.makeOrder('MO-1', { start: '2026-12-02T05:00:00Z', end: '2026-12-02T13:00:00Z' });
  await plant.forecast({ '2026-12-07': 40 }, { version: 'cycle-47' });
  await plant.settle();
  const { scheduledStart, scheduledEnd } = await plant.order('MO-1');
  expect(await forecastProvenance(plant)).toMatchObject({ freshness: 'FRESH', staleSince: null });

  // when the platform goes away on Monday morning
  await plant.advance(60);
  const since = plant.now().toISOString();
  await reported(plant, 'planning/main', 'DOWN');
  await plant.settle();

  // then planners see since when the forecast is not what the platform may know by now
  expect(await away(plant)).toEqual([{ system: 'planning/main', since }]);
  await vi.waitFor(async () =>
    expect(await forecastProvenance(plant)).toMatchObject({ freshness: 'STALE', staleSince: since }),
  );

  // when the floor goes on meanwhile, and 20 of the first pumps are scrap
  await plant.advance(60);
  await happens(plant, 'ReleaseProductionOrder', { id: 'MO-1' });
  await happens(plant, 'ConfirmCompletion', {
    ...{ id: 'MO-1', confirmation: 'CF-1', operation: 10, final: false },
    ...{ yield: EA(10), scrap: EA(20) },
  });
  await plant.stock('PUMP', 10);
  await plant.settle();

  // then that is judged as on any day: it is there now, or it is missing, whatever the forecast may have become
  const scrapped = (await plant.decisions('PUMP')).at(-1);
  expect(scrapped).toMatchObject({
    outcome: 'PROPOSE',
    lines: [{ measure: 'SHORTAGE', zone: 'SLUSHY', baseline: '0', now: '10', rule: 'shortage' }],
  });
  expect(scrapped?.explanation.join(' ')).not.toContain('It is not acted on yet');
  expect(await plant.exceptions('PUMP')).toMatchObject([
    { kind: 'SCHEDULE_APPROVAL', status: 'OPEN', decisionIds: [scrapped?.id] },
  ]);

  // and a decision about what is needed says whose word is missing
  await plant.advance(5 * 60);
  await plant.customerOrder('CO-1', 60, '2026-12-08');
  await plant.settle();
  const needed = (await plant.decisions('PUMP')).at(-1);
  expect(needed?.lines.find(({ measure }) => measure === 'DEMAND')).toMatchObject({
    baseline: '40',
    now: '60',
    because: 'The forecast is as planning/main told it last, and cannot be asked now.',
  });
  expect(await plant.order('MO-1')).toMatchObject({ scheduledStart, scheduledEnd, scheduleRevisions: [] });

  // when the platform is back a day later, and publishes what it had published before
  await plant.advance(18 * 60);
  await reported(plant, 'planning/main', 'UP');
  await plant.settle();
  const decided = (await plant.decisions()).length;
  await plant.forecast({ '2026-12-07': 40 }, { version: 'cycle-48' });
  await plant.settle();

  // then nothing is stale, and nothing is decided anew
  expect(await away(plant)).toEqual([]);
  await vi.waitFor(async () => expect(await forecastProvenance(plant)).toMatchObject({ freshness: 'FRESH' }));
  const decisions = await plant.decisions();
  expect(decisions).toHaveLength(decided);

  // and what was decided while it was away is what whoever listens again hears, once
  const heard = await plant.decisionsMade(decided);
  expect(heard.map(({ decision }) => decision.id)).toEqual(decisions.map(({ id }) => id));
  expect(await plant.replays()).toEqual(decisions.map(({ id }) => ({ id, ...SAME })));
});

it('defers what an ERP that is away would have to take, and judges it again when it is back, oldest first', async () => {
  // given an ERP that owns the orders of all that is made, and goes away
  const { erp, plant } = await plantWithErp();
  await plant.advance(60);
  await reported(plant, 'erp/p1', 'DOWN');
  await plant.settle();
  const before = (await plant.decisions()).length;

  // when demand of three items changes meanwhile, one after the other, of one more than once, and of one back again
  await order(plant, 'PUMP', 'CO-P', 40);
  await order(plant, 'SEAL-B', 'CO-B', 40);
  await order(plant, 'SEAL', 'CO-S', 40);
  await order(plant, 'SEAL', 'CO-S', 40, 'CANCELLED');
  await order(plant, 'PUMP', 'CO-P', 60);

  // then it is decided, and waits; what is over is dropped, with the reason, and what is newer takes the place of the older
  const waits = { outcome: 'RECALCULATE', deferred: 'Waits for erp/p1.' };
  expect(await decisionsSince(plant, before)).toMatchObject([
    { id: 'PUMP@P1:2', ...waits, supersededBy: 'PUMP@P1:3' },
    { id: 'SEAL-B@P1:2', ...waits, supersededBy: null, dropped: null },
    { id: 'SEAL@P1:2', ...waits, dropped: 'Nothing is left of it that the policy acts on.' },
    { id: 'SEAL@P1:3', outcome: 'SUPPRESS', supersedes: 'SEAL@P1:2' },
    { id: 'PUMP@P1:3', ...waits, supersedes: 'PUMP@P1:2', supersededBy: null },
  ]);
  const pump = (await plant.decisions('PUMP')).at(-1);
  expect(pump?.explanation.at(-1)).toBe('It is not acted on yet. Waits for erp/p1.');
  expect(erp.requests).toEqual([]);
  for (const sku of MADE) {
    expect(await plant.exceptions(sku)).toEqual([]);
    expect(await plant.order(`MO-${sku}`)).toMatchObject({ ...IN_FIVE_WEEKS, scheduleRevisions: [] });
  }

  // when it is back after a day, and nothing else has happened
  await plant.advance(18 * 60);
  const decided = (await plant.decisions()).length;
  await reported(plant, 'erp/p1', 'UP');
  await plant.settle();

  // then what waits is judged again, the one that has waited longest first, against what was propagated, which is nothing
  const again = await decisionsSince(plant, decided);
  const judgedAgain = again.filter(({ outcome }) => outcome !== 'SUPPRESS');
  expect(judgedAgain).toMatchObject([
    { id: 'PUMP@P1:4', outcome: 'RECALCULATE', deferred: null, supersedes: 'PUMP@P1:3' },
    { id: 'SEAL-B@P1:3', outcome: 'RECALCULATE', deferred: null, supersedes: 'SEAL-B@P1:2' },
  ]);
  const [demand] = (await plant.decisions('PUMP')).find(({ id }) => id === 'PUMP@P1:4')?.lines ?? [];
  expect(demand).toMatchObject({ measure: 'DEMAND', baseline: '0', now: '60' });

  // and the ERP hears of each order once, by the decision that holds
  await vi.waitFor(() => expect(erp.applied).toHaveLength(2), 20_000);
  await plant.settle();
  expect(
    erp.applied.map(({ subject, data }) => [subject, (data as { policyDecision: string }).policyDecision]),
  ).toEqual([
    ['MO-PUMP', 'PUMP@P1:4'],
    ['MO-SEAL-B', 'SEAL-B@P1:3'],
  ]);
  expect(await plant.order('MO-SEAL')).toMatchObject({ scheduleRevisions: [] });
  await plant.advance(24 * 60);
  await plant.settle();
  expect(erp.applied).toHaveLength(2);
  const decisions = await plant.decisions();
  expect(await plant.replays()).toEqual(decisions.map(({ id }) => ({ id, ...SAME })));
});

const MADE = ['PUMP', 'SEAL', 'SEAL-B'];
const IN_FIVE_WEEKS = { scheduledStart: '2026-12-29T05:00:00.000Z', scheduledEnd: '2026-12-29T13:00:00.000Z' };

async function forecastProvenance(plant: PlanningPlant) {
  const { itemLocation } = await plant.graph<{ itemLocation: { forecasts: { nodes: { provenance: object }[] } } }>(
    `{ itemLocation(sku: "PUMP", location: "P1") { forecasts(first: 1) { nodes { provenance { freshness staleSince } } } } }`,
  );
  return itemLocation.forecasts.nodes[0]?.provenance;
}

/** What the floor tells. */
async function happens(plant: PlanningPlant, type: string, data: object): Promise<void> {
  const outcome = await plant.tell('production-orders', type, data, { source: 'mes/p1' });
  expect(outcome.status).toBe('APPLIED');
}

/** Those behind so many, the first one first. */
async function decisionsSince(plant: PlanningPlant, count: number) {
  const { decisions } = await plant.graph<{ decisions: { nodes: { id: string; outcome: string }[] } }>(
    '{ decisions(first: 100) { nodes { id outcome deferred supersedes supersededBy dropped } } }',
  );
  return decisions.nodes.reverse().slice(count);
}

/** A customer orders, an hour later. */
async function order(plant: PlanningPlant, sku: string, id: string, quantity: number, status = 'OPEN') {
  await plant.advance(60);
  const outcome = await plant.tell('forecasts', 'CustomerOrderReported', {
    ...{ id, sku, location: 'P1', customer: 'WATERWORKS', status, priority: 5 },
    ...{ quantity: EA(quantity), dueAt: '2026-12-23T11:00:00Z' },
  });
  expect(outcome.status).toBe('APPLIED');
  await plant.settle();
}

async function away(plant: PlanningPlant) {
  const { synchronization } = await plant.graph<{ synchronization: { away: { system: string }[] } }>(
    '{ synchronization { away { system since } } }',
  );
  return synchronization.away;
}

/** Whoever takes in the reports of a system tells every domain how it does. */
async function reported(plant: PlanningPlant, system: string, state: 'UP' | 'DOWN'): Promise<void> {
  const data = {
    system,
    state,
    since: plant.now().toISOString(),
    ...(state === 'DOWN' && { reason: 'It does not answer.' }),
  };
  for (const domain of ['forecasts', 'production-orders', 'synchronization']) {
    const outcome = await plant.tell(domain, 'SourceStateReported', data, { source: 'takt/integration' });
    expect(outcome.status).toBe('APPLIED');
  }
}

/** Its ERP owns an order each of all that is made. */
async function plantWithErp(): Promise<{ erp: Peer; plant: PlanningPlant }> {
  const erp = await startPeer();
  onTestFinished(() => erp.close());
  const folder = await temporaryFolder();
  const lines = [
    'type: cloudevents-http',
    'instance: erp/p1',
    `endpoint: ${erp.url}`,
    'credentials: { bearer: ERP_P1_TOKEN }',
    'rate: { requestsPerSecond: 100 }',
    'timeoutMs: 2000',
  ];
  await writeFile(join(folder, 'erp-p1.yml'), lines.join('\n'));
  const backingSystems = await readInstances(folder, [cloudEventsHttp], { ERP_P1_TOKEN: 's3cret' });
  const plant = await planningPlant({ backingSystems });
  for (const sku of MADE) {
    await plant.tell('products', 'ProductReported', {
      ...{ sku, name: sku, type: 'SEMI_FINISHED', baseUnit: 'EA', procurement: 'MAKE', criticality: 'CRITICAL' },
    });
  }
  for (const sku of MADE) {
    const outcome = await plant.tell('production-orders', 'ProductionOrderReported', {
      ...{ id: `MO-${sku}`, sku, location: 'P1', quantity: EA(50), state: 'FIRMED', ...IN_FIVE_WEEKS },
      sourceStatuses: ['CRTD'],
      operations: [{ sequence: 10, name: 'Make', workCenter: 'ASSEMBLY', plannedMinutes: 120, ...IN_FIVE_WEEKS }],
      components: [],
    });
    expect(outcome.status).toBe('APPLIED');
    await plant.stock(sku, 10);
  }
  await plant.settle();
  return { erp, plant };
}

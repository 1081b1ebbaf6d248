import { expect, it } from 'vitest';
import { planningPlant, SAME, type PlanningPlant } from '../planning-plant.ts';

const NEXT_WEEK = { start: '2026-12-02T05:00:00Z', end: '2026-12-02T13:00:00Z' };

it('counts an order on hold as nothing, lets a substitute take the place of blocked parts, and is calm once all is released', async () => {
  // given 40 pumps to deliver in two weeks, which an order of next week is for, and seals for it of both makers
  const plant = await planningPlant();
  await plant.stock('MOTOR', 100);
  await plant.stock('SEAL', 120);
  await plant.stock('SEAL-B', 120);
  await plant.customerOrder('CO-1', 40, '2026-12-08');
  await plant.makeOrder('MO-1', NEXT_WEEK);
  await plant.settle();
  const orderBefore = await plant.order('MO-1');
  expect(await coverOf(plant)).toEqual(['40 of MO-1', '50 MOTOR of STOCK', '100 SEAL of STOCK']);
  expect(await shortage(plant, 'PUMP')).toBe('0');

  // when quality puts the order on hold
  await plant.advance(60);
  await change(plant, 'placeQualityHold', { id: 'MO-1', hold: 'QH-1', reason: 'Porous castings.', placedBy: 'quinn' });
  await plant.settle();

  // then planners see that what it would bring does not count, and are asked
  expect(await shortage(plant, 'PUMP')).toBe('40');
  expect(await coverOf(plant)).toEqual(['40 uncovered']);
  const held = (await plant.decisions('PUMP')).at(-1);
  expect(held).toMatchObject({
    outcome: 'PROPOSE',
    triggers: [{ type: 'QualityHoldPlaced' }],
    lines: [{ measure: 'SHORTAGE', zone: 'SLUSHY', baseline: '0', now: '40', rule: 'shortage' }],
  });
  expect(held?.explanation[1]).toContain('the shortage rose from 0 to 40 EA');
  const [asked] = await plant.exceptions('PUMP');
  expect(asked).toMatchObject({
    kind: 'SCHEDULE_APPROVAL',
    status: 'OPEN',
    decisionIds: [held?.id],
    proposal: [{ kind: 'CREATE', quantity: { value: '50' } }],
  });

  // when the seals are blocked as well
  await plant.advance(60);
  await move(plant, 'UNRESTRICTED', 'BLOCKED');
  await plant.settle();

  // then a buyer is told
  expect(await shortage(plant, 'SEAL')).toBe('100');
  const missing = (await plant.decisions('SEAL')).at(-1);
  expect(missing).toMatchObject({
    outcome: 'PROCUREMENT_ALERT',
    lines: [{ measure: 'SHORTAGE', baseline: '0', now: '100', rule: 'bought-shortage' }],
  });
  const [alert] = await plant.exceptions('SEAL');
  expect(alert).toMatchObject({ kind: 'PROCUREMENT', status: 'OPEN', owner: 'purchasing', decisionIds: [missing?.id] });

  // when the seals of the other maker are approved in their place
  await plant.advance(60);
  await change(plant, 'substituteMaterial', {
    ...{ id: 'MO-1', position: 20, substitute: 'SEAL-B', group: 'seals', priority: 1, ratio: '1' },
    ...{ reason: 'SEAL is blocked.', approvedBy: 'quinn' },
  });
  await plant.settle();

  // then nothing is missing, and what was raised for it has ended
  expect(await shortage(plant, 'SEAL')).toBe('0');
  expect(await shortage(plant, 'SEAL-B')).toBe('0');
  expect(await plant.exceptions('SEAL')).toMatchObject([
    { id: alert?.id, status: 'SETTLED', settlement: { outcome: 'GONE' } },
  ]);
  expect(await plant.exceptions('SEAL-B')).toEqual([]);
  expect(await plant.exceptions('PUMP')).toMatchObject([{ id: asked?.id, status: 'OPEN', revision: asked?.revision }]);

  // when quality releases the order to be used as it is
  await plant.advance(60);
  await change(plant, 'releaseQualityHold', {
    ...{ id: 'MO-1', hold: 'QH-1', disposition: 'USE_AS_IS', releasedBy: 'quinn' },
  });
  await plant.settle();

  // then it counts again, with its substitute, and nobody has to approve anything
  expect(await shortage(plant, 'PUMP')).toBe('0');
  expect(await coverOf(plant)).toEqual(['40 of MO-1', '50 MOTOR of STOCK', '100 SEAL-B of STOCK']);
  const released = (await plant.decisions('PUMP')).at(-1);
  expect(released).toMatchObject({
    outcome: 'SUPPRESS',
    triggers: [{ type: 'QualityHoldReleased' }],
    lines: [{ measure: 'SHORTAGE', baseline: '40', now: '0' }],
  });
  expect(await plant.exceptions('PUMP')).toMatchObject([
    { id: asked?.id, status: 'SETTLED', settlement: { outcome: 'GONE' } },
  ]);
  const late = await plant.command('approveException', { id: asked?.id, by: 'ada' }, { revision: 1 });
  expect(late).toEqual({ __typename: 'RevisionConflict', currentRevision: 2 });

  // and the floor has seen no churn: nobody was asked more than once, and no schedule was touched, now or a day later
  await plant.advance(60);
  await move(plant, 'BLOCKED', 'UNRESTRICTED');
  await plant.advance(24 * 60);
  await plant.settle();
  expect((await plant.decisions('PUMP')).at(-1)?.id).toBe(released?.id);
  const { scheduledStart, scheduledEnd } = orderBefore;
  expect(await plant.order('MO-1')).toMatchObject({ scheduledStart, scheduledEnd, scheduleRevisions: [] });
  const { productionOrders } = await plant.graph('{ productionOrders(first: 10) { nodes { id } } }');
  expect(productionOrders).toEqual({ nodes: [{ id: 'MO-1' }] });
  const heard = await plant.exceptionsRaised(4);
  expect(heard.map(({ kind, exception }) => `${kind} ${exception.id}`)).toEqual([
    `RAISED ${asked?.id}`,
    `RAISED ${alert?.id}`,
    `SETTLED ${alert?.id}`,
    `SETTLED ${asked?.id}`,
  ]);
  const decisions = await plant.decisions();
  expect(await plant.replays()).toEqual(decisions.map(({ id }) => ({ id, ...SAME })));
});

/** What a person does. */
async function change(plant: PlanningPlant, mutation: string, input: object): Promise<void> {
  const inputType = `${mutation.charAt(0).toUpperCase()}${mutation.slice(1)}Input`;
  const { result } = await plant.graph(
    `mutation ($input: ${inputType}!) { result: ${mutation}(idempotencyKey: "${mutation}", input: $input) { __typename } }`,
    { input },
  );
  expect(result).toEqual({ __typename: 'ProductionOrderAccepted' });
}

/** The warehouse moves all seals of the first maker from one kind of stock to another. */
async function move(plant: PlanningPlant, status: string, toStatus: string): Promise<void> {
  const outcome = await plant.tell('inventory', 'StockMoved', {
    ...{ document: `QM-${toStatus}`, line: 1, type: 'TRANSFER', sku: 'SEAL', location: 'P1', status, toStatus },
    quantity: { value: '120', unit: 'EA' },
  });
  expect(outcome.status).toBe('APPLIED');
}

/** Of the three weeks from next Monday on. */
async function shortage(plant: PlanningPlant, sku: string): Promise<string> {
  const { itemLocation } = await plant.graph<{ itemLocation: { supplyDemand: { buckets: { shortage: Value }[] } } }>(
    `query ($sku: String!) { itemLocation(sku: $sku, location: "P1") {
      supplyDemand(from: "2026-11-30", to: "2026-12-21", granularity: WEEK) { buckets { shortage { value } } } } }`,
    { sku },
  );
  const { buckets } = itemLocation.supplyDemand;
  expect(buckets).toHaveLength(3);
  return String(buckets.reduce((total, each) => total + Number(each.shortage.value), 0));
}

/** What the customer's order is met from, and what that is made of. */
async function coverOf(plant: PlanningPlant): Promise<string[]> {
  const { itemLocation } = await plant.graph<{ itemLocation: { pegging: { demands: PeggedDemand[] } } }>(
    `{ itemLocation(sku: "PUMP", location: "P1") { pegging(from: "2026-12-07", to: "2026-12-14") { demands {
      quantity { value } uncovered { value } covers { kind quantity { value } productionOrder { id } components {
        quantity { value } itemLocation { product { sku } } covers { kind }
      } }
    } } } }`,
  );
  return itemLocation.pegging.demands.flatMap(({ covers, uncovered }) => [
    ...covers.flatMap(({ kind, quantity, productionOrder, components }) => [
      `${quantity.value} of ${productionOrder?.id ?? kind}`,
      ...components.map((need) => {
        const from = need.covers.map((cover) => cover.kind).join(' and ');
        return `${need.quantity.value} ${need.itemLocation.product.sku} of ${from}`;
      }),
    ]),
    ...(uncovered.value === '0' ? [] : [`${uncovered.value} uncovered`]),
  ]);
}

interface PeggedDemand {
  readonly uncovered: Value;
  readonly covers: readonly {
    readonly kind: string;
    readonly quantity: Value;
    readonly productionOrder: { readonly id: string } | null;
    readonly components: readonly {
      readonly quantity: Value;
      readonly itemLocation: { readonly product: { readonly sku: string } };
      readonly covers: readonly { readonly kind: string }[];
    }[];
  }[];
}

interface Value {
  readonly value: string;
}

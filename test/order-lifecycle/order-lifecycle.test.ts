import { expect, it } from 'vitest';
import { bootSystem } from '../system.ts';

const PLAN = `sku: "PUMP", location: "P100", quantity: { value: "100", unit: "EA" },
  scheduledStart: "2026-12-01T06:00:00Z", scheduledEnd: "2026-12-01T14:00:00Z",
  operations: [{ sequence: 10, workCenter: "ASSEMBLY", plannedMinutes: 480, scheduledStart: "2026-12-01T06:00:00Z", scheduledEnd: "2026-12-01T14:00:00Z" }],
  components: [{ position: 10, sku: "SEAL", required: { value: "200", unit: "EA" } }]`;

it('carries an order from creation to its end, and refuses what cannot be', async () => {
  const { system } = await bootSystem();
  let commands = 0;
  const command = async (call: string, key = `key-${++commands}`) => {
    const query = `mutation { result: ${call.replace('(', `(idempotencyKey: "${key}", `)} {
      __typename
      ... on ProductionOrderAccepted { productionOrder { state onHold revision confirmed { yield { value } } } }
      ... on CommandRefused { code reason }
      ... on RevisionConflict { expectedRevision currentRevision }
    } }`;
    const { data, errors } = await system.gateway.execute({ query });
    expect(errors).toBeUndefined();
    return data?.['result'];
  };
  const accepted = (state: string, rest = {}) => ({
    __typename: 'ProductionOrderAccepted',
    productionOrder: { state, ...rest },
  });

  expect(await command(`createProductionOrder(input: { id: "MO-1", ${PLAN} })`, 'create')).toMatchObject(
    accepted('PLANNED'),
  );
  expect(await command(`createProductionOrder(input: { id: "MO-1", ${PLAN} })`, 'create')).toMatchObject(
    accepted('PLANNED'),
  );
  expect(await command(`createProductionOrder(input: { id: "MO-1", ${PLAN} })`)).toMatchObject({
    __typename: 'CommandRefused',
  });
  expect(
    await command(
      'confirmCompletion(input: { id: "MO-1", confirmation: "C-0", operation: 10, yield: { value: "1", unit: "EA" }, final: false })',
    ),
  ).toMatchObject({ __typename: 'CommandRefused' });
  expect(await command('releaseProductionOrder(expectedRevision: 99, input: { id: "MO-1" })')).toEqual({
    __typename: 'RevisionConflict',
    expectedRevision: 99,
    currentRevision: 1,
  });
  expect(await command('releaseProductionOrder(expectedRevision: 1, input: { id: "MO-1" })')).toMatchObject(
    accepted('RELEASED'),
  );
  expect(
    await command(
      'reviseSchedule(input: { id: "MO-1", scheduledStart: "2026-12-02T06:00:00Z", scheduledEnd: "2026-12-02T14:00:00Z", cause: CAPACITY })',
    ),
  ).toMatchObject(accepted('RELEASED'));
  expect(
    await command(
      'substituteMaterial(input: { id: "MO-1", position: 10, substitute: "SEAL-B", ratio: "1", reason: "out of stock", approvedBy: "eva" })',
    ),
  ).toMatchObject(accepted('RELEASED'));
  expect(
    await command(
      'placeQualityHold(input: { id: "MO-1", hold: "H-1", scope: ORDER, reason: "scratches", placedBy: "jo" })',
    ),
  ).toMatchObject(accepted('RELEASED', { onHold: true }));
  expect(
    await command(
      'confirmCompletion(input: { id: "MO-1", confirmation: "C-1", operation: 10, yield: { value: "40", unit: "EA" }, final: false })',
    ),
  ).toMatchObject({ __typename: 'CommandRefused' });
  expect(
    await command('releaseQualityHold(input: { id: "MO-1", hold: "H-1", disposition: USE_AS_IS, releasedBy: "eva" })'),
  ).toMatchObject(accepted('RELEASED', { onHold: false }));
  const confirm =
    'confirmCompletion(input: { id: "MO-1", confirmation: "C-1", operation: 10, yield: { value: "40", unit: "EA" }, scrap: { value: "2", unit: "EA" }, final: false })';
  expect(await command(confirm)).toMatchObject(
    accepted('PARTIALLY_CONFIRMED', { confirmed: { yield: { value: '40' } } }),
  );
  expect(await command('cancelProductionOrder(input: { id: "MO-1", reason: "no demand" })')).toMatchObject({
    __typename: 'CommandRefused',
  });
  expect(
    await command('reverseConfirmation(input: { id: "MO-1", confirmation: "C-1", reason: "wrong order" })'),
  ).toMatchObject(accepted('RELEASED', { confirmed: { yield: { value: '0' } } }));
  expect(
    await command(
      'confirmCompletion(input: { id: "MO-1", confirmation: "C-2", operation: 10, yield: { value: "100", unit: "EA" }, final: true })',
    ),
  ).toMatchObject(accepted('CONFIRMED'));
  expect(await command('closeProductionOrder(input: { id: "MO-1" })')).toMatchObject(accepted('CLOSED'));
  expect(
    await command('reverseConfirmation(input: { id: "MO-1", confirmation: "C-2", reason: "too late" })'),
  ).toMatchObject({ __typename: 'CommandRefused' });
});

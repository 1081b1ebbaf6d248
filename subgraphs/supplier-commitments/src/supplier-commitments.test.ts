import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execute, parse, subscribe, type ExecutionResult } from 'graphql';
import { expect, it, onTestFinished } from 'vitest';
import { countReads, type DocumentStore } from '@takt/document-store';
import { inboundMessage } from '@takt/intake';
import { openDomain } from '@takt/subgraph-server';
import { supplierCommitments } from './domain.ts';
import type { SupplierCommitmentReport } from './messages.ts';

const clock = () => new Date('2026-11-23T08:00:00Z');

async function opened() {
  const directory = await mkdtemp(join(tmpdir(), 'takt-supplier-commitments-'));
  let counted: ReturnType<typeof countReads> | undefined;
  const decorateStore = (store: DocumentStore) => (counted = countReads(store)).store;
  const domain = await openDomain(supplierCommitments, { directory, clock, decorateStore });
  onTestFinished(async () => {
    await domain.close();
    await rm(directory, { recursive: true });
  });
  const document = (query: string) => ({
    schema: domain.schema,
    document: parse(query),
    contextValue: domain.createContext(),
  });
  const receive = (type: string, data: object) =>
    domain.intake.receive([inboundMessage({ type, source: 'erp/p100', data }, clock)]);
  const ask = async (query: string) => {
    const { data, errors } = await execute(document(query));
    expect(errors).toBeUndefined();
    return data as Record<string, never>;
  };
  return {
    ask,
    readsOf: async (query: string) => {
      counted!.reset();
      await ask(query);
      return counted!.reads();
    },
    listen: async (query: string) => (await subscribe(document(query))) as AsyncGenerator<ExecutionResult>,
    receive,
    line: (id: string, rest: Partial<SupplierCommitmentReport> = {}) =>
      receive('SupplierCommitmentReported', {
        id,
        supplier: 'S1',
        sku: 'ROTOR',
        location: 'P100',
        level: 'FIRM',
        required: { value: '100', unit: 'EA' },
        requiredOn: '2026-12-01',
        confirmation: 'PENDING',
        ...rest,
      }),
  };
}

const place = (sku: string) => `{ __typename: "ItemLocation", sku: "${sku}", location: { code: "P100" } }`;
const ofItems = (fields: string, ...skus: string[]) =>
  `{ _entities(representations: [${skus.map(place).join()}]) { ... on ItemLocation { ${fields} } } }`;

const PROMISES = `supplierCommitments(first: 5) {
  totalCount nodes { id supplier { id name } requiredOn committedOn required { value } committed { value } confirmation }
}`;

it('answers what suppliers promise of an item at a location, by required day', async () => {
  const { ask, line, receive } = await opened();
  await receive('SupplierReported', { id: 'S1', name: 'Rotor Works', country: 'DE', site: 'S1-DE' });
  await line('L2', { requiredOn: '2026-12-08' });
  await line('L1', {
    confirmation: 'ACCEPTED_WITH_CHANGE',
    committed: { value: '80', unit: 'EA' },
    committedOn: '2026-12-03',
    supplier: 'S9',
  });
  expect(await ask(ofItems(PROMISES, 'ROTOR', 'NONE'))).toEqual({
    _entities: [
      {
        supplierCommitments: {
          totalCount: 2,
          nodes: [
            {
              id: 'L1',
              supplier: { id: 'S9', name: null },
              requiredOn: '2026-12-01',
              committedOn: '2026-12-03',
              required: { value: '100' },
              committed: { value: '80' },
              confirmation: 'ACCEPTED_WITH_CHANGE',
            },
            {
              id: 'L2',
              supplier: { id: 'S1', name: 'Rotor Works' },
              requiredOn: '2026-12-08',
              committedOn: null,
              required: { value: '100' },
              committed: null,
              confirmation: 'PENDING',
            },
          ],
        },
      },
      { supplierCommitments: { totalCount: 0, nodes: [] } },
    ],
  });
});

it('reads the store as often for many rows as for one', async () => {
  const { line, readsOf } = await opened();
  const skus = Array.from({ length: 50 }, (_, row) => `ROTOR-${row}`);
  for (const sku of skus) await line(`L-${sku}`, { sku, supplier: `S-${sku}` });
  const fields = `${PROMISES} supplyAgreements { nodes { id } }`;
  const one = await readsOf(ofItems(fields, 'ROTOR-1'));
  expect(one).toBeGreaterThan(0);
  expect(await readsOf(ofItems(fields, ...skus))).toBe(one);
});

const COMMIT = `commitSupply(idempotencyKey: "c1", expectedRevision: 1, input: {
  id: "L1", confirmation: ACCEPTED_WITH_CHANGE, committedOn: "2026-12-08", reason: "Strike"
}) {
  __typename
  ... on SupplierCommitmentAccepted { supplierCommitment { revision delayDays committed { value } revisions { changed reason before { confirmation } after { committedOn } } } }
  ... on CommandRefused { code }
}`;

it('takes the supplier’s answer once, and refuses one that contradicts itself', async () => {
  const { ask, line } = await opened();
  await line('L1');
  const accepted = {
    commitSupply: {
      __typename: 'SupplierCommitmentAccepted',
      supplierCommitment: {
        revision: 2,
        delayDays: 7,
        committed: { value: '100' },
        revisions: [
          {
            changed: ['committed', 'committedOn', 'confirmation'],
            reason: 'Strike',
            before: { confirmation: 'PENDING' },
            after: { committedOn: '2026-12-08' },
          },
        ],
      },
    },
  };
  expect(await ask(`mutation { ${COMMIT} }`)).toEqual(accepted);
  expect(await ask(`mutation { ${COMMIT} }`)).toEqual(accepted);
  const other = (id: string, answer: string) =>
    ask(
      `mutation { commitSupply(idempotencyKey: "${id}-${answer}", input: { id: "${id}", confirmation: ${answer} }) { ... on CommandRefused { code } } }`,
    );
  expect(await other('L1', 'PARTIAL')).toEqual({ commitSupply: { code: 'CONFIRMATION_CONTRADICTS' } });
  expect(await other('L9', 'ACCEPTED')).toEqual({ commitSupply: { code: 'UNKNOWN_COMMITMENT' } });
});

it('tells who listens of promises, ship notices and receipts, of one plant or supplier if so asked', async () => {
  const { ask, line, listen } = await opened();
  const live = await listen(`subscription { supplierCommitmentRevised(plant: "P100", supplier: "S1") {
    cursor cause kind changed before { confirmation firm } after { confirmation firm } reason
    shipment { notice quantity { value } } receipt { receipt overReceived }
    supplierCommitment { id revision open { value } shipped { value } itemLocation { supplierCommitments { nodes { revision } } } }
  } }`);
  const next = async () => {
    const { value } = await live.next();
    return (value as { data: { supplierCommitmentRevised: { cursor: string } } }).data.supplierCommitmentRevised;
  };
  const first = next();
  await line('ELSEWHERE', { location: 'P200' });
  await line('OTHER', { supplier: 'S2', sku: 'OTHER' });
  await line('L1');
  const opening = await first;
  expect(opening).toMatchObject({ kind: 'REVISED', cause: 'REPORTED', before: null, supplierCommitment: { id: 'L1' } });
  await ask(`mutation { ${COMMIT} }`);
  const quantity = (value: number) => `{ value: "${value}", unit: "EA" }`;
  const told = await ask(`mutation {
    notifyShipment(idempotencyKey: "n1", input: { id: "L1", notice: "ASN1", quantity: ${quantity(60)}, shippedOn: "2026-11-23" }) { ... on SupplierCommitmentAccepted { supplierCommitment { shipped { value } } } }
    postSupplyReceipt(idempotencyKey: "r1", input: { id: "L1", receipt: "GR1", received: ${quantity(120)}, rejected: ${quantity(5)}, receivedOn: "2026-11-23" }) { ... on SupplierCommitmentAccepted { supplierCommitment { received { value } rejected { value } } } }
  }`);
  expect(told).toEqual({
    notifyShipment: { supplierCommitment: { shipped: { value: '60' } } },
    postSupplyReceipt: { supplierCommitment: { received: { value: '120' }, rejected: { value: '5' } } },
  });
  expect(await next()).toMatchObject({
    kind: 'REVISED',
    cause: 'MANUAL',
    reason: 'Strike',
    before: { confirmation: 'PENDING', firm: true },
    after: { confirmation: 'ACCEPTED_WITH_CHANGE', firm: true },
  });
  expect(await next()).toMatchObject({
    kind: 'SHIPPED',
    changed: [],
    shipment: { notice: 'ASN1', quantity: { value: '60' } },
  });
  expect(await next()).toMatchObject({
    kind: 'RECEIVED',
    receipt: { receipt: 'GR1', overReceived: true },
    supplierCommitment: {
      revision: 4,
      open: { value: '0' },
      itemLocation: { supplierCommitments: { nodes: [{ revision: 4 }] } },
    },
  });
  await live.return(undefined);
  const resumed = await listen(
    `subscription { supplierCommitmentRevised(supplier: "S1", after: "${opening.cursor}") { kind } }`,
  );
  expect((await resumed.next()).value).toEqual({ data: { supplierCommitmentRevised: { kind: 'REVISED' } } });
  await resumed.return(undefined);
});

it('tells how much of what is due a supplier delivers on time and in full', async () => {
  const { ask, line, receive } = await opened();
  const receipt = (id: string, receivedOn: string) =>
    receive('ReceiptPosted', { id, receipt: `GR-${id}`, received: { value: '100', unit: 'EA' }, receivedOn });
  for (const id of ['A', 'B', 'C']) await line(id, { requiredOn: '2026-11-10' });
  await line('LATER', { requiredOn: '2026-12-10' });
  await line('MAYBE', { requiredOn: '2026-11-10', level: 'FORECAST' });
  await receipt('A', '2026-11-10');
  await receipt('B', '2026-11-11');
  const query = `{ _entities(representations: [{ __typename: "Supplier", id: "S1" }, { __typename: "Supplier", id: "S2" }]) {
    ... on Supplier { november: onTimeInFullPercent(from: "2026-11-01", to: "2026-12-01") ever: onTimeInFullPercent before: onTimeInFull commitments { totalCount } }
  } }`;
  expect(await ask(query)).toEqual({
    _entities: [
      { november: 100 / 3, ever: 25, before: 25, commitments: { totalCount: 5 } },
      { november: null, ever: null, before: null, commitments: { totalCount: 0 } },
    ],
  });
});

it('tells orders from lines for preparation', async () => {
  const { ask, line } = await opened();
  await line('ORDER');
  await line('MAYBE', { level: 'FORECAST' });
  await line('SOON', { level: 'PLANNED' });
  await line('SOON');
  const ids = (...nodes: string[]) => ({ nodes: nodes.map((id) => ({ id })) });
  expect(
    await ask(`{
      firm: supplierCommitments(filter: { firm: true }, orderBy: { field: ID }) { nodes { id } }
      others: supplierCommitments(filter: { firm: false }, orderBy: { field: ID }) { nodes { id } }
      both: supplierCommitments(filter: { firm: true, level: [FIRM, FORECAST] }, orderBy: { field: ID }) { nodes { id } }
      none: supplierCommitments(filter: { firm: true, level: [FORECAST] }) { nodes { id } }
      any: supplierCommitments(filter: { firm: null }) { totalCount }
      supplierCommitment(id: "SOON") { firm revisions { before { firm level } after { firm level } } }
    }`),
  ).toEqual({
    firm: ids('ORDER', 'SOON'),
    others: ids('MAYBE'),
    both: ids('ORDER', 'SOON'),
    none: ids(),
    any: { totalCount: 3 },
    supplierCommitment: {
      firm: true,
      revisions: [{ before: { firm: false, level: 'PLANNED' }, after: { firm: true, level: 'FIRM' } }],
    },
  });
});

it('pages, filters and sorts commitments, suppliers and agreements', async () => {
  const { ask, line, receive } = await opened();
  await receive('SupplierReported', { id: 'S1', name: 'Zeta', country: 'DE', site: 'S1-DE' });
  await receive('SupplierReported', { id: 'S2', name: 'Alpha', country: 'FR' });
  const agreement = { supplier: 'S1', sku: 'ROTOR', leadTimeDays: 12.5 };
  await receive('SupplyAgreementReported', { id: 'A1', ...agreement, priority: 2 });
  await receive('SupplyAgreementReported', { id: 'A2', ...agreement, supplier: 'S2', location: 'P100', priority: 1 });
  await receive('SupplyAgreementReported', { id: 'A3', ...agreement, location: 'P200' });
  await line('L1', { agreement: 'A1', orderedOn: '2026-11-01', cumulativeRequired: { value: '900', unit: 'EA' } });
  await line('L2', { requiredOn: '2026-11-30', level: 'PLANNED', confirmation: 'ACCEPTED', supplier: 'S2' });
  await receive('ReceiptPosted', {
    id: 'L1',
    receipt: 'GR1',
    received: { value: '10', unit: 'EA' },
    receivedOn: '2026-11-21',
  });
  const ids = (...nodes: string[]) => ({ nodes: nodes.map((id) => ({ id })) });
  expect(
    await ask(`{
      all: supplierCommitments(first: 1) { totalCount nodes { id } pageInfo { hasNextPage } }
      latest: supplierCommitments(orderBy: { field: REQUIRED_ON, direction: DESC }) { nodes { id } }
      few: supplierCommitments(filter: { supplier: ["S2"], sku: ["ROTOR"], location: ["P100"], confirmation: [ACCEPTED], level: [PLANNED], requiredFrom: "2026-11-30", requiredTo: "2026-12-01" }, orderBy: { field: ID }) { nodes { id } }
      supplierCommitment(id: "L1") {
        agreement { id supplier { name } } leadTimeDaysPlanned leadTimeDaysObserved contradiction expectedOn
        cumulatives { required { value } shipped { value } } received { value } open { value } provenance { system }
      }
      supplier(id: "S1") { name country site { code } agreements { nodes { id } } }
      byName: suppliers(orderBy: { field: NAME }) { nodes { id } }
      german: suppliers(filter: { country: ["DE"] }) { totalCount nodes { id } }
      supplyAgreement(id: "A2") { location { code } leadTimeDays product { sku } }
      supplyAgreements(filter: { supplier: ["S1"] }) { nodes { id } }
    }`),
  ).toEqual({
    all: { totalCount: 2, nodes: [{ id: 'L2' }], pageInfo: { hasNextPage: true } },
    latest: ids('L1', 'L2'),
    few: ids('L2'),
    supplierCommitment: {
      agreement: { id: 'A1', supplier: { name: 'Zeta' } },
      leadTimeDaysPlanned: 12.5,
      leadTimeDaysObserved: 20,
      contradiction: null,
      expectedOn: null,
      cumulatives: { required: { value: '900' }, shipped: null },
      received: { value: '10' },
      open: { value: '90' },
      provenance: { system: 'erp' },
    },
    supplier: { name: 'Zeta', country: 'DE', site: { code: 'S1-DE' }, agreements: ids('A1', 'A3') },
    byName: ids('S2', 'S1'),
    german: { totalCount: 1, nodes: [{ id: 'S1' }] },
    supplyAgreement: { location: { code: 'P100' }, leadTimeDays: 12.5, product: { sku: 'ROTOR' } },
    supplyAgreements: ids('A1', 'A3'),
  });
  expect(await ask(ofItems('supplyAgreements { totalCount nodes { id } }', 'ROTOR'))).toEqual({
    _entities: [{ supplyAgreements: { totalCount: 2, ...ids('A2', 'A1') } }],
  });
});

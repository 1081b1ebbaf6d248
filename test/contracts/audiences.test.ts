import { contractSdl, type Contract } from '@takt/gateway';
import { inboundMessage } from '@takt/intake';
import { parse, validate } from 'graphql';
import { beforeAll, expect, it } from 'vitest';
import { bootSystem } from '../system.ts';
import { governedContracts } from './released.ts';

/** What the extracts subgraph offers to whoever only reads. */
const EXTRACTS = ['bulkExtract', 'cancelExtract', 'extractChanges'];

const PORTAL = `query ($supplier: ID!) {
  supplier(id: $supplier) {
    name
    onTimeInFullPercent
    commitments(first: 10, filter: { firm: true }) {
      totalCount
      nodes { id firm required { value unit } requiredOn committedOn open { value } product { sku name } location { code } }
    }
  }
}`;

let contracts: readonly Contract[];
beforeAll(async () => {
  contracts = await governedContracts();
});

it('shows suppliers nothing of forecasts, nor of planning, in any version', () => {
  const shown = contracts.filter(({ name }) => name.audience === 'suppliers');
  expect(shown.map(({ label }) => label)).toEqual(['suppliers/2026-08', 'suppliers/2026-11', 'suppliers/next']);
  for (const contract of shown) {
    expect(contractSdl(contract)).not.toMatch(/forecast|ProductionOrder|Exception|Decision|SupplyDemand|ItemLocation/i);
  }
});

it('shows suppliers their schedule lines, and what they may answer', () => {
  const [stable] = contracts.filter(({ label }) => label === 'suppliers/2026-11');
  const roots = [stable?.schema.getQueryType(), stable?.schema.getMutationType(), stable?.schema.getSubscriptionType()];
  expect(roots.map((root) => Object.keys(root?.getFields() ?? {}).sort())).toEqual([
    ['location', 'product', 'supplier', 'supplierCommitment', 'supplyAgreement'],
    ['commitSupply', 'notifyShipment'],
    ['supplierCommitmentRevised'],
  ]);
});

it('shows analytics all facts and no command', () => {
  for (const contract of contracts.filter(({ name }) => name.audience === 'analytics')) {
    const whole = contracts.find(({ name }) => name.audience === undefined && name.version === contract.name.version);
    const mutations = Object.keys(contract.schema.getMutationType()?.getFields() ?? {});
    expect(mutations.filter((name) => !EXTRACTS.includes(name))).toEqual([]);
    expect(Object.keys(contract.schema.getQueryType()?.getFields() ?? {})).toEqual(
      Object.keys(whole?.schema.getQueryType()?.getFields() ?? {}),
    );
  }
});

it('answers the question of a supplier portal', async () => {
  // given a supplier with an order and a line for preparation
  const { system } = await bootSystem();
  const clock = () => new Date('2026-11-23T08:00:00Z');
  const tell = async (domain: string, type: string, data: object) => {
    const message = inboundMessage({ type, source: 'erp/p1', data }, clock);
    expect(await system.intake(domain).receive([message])).toMatchObject([{ status: 'APPLIED' }]);
  };
  const line = { supplier: 'MOTORS-LTD', sku: 'MOTOR', location: 'P1', required: { value: '50', unit: 'EA' } };
  await tell('products', 'ProductReported', { sku: 'MOTOR', name: 'Motor', type: 'RAW', baseUnit: 'EA' });
  await tell('supplier-commitments', 'SupplierReported', { id: 'MOTORS-LTD', name: 'Motors' });
  await tell('supplier-commitments', 'SupplierCommitmentReported', {
    ...{
      ...line,
      id: 'SC-1',
      level: 'FIRM',
      requiredOn: '2026-11-27',
      confirmation: 'ACCEPTED',
      committedOn: '2026-11-27',
    },
  });
  await tell('supplier-commitments', 'SupplierCommitmentReported', {
    ...{ ...line, id: 'SC-2', level: 'FORECAST', requiredOn: '2027-03-01', confirmation: 'PENDING' },
  });

  // when it asks for what it has to deliver, as its contract allows
  const [stable] = contracts.filter(({ label }) => label === 'suppliers/2026-11');
  expect(stable && validate(stable.schema, parse(PORTAL))).toEqual([]);
  const answer = await ask(system.url, PORTAL, { supplier: 'MOTORS-LTD' });

  // then it hears of the order, with the product’s name from the master data
  expect(answer).toEqual({
    data: {
      supplier: {
        name: 'Motors',
        onTimeInFullPercent: 0,
        commitments: {
          totalCount: 1,
          nodes: [
            {
              ...{ id: 'SC-1', firm: true, required: { value: '50', unit: 'EA' }, requiredOn: '2026-11-27' },
              ...{ committedOn: '2026-11-27', open: { value: '50' }, location: { code: 'P1' } },
              product: { sku: 'MOTOR', name: 'Motor' },
            },
          ],
        },
      },
    },
  });
});

async function ask(url: string, query: string, variables: object): Promise<unknown> {
  const response = await fetch(`${url}/graphql/suppliers`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  });
  return response.json();
}

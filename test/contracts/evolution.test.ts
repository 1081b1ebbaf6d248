import type { Contract } from '@takt/gateway';
import { isEnumType, isObjectType, parse, validate } from 'graphql';
import { beforeAll, expect, it } from 'vitest';
import { governedContracts } from './released.ts';

let contracts: readonly Contract[];
beforeAll(async () => {
  contracts = await governedContracts();
});

/** What changes between versions, and the versions in which a client can ask for it. */
const CHANGES: readonly [query: string, versions: readonly string[]][] = [
  // A renamed field.
  ['{ supplier(id: "S") { onTimeInFull } }', ['2026-08']],
  ['{ supplier(id: "S") { onTimeInFullPercent } }', ['2026-11', 'next']],
  // Flat fields that a type of their own has gathered.
  ['{ routing(id: "R") { lotSizeMinimum { value } } }', ['2026-08']],
  ['{ routing(id: "R") { lotSize { minimum { value } } } }', ['2026-11', 'next']],
  ['{ itemLocation(sku: "A", location: "P") { planning { lotSizeMaximum { value } } } }', ['2026-08']],
  ['{ itemLocation(sku: "A", location: "P") { planning { lotSize { maximum { value } } } } }', ['2026-11', 'next']],
  // What is new.
  ['{ supplierCommitments(filter: { firm: true }) { nodes { firm } } }', ['2026-11', 'next']],
  ['{ supplierCommitment(id: "C") { expectedOn } }', ['next']],
  // What goes.
  ['{ supplierCommitment(id: "C") { leadTimeDaysPlanned } }', ['2026-08', '2026-11']],
  ['{ supplierCommitment(id: "C") { agreement { leadTimeDays } } }', ['2026-08', '2026-11', 'next']],
];

it.each(CHANGES)('%s can be asked in %j', (query, versions) => {
  const accepting = contracts.filter(
    ({ name, schema }) => name.audience === undefined && validate(schema, parse(query)).length === 0,
  );
  expect(accepting.map(({ label }) => label)).toEqual(versions);
});

it('shows a system that is hard to reach as each version calls it', () => {
  const states = ['2026-08', '2026-11', 'next'].map((label) => {
    const type = contracts.find((contract) => contract.label === label)?.schema.getType('BackingSystemState');
    return {
      values: isEnumType(type) ? type.getValues().map(({ name }) => name) : [],
      shownAs: { ...(type?.extensions['shownAs'] as object | undefined) },
    };
  });
  const now = { values: ['DEGRADED', 'DOWN', 'UNKNOWN', 'UP'], shownAs: {} };
  expect(states).toEqual([{ values: ['DOWN', 'SLOW', 'UNKNOWN', 'UP'], shownAs: { DEGRADED: 'SLOW' } }, now, now]);
});

it('warns of what goes, and only where it goes', () => {
  const reasons = ['2026-08', '2026-11'].map((label) => {
    const type = contracts.find((contract) => contract.label === label)?.schema.getType('SupplierCommitment');
    return isObjectType(type) ? type.getFields()['leadTimeDaysPlanned']?.deprecationReason : null;
  });
  expect(reasons).toEqual([undefined, expect.stringContaining('Use SupplyAgreement.leadTimeDays.')]);
});

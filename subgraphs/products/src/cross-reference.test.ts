import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { countReads } from '@takt/document-store';
import { inboundMessage, type Outcome } from '@takt/intake';
import type { CrossReferences } from '@takt/mapping';
import { openDomain, type Domain } from '@takt/subgraph-server';
import fc from 'fast-check';
import { graphql } from 'graphql';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { crossReferenceId } from './cross-reference.ts';
import { plant } from './domain.fixture.ts';
import { crossReferencesOf, products } from './index.ts';
import type { ProductRecord } from './product.ts';

const NOON = '2026-01-05T12:00:00Z';
const LATER = '2026-01-05T13:00:00Z';
const clock = () => new Date(NOON);
const reference = { system: 'erp', instance: 'P100', kind: 'PRODUCT', id: '4711', canonicalId: 'PUMP' } as const;
const key = { system: 'erp', instance: 'P100', kind: 'PRODUCT', id: '4711' };

let directory: string;
let domain: Domain;
let references: CrossReferences;
let reads: ReturnType<typeof countReads>;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'takt-cross-references-'));
  domain = await openDomain(products, {
    directory,
    clock,
    decorateStore: (store) => {
      reads = countReads(store);
      references = crossReferencesOf(reads.store);
      return reads.store;
    },
  });
});

afterEach(async () => {
  await domain.close();
  await rm(directory, { recursive: true });
});

describe('What a system calls something', () => {
  test('is known both ways, of the system and the kind that it was told of', async () => {
    await apply('CrossReferenceReported', reference);
    expect(await references.toCanonical('erp/P100', 'PRODUCT', ['0815', '4711'])).toEqual([undefined, 'PUMP']);
    expect(await references.toSource('erp/P100', 'PRODUCT', ['PUMP', 'VALVE'])).toEqual(['4711', undefined]);
    expect(await references.toCanonical('erp/P200', 'PRODUCT', ['4711'])).toEqual([undefined]);
    expect(await references.toCanonical('erp/P100', 'SUPPLIER', ['4711'])).toEqual([undefined]);
  });

  test('is another thing once it is told so, and nothing once it is withdrawn, until it is told again', async () => {
    await apply('CrossReferenceReported', reference);
    await apply('CrossReferenceReported', { ...reference, canonicalId: 'VALVE' });
    expect(await known()).toBe('VALVE');
    await apply('WithdrawCrossReference', key);
    expect(await known()).toBeUndefined();
    expect(await references.toSource('erp/P100', 'PRODUCT', ['VALVE'])).toEqual([undefined]);
    expect(await tell('WithdrawCrossReference', key)).toMatchObject({ status: 'DUPLICATE' });
    await apply('CrossReferenceReported', reference);
    expect(await known()).toBe('PUMP');
  });

  test('is not changed by what the same system told before', async () => {
    await apply('CrossReferenceReported', reference, { time: LATER });
    const older = await tell('CrossReferenceReported', { ...reference, canonicalId: 'VALVE' });
    expect(older).toMatchObject({ status: 'REJECTED', refusal: { code: 'OLDER_THAN_KNOWN' } });
    expect(await tell('WithdrawCrossReference', key)).toMatchObject({ status: 'REJECTED' });
    expect(await known()).toBe('PUMP');
  });

  test.each([{ kind: 'MACHINE' }, { system: 'a/b' }, { instance: '' }, { id: '' }, { canonicalId: 'x'.repeat(201) }])(
    'is refused with %o',
    async (wrong) => {
      expect(await tell('CrossReferenceReported', { ...reference, ...wrong })).toMatchObject({ status: 'REJECTED' });
    },
  );

  test('has a document of its own whatever characters its parts have', () => {
    const part = fc.string({ minLength: 1 });
    const parts = fc.record({ system: part, instance: part, id: part });
    fc.assert(
      fc.property(parts, parts, (one, other) => {
        const isSame = one.system === other.system && one.instance === other.instance && one.id === other.id;
        const ids = [one, other].map((each) => crossReferenceId({ ...each, kind: 'PRODUCT' }));
        expect(ids[0] === ids[1]).toBe(isSame);
      }),
    );
  });
});

describe('Ids that are told with a product', () => {
  const pump: ProductRecord = { sku: 'PUMP', name: 'Pump', type: 'FINISHED', baseUnit: 'PC' };
  const of = (instance: string, id: string) => ({ system: 'erp', instance, id });

  test('count where nothing was told as a cross-reference', async () => {
    const valve = { ...pump, sku: 'VALVE', alternativeIds: [of('P200', '4711')] };
    await apply('ProductReported', { ...pump, alternativeIds: [of('P100', '4711'), of('P100', '9')] });
    await apply('ProductReported', valve);
    expect(await references.toCanonical('erp/P100', 'PRODUCT', ['4711', '1'])).toEqual(['PUMP', undefined]);
    expect(await references.toCanonical('erp/P200', 'PRODUCT', ['4711'])).toEqual(['VALVE']);
    expect(await references.toSource('erp/P100', 'PRODUCT', ['PUMP', 'VALVE'])).toEqual(['4711', undefined]);
    await apply('CrossReferenceReported', { ...reference, canonicalId: 'VALVE' });
    expect(await known()).toBe('VALVE');
  });

  test('stay when another system tells of the product, and go when the same one no longer has them', async () => {
    const from = (instance: string, ids: object[]) =>
      tell('ProductReported', { ...pump, alternativeIds: ids }, { source: `erp/${instance}` });
    await from('P100', [of('P100', '1')]);
    await from('P200', [of('P200', '2')]);
    expect(await tell('ProductReported', pump, { source: 'frepple/main' })).toMatchObject({ status: 'DUPLICATE' });
    const both = [of('P100', '1'), of('P200', '2')];
    expect(await ask('{ product(sku: "PUMP") { alternativeIds { system instance id } } }')).toEqual({
      product: { alternativeIds: both },
    });
    const before = await revision();
    await from('P100', [of('P100', '1')]);
    expect(await revision()).toBe(before);
    await from('P100', []);
    expect(await references.toCanonical('erp/P100', 'PRODUCT', ['1'])).toEqual([undefined]);
    expect(await references.toCanonical('erp/P200', 'PRODUCT', ['2'])).toEqual(['PUMP']);
  });
});

test('Any number of ids is two reads', async () => {
  await apply('CrossReferenceReported', reference);
  const ids = Array.from({ length: 300 }, (_, index) => `ID-${index}`);
  for (const ask of [references.toCanonical.bind(references), references.toSource.bind(references)]) {
    reads.reset();
    expect(await ask('erp/P100', 'PRODUCT', ids)).toEqual(ids.map(() => undefined));
    expect(reads.reads()).toBe(2);
    reads.reset();
    await ask('erp/P100', 'LOCATION', ids);
    expect(reads.reads()).toBe(1);
    expect(await ask('erp/P100', 'LOCATION', [])).toEqual([]);
  }
});

describe('In the graph', () => {
  test('cross-references are listed, filtered and shown at what they mean', async () => {
    const all = [
      reference,
      { ...reference, instance: 'P200', id: '4712' },
      { ...reference, kind: 'LOCATION', id: '0100', canonicalId: 'P100' },
      { ...reference, system: 'mes', kind: 'WORK_CENTER', id: 'L1', canonicalId: 'LINE-1' },
    ];
    for (const each of all) await apply('CrossReferenceReported', each);
    await apply('LocationReported', plant);
    await apply('ProductReported', {
      ...{ sku: 'PUMP', name: 'Pump', type: 'FINISHED', baseUnit: 'PC' },
      alternativeIds: [
        { system: 'erp', instance: 'P100', id: '4711' },
        { system: 'frepple', instance: 'main', id: 'pump' },
      ],
    });
    expect(
      await ask(`{
        product(sku: "PUMP") { crossReferences { system instance id } }
        location(code: "P100") { crossReferences { system instance id } }
        all: crossReferences(first: 3) { totalCount nodes { id kind canonicalId revision provenance { system } } }
        some: crossReferences(filter: { system: ["erp"], canonicalId: ["PUMP"] }) { nodes { instance id } }
        one: crossReferences(filter: { id: ["L1"], kind: [WORK_CENTER] }) { nodes { canonicalId } }
      }`),
    ).toMatchObject({
      product: {
        crossReferences: [
          { system: 'erp', instance: 'P100', id: '4711' },
          { system: 'erp', instance: 'P200', id: '4712' },
          { system: 'frepple', instance: 'main', id: 'pump' },
        ],
      },
      location: { crossReferences: [{ system: 'erp', instance: 'P100', id: '0100' }] },
      all: { totalCount: 4, nodes: [{ id: '0100' }, { id: '4711', revision: 1 }, { id: '4712' }] },
      some: { nodes: [{ instance: 'P100' }, { instance: 'P200' }] },
      one: { nodes: [{ canonicalId: 'LINE-1' }] },
    });
  });

  test.each([
    ['{ kind: [PRODUCT] }', 1],
    ['{ instance: ["P100"], id: ["4711", "x"] }', 1],
    ['{ system: ["erp", "mes"], kind: [PRODUCT, LOCATION] }', 1],
    ['{ canonicalId: ["PUMP", "x"], instance: ["P100"], kind: [PRODUCT] }', 1],
    ['{ id: ["4711"], canonicalId: ["PUMP"] }', 1],
    ['{ system: [] }', 0],
  ])('they are found by %s', async (filter, totalCount) => {
    await apply('CrossReferenceReported', reference);
    expect(await ask(`{ crossReferences(filter: ${filter}) { totalCount nodes { id } } }`)).toMatchObject({
      crossReferences: { totalCount, nodes: { length: totalCount } },
    });
  });

  test('they are set and withdrawn by hand, once per key and of the revision that was seen', async () => {
    const command = (name: string, input: string, keyOfCommand: string, expected = 'null') =>
      ask(`mutation { done: ${name}(input: { system: "erp", instance: "P100", kind: PRODUCT, id: "4711"${input} }
        idempotencyKey: "${keyOfCommand}", expectedRevision: ${expected}) {
          __typename
          ... on CrossReferenceAccepted { crossReference { canonicalId revision } }
          ... on RevisionConflict { currentRevision }
        } }`);
    const is = (canonicalId: string | null, at: number) => ({
      done: { __typename: 'CrossReferenceAccepted', crossReference: { canonicalId, revision: at } },
    });
    expect(await command('withdrawCrossReference', '', 'zero')).toMatchObject({ done: { crossReference: null } });
    expect(await command('setCrossReference', ', canonicalId: "PUMP"', 'one')).toEqual(is('PUMP', 1));
    expect(await command('setCrossReference', ', canonicalId: "PUMP"', 'one')).toEqual(is('PUMP', 1));
    expect(await command('withdrawCrossReference', '', 'two', '7')).toMatchObject({ done: { currentRevision: 1 } });
    expect(await command('withdrawCrossReference', '', 'three', '1')).toEqual(is(null, 2));
  });
});

async function known(): Promise<string | undefined> {
  return (await references.toCanonical('erp/P100', 'PRODUCT', ['4711']))[0];
}

async function revision(): Promise<unknown> {
  return ((await ask('{ product(sku: "PUMP") { revision } }')) as { product: { revision: number } }).product.revision;
}

interface Telling {
  readonly time?: string;
  readonly source?: string;
}

async function tell(type: string, data: object, telling: Telling = {}): Promise<Outcome | undefined> {
  const { time = NOON, source = 'erp/P100' } = telling;
  return (await domain.intake.receive([inboundMessage({ type, source, data, time }, clock)]))[0];
}

async function apply(type: string, data: object, telling: Telling = {}): Promise<void> {
  expect(await tell(type, data, telling)).toMatchObject({ status: 'APPLIED' });
}

async function ask(source: string): Promise<Record<string, unknown>> {
  const { schema } = domain;
  const { data, errors } = await graphql({ schema, source, contextValue: domain.createContext() });
  expect(errors).toBeUndefined();
  return data ?? {};
}

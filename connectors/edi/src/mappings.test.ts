import { forecasts } from '@takt/forecasts';
import { inventory } from '@takt/inventory';
import { mappingFixture } from '@takt/mapping/testing';
import { supplierCommitments } from '@takt/supplier-commitments';
import { describe, expect, it } from 'vitest';
import { readDocument } from './read-document.ts';
import { recordsOf } from './records.ts';
import { SAMPLES } from './samples.fixture.ts';

const fixture = (name: string) =>
  mappingFixture({
    file: new URL(`../mappings/${name}.yml`, import.meta.url),
    connector: 'edi',
    domains: [forecasts, inventory, supplierCommitments],
    system: 'edi/foundry',
    references: { PRODUCT: { 'MAT-1': 'CASTING' }, CUSTOMER: { P100: 'C-PUMPS' } },
  });

async function messagesOf(name: string, sample: keyof typeof SAMPLES) {
  const mapping = await fixture(name);
  const read = readDocument(SAMPLES[sample], { isRepeated: false, takesTests: false });
  const { messages, faults } = await mapping.map(recordsOf(read, { cumulativeMismatches: [] }));
  return { messages: messages.map(({ type, data }) => ({ type, data })), faults };
}

describe('supplier-schedules', () => {
  it.each(['830', 'DELFOR'] as const)('makes a commitment of each schedule of %s', async (sample) => {
    const { messages } = await messagesOf('supplier-schedules', sample);
    const line = { supplier: 'S-101', sku: 'CASTING', location: 'P100', agreement: '4500', confirmation: 'PENDING' };
    expect(messages).toEqual([
      {
        type: 'SupplierCommitmentReported',
        data: expect.objectContaining({
          ...line,
          id: '4500/10/2026-11-23',
          level: 'FIRM',
          required: { value: '100', unit: 'PC' },
          requiredOn: '2026-11-23',
          cumulativeReceived: { value: '500', unit: 'PC' },
        }),
      },
      {
        type: 'SupplierCommitmentReported',
        data: expect.objectContaining({
          ...line,
          id: '4500/10/2026-11-30',
          level: 'FORECAST',
          required: { value: '120.5', unit: 'PC' },
        }),
      },
    ]);
  });
});

describe('supplier-replies', () => {
  it.each(['855', 'ORDRSP'] as const)('makes a promise of each line of %s', async (sample) => {
    const { messages } = await messagesOf('supplier-replies', sample);
    expect(messages.slice(0, 2)).toEqual([
      {
        type: 'CommitSupply',
        data: expect.objectContaining({
          id: '4500/10',
          confirmation: 'PARTIAL',
          committed: { value: '60', unit: 'PC' },
          committedOn: '2026-12-01',
        }),
      },
      { type: 'CommitSupply', data: expect.objectContaining({ id: '4500/20', confirmation: 'REJECTED' }) },
    ]);
  });

  it('says of a date that it is none, and uses the other lines', async () => {
    const { messages, faults } = await messagesOf('supplier-replies', '855');
    expect(messages).toHaveLength(2);
    expect(faults).toEqual([
      expect.objectContaining({ code: 'BAD_DATE', place: 'segment 11 (ACK)', reason: 'ACK05: "20261301" is no date.' }),
    ]);
  });

  it('takes a new date for a change', async () => {
    const { messages } = await messagesOf('supplier-replies', '865');
    expect(messages).toEqual([
      {
        type: 'CommitSupply',
        data: expect.objectContaining({ confirmation: 'ACCEPTED_WITH_CHANGE', committedOn: '2026-12-03' }),
      },
    ]);
  });

  it.each(['856', 'DESADV'] as const)('makes a shipment of each item of %s', async (sample) => {
    const { messages } = await messagesOf('supplier-replies', sample);
    expect(messages).toEqual([
      {
        type: 'ShipmentNotified',
        data: {
          id: '4500/10',
          notice: 'ASN-77/1',
          quantity: { value: '60', unit: 'PC' },
          shippedOn: '2026-11-20',
          expectedOn: '2026-11-22',
        },
      },
    ]);
  });

  it.each(['846', 'INVRPT'] as const)('makes stock at the supplier’s site of %s', async (sample) => {
    const { messages } = await messagesOf('supplier-replies', sample);
    expect(messages).toEqual([
      {
        type: 'StockReported',
        data: {
          sku: 'CASTING',
          location: 'S-101-SITE',
          unit: 'PC',
          stock: [
            { status: 'UNRESTRICTED', quantity: { value: '80', unit: 'PC' } },
            { status: 'BLOCKED', quantity: { value: '2', unit: 'PC' } },
          ],
        },
      },
    ]);
  });
});

describe('customer-schedules', () => {
  it.each(['830', 'DELFOR'] as const)('makes one forecast of each item of %s', async (sample) => {
    const { messages } = await messagesOf('customer-schedules', sample);
    expect(messages).toEqual([
      {
        type: 'ForecastReported',
        data: expect.objectContaining({
          sku: 'CASTING',
          customer: 'C-PUMPS',
          granularity: 'WEEK',
          unit: 'PC',
          publishedAt: '2026-11-20T08:15:00.000Z',
          complete: true,
          buckets: [
            { start: '2026-11-23', baseline: '100' },
            { start: '2026-11-30', baseline: '120.5' },
          ],
        }),
      },
    ]);
  });

  it('makes an order of each call-off, and cancels what is called off with nothing', async () => {
    const { messages } = await messagesOf('customer-schedules', '862');
    expect(messages.map(({ data }) => data)).toEqual([
      expect.objectContaining({ id: '4500/10/2026-11-23', status: 'OPEN', dueAt: '2026-11-23T00:00:00Z' }),
      expect.objectContaining({ id: '4500/10/2026-11-24', status: 'CANCELLED' }),
    ]);
  });

  it('tells two call-offs of one day apart', async () => {
    const { messages } = await messagesOf('customer-schedules', 'DELJIT');
    expect(messages.map(({ data }) => (data as { id: string }).id)).toEqual([
      '4500/10/2026-11-23',
      '4500/10/2026-11-23.2',
    ]);
  });
});

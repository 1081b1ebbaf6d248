import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DecisionContext } from '@takt/intake';
import { given } from '@takt/intake/testing';
import { add, compare, quantity, subtract } from '@takt/quantity';
import { contradiction } from './confirmation.ts';
import type { CommitSupply, SupplierCommitmentReport, SupplyReceipt } from './messages.ts';
import {
  delayDays,
  ENTRIES_KEPT,
  expectedOn,
  observedLeadTimeDays,
  REVISIONS_KEPT,
  supplierCommitment,
  type SupplierCommitment,
} from './supplier-commitment.ts';

type Message = Parameters<typeof supplierCommitment.decide>[1];
type Event = Parameters<typeof supplierCommitment.evolve>[1];

const ea = (value: string | number) => quantity(value, 'EA');

function reported(rest: Partial<SupplierCommitmentReport> = {}) {
  const data: SupplierCommitmentReport = {
    id: 'SL1',
    supplier: 'S1',
    sku: 'ROTOR',
    location: 'P100',
    level: 'FIRM',
    required: ea(100),
    requiredOn: '2026-12-01',
    confirmation: 'PENDING',
    orderedOn: '2026-11-01',
    ...rest,
  };
  return { type: 'SupplierCommitmentReported', data } as const;
}

function committed(confirmation: CommitSupply['confirmation'], rest: Partial<CommitSupply> = {}) {
  return { type: 'CommitSupply', data: { id: 'SL1', confirmation, ...rest } } as const;
}

function shipped(notice: string, pieces: number, expectedOn?: string) {
  const data = { id: 'SL1', notice, quantity: ea(pieces), shippedOn: '2026-11-25' };
  return { type: 'ShipmentNotified', data: { ...data, ...(expectedOn !== undefined && { expectedOn }) } } as const;
}

function received(receipt: string, pieces: number, rest: Partial<SupplyReceipt> = {}) {
  const data = { id: 'SL1', receipt, received: ea(pieces), receivedOn: '2026-11-30', ...rest };
  return { type: 'ReceiptPosted', data } as const;
}

function eventsOf(...messages: readonly Message[]): Event[] {
  const events: Event[] = [];
  for (const message of messages) {
    const { decision } = given(supplierCommitment, events).when(message);
    if ('refused' in decision) throw new Error(`${decision.refused.code}: ${decision.refused.reason}`);
    events.push(...decision.events);
  }
  return events;
}

const after = (...messages: readonly Message[]): SupplierCommitment =>
  given(supplierCommitment, eventsOf(...messages)).state!;

describe('a report of a schedule line', () => {
  it('says what changed from what to what', () => {
    const [before, now] = [reported().data, reported({ required: ea(120) }).data];
    given(supplierCommitment, eventsOf(reported()))
      .when(reported({ required: ea(120) }))
      .then([
        {
          type: 'SupplierCommitmentRevised',
          data: {
            id: 'SL1',
            supplier: 'S1',
            sku: 'ROTOR',
            location: 'P100',
            before,
            after: now,
            changed: ['required'],
            revisedAt: '2026-01-05T12:00:00Z',
            reportedBy: 'erp/plant-1',
          },
        },
      ]);
  });

  it('that brings nothing new causes no event', () => {
    given(supplierCommitment, eventsOf(reported())).when(reported()).then([]);
  });

  it('older than what the same system told is refused, also after the supplier answered', () => {
    given(supplierCommitment, eventsOf(reported(), committed('ACCEPTED')))
      .when(reported({ required: ea(1) }), { time: '2026-01-05T11:59:59Z' })
      .thenRefused('OLDER_THAN_KNOWN');
  });

  it('that knows no answer leaves the one that is known, as long as the requirement is the same', () => {
    const known = [reported(), committed('ACCEPTED')];
    given(supplierCommitment, eventsOf(...known))
      .when(reported())
      .then([]);
    expect(after(...known, reported({ required: ea(120) }))).toMatchObject({ confirmation: 'PENDING' });
    expect(after(...known, reported({ required: ea(120) })).committed).toBeUndefined();
  });

  it('that contradicts itself is kept, and shows so', () => {
    const state = after(reported({ confirmation: 'ACCEPTED', committed: ea(60), committedOn: '2026-12-01' }));
    expect(contradiction(state)).toBe('Accepted, but 60 are promised of 100.');
    expect(contradiction(after(reported()))).toBeUndefined();
  });

  it('in more than one unit, or with less than nothing, is refused', () => {
    given(supplierCommitment, [])
      .when(reported({ committed: quantity(1, 'KG') }))
      .thenRefused('UNIT_MISMATCH');
    given(supplierCommitment, [])
      .when(reported({ required: ea(-1) }))
      .thenRefused('BAD_QUANTITY');
    given(supplierCommitment, eventsOf(reported()))
      .when(reported({ required: quantity(1, 'KG') }))
      .thenRefused('UNIT_MISMATCH');
  });

  it('keeps the latest revisions, newest first', () => {
    const weeks = Array.from({ length: REVISIONS_KEPT + 3 }, (_, index) => reported({ required: ea(index + 1) }));
    const { revisions } = after(...weeks);
    expect(revisions).toHaveLength(REVISIONS_KEPT);
    expect(revisions[0]).toMatchObject({
      before: { required: ea(22) },
      after: { required: ea(23) },
      changed: ['required'],
    });
  });
});

describe('a supplier’s answer', () => {
  it('that accepts promises what is required, when it is', () => {
    const state = after(reported(), committed('ACCEPTED'));
    expect(state).toMatchObject({ confirmation: 'ACCEPTED', committed: ea(100), committedOn: '2026-12-01' });
    expect(delayDays(state)).toBe(0);
  });

  it('that names another day tells by how much it is late', () => {
    const late = committed('ACCEPTED_WITH_CHANGE', { committedOn: '2026-12-08', reason: 'Strike' });
    const state = after(reported(), late);
    expect(delayDays(state)).toBe(7);
    expect(state.revisions[0]).toMatchObject({
      reason: 'Strike',
      changed: ['committed', 'committedOn', 'confirmation'],
    });
    given(supplierCommitment, eventsOf(reported(), late)).when(late).then([]);
  });

  it.each([
    committed('ACCEPTED', { committed: ea(99) }),
    committed('ACCEPTED', { committedOn: '2026-12-02' }),
    committed('ACCEPTED_WITH_CHANGE'),
    committed('REJECTED', { committed: ea(100) }),
    committed('BACKORDERED', { committedOn: '2026-12-01' }),
    committed('PARTIAL'),
    committed('PARTIAL', { committed: ea(100) }),
    committed('PENDING', { committedOn: '2026-12-01' }),
    committed('ACCEPTED_WITH_CHANGE', { committed: ea(-5) }),
  ])('that contradicts itself is refused: $data', (message) => {
    given(supplierCommitment, eventsOf(reported())).when(message).thenRefused('CONFIRMATION_CONTRADICTS');
  });

  it.each([
    committed('ACCEPTED', { committed: ea(120), committedOn: '2026-11-30' }),
    committed('ACCEPTED_WITH_CHANGE', { committed: ea(80) }),
    committed('REJECTED'),
    committed('BACKORDERED'),
    committed('BACKORDERED', { committed: ea(100), committedOn: '2026-12-24' }),
    committed('PARTIAL', { committed: ea(40) }),
  ])('that makes sense is taken: $data', (message) => {
    expect(contradiction(after(reported(), message))).toBeUndefined();
  });

  it('can be taken back', () => {
    const state = after(reported(), committed('ACCEPTED'), committed('PENDING'));
    expect(state.confirmation).toBe('PENDING');
    expect(state.committed).toBeUndefined();
  });

  it('needs a line, and its unit', () => {
    given(supplierCommitment, []).when(committed('ACCEPTED')).thenRefused('UNKNOWN_COMMITMENT');
    given(supplierCommitment, eventsOf(reported()))
      .when(committed('ACCEPTED', { committed: quantity(100, 'KG') }))
      .thenRefused('UNIT_MISMATCH');
  });
});

describe('shipments and receipts', () => {
  it('count once, whatever how often they are told', () => {
    const known = eventsOf(reported(), shipped('ASN1', 60), received('GR1', 60));
    given(supplierCommitment, known).when(shipped('ASN1', 60)).then([]);
    given(supplierCommitment, known).when(received('GR1', 60)).then([]);
  });

  it('leave open what was not received or was rejected', () => {
    const state = after(reported(), shipped('ASN1', 60), received('GR1', 60, { rejected: ea(10) }));
    expect(state).toMatchObject({
      shipped: ea(60),
      received: ea(60),
      rejected: ea(10),
      open: ea(50),
      onTimeInFull: false,
    });
    expect(observedLeadTimeDays(state)).toBe(29);
  });

  it('beyond what is open are taken and flagged', () => {
    const state = after(reported(), received('GR1', 90), received('GR2', 20));
    expect(state.receipts.map(({ receipt, overReceived }) => [receipt, overReceived])).toEqual([
      ['GR2', true],
      ['GR1', false],
    ]);
    expect(state).toMatchObject({ received: ea(110), open: ea(0) });
  });

  it('are on time and in full by the day that is required', () => {
    expect(after(reported(), received('GR1', 100, { receivedOn: '2026-12-01' })).onTimeInFull).toBe(true);
    expect(after(reported(), received('GR1', 100, { receivedOn: '2026-12-02' })).onTimeInFull).toBe(false);
    const more = after(reported(), received('GR1', 100), reported({ required: ea(120) }));
    expect(more).toMatchObject({ onTimeInFull: false, open: ea(20) });
    expect(more.completedOn).toBeUndefined();
  });

  it('of nothing, in another unit, or with more rejected than received are refused', () => {
    const known = given(supplierCommitment, eventsOf(reported()));
    known.when(shipped('ASN1', 0)).thenRefused('BAD_QUANTITY');
    known.when(received('GR1', -1)).thenRefused('BAD_QUANTITY');
    known.when(received('GR1', 5, { rejected: ea(6) })).thenRefused('BAD_QUANTITY');
    known.when(received('GR1', 5, { received: quantity(5, 'KG') })).thenRefused('UNIT_MISMATCH');
    known.when(received('GR1', 5, { rejected: quantity(5, 'KG') })).thenRefused('UNIT_MISMATCH');
    given(supplierCommitment, []).when(shipped('ASN1', 1)).thenRefused('UNKNOWN_COMMITMENT');
    given(supplierCommitment, []).when(received('GR1', 1)).thenRefused('UNKNOWN_COMMITMENT');
  });
});

describe('what is open is expected', () => {
  const promised = reported({ committedOn: '2026-12-03' });

  it('on no day while nobody says one', () => {
    expect(expectedOn(after(reported()))).toBeUndefined();
  });

  it('when it is promised, until a ship notice says another day', () => {
    expect(expectedOn(after(promised))).toBe('2026-12-03');
    expect(expectedOn(after(promised, shipped('ASN1', 40)))).toBe('2026-12-03');
    expect(expectedOn(after(promised, shipped('ASN1', 40, '2026-12-05')))).toBe('2026-12-05');
    expect(expectedOn(after(promised, shipped('ASN1', 40, '2026-12-05'), shipped('ASN2', 60, '2026-12-04')))).toBe(
      '2026-12-04',
    );
  });

  it('on no day once nothing is open', () => {
    expect(expectedOn(after(promised, received('GR1', 100)))).toBeUndefined();
    expect(expectedOn(after(promised, received('GR1', 99)))).toBe('2026-12-03');
  });
});

describe('whatever happens to a line', () => {
  const pieces = fc.integer({ min: 1, max: 80 });
  const step = fc.oneof(
    fc.record({ required: pieces }),
    fc.record({ notice: fc.integer({ min: 1, max: 200 }), pieces }),
    fc.record({ receipt: fc.integer({ min: 1, max: 200 }), pieces, rejected: fc.integer({ min: 0, max: 80 }) }),
    fc.constantFrom('ACCEPTED' as const, 'REJECTED' as const, 'PENDING' as const, 'BACKORDERED' as const),
  );
  const context: DecisionContext = {
    now: new Date('2026-11-23T12:00:00Z'),
    time: '2026-11-23T12:00:00Z',
    cause: 'REPORTED',
    origin: { system: 'erp', instance: 'plant-1' },
    known: undefined,
    lastTold: undefined,
  };

  it('what is open, received and rejected add up, lists stay bounded, and the same message again changes nothing', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 70 }), (steps) => {
        let state: SupplierCommitment | undefined;
        for (const each of steps) {
          const message =
            typeof each === 'string'
              ? committed(each)
              : 'required' in each
                ? reported({ required: ea(each.required) })
                : 'notice' in each
                  ? shipped(`ASN${each.notice}`, each.pieces)
                  : received(`GR${each.receipt}`, each.pieces, { rejected: ea(each.rejected) });
          const decision = supplierCommitment.decide(state, message, context);
          if ('refused' in decision) continue;
          for (const event of decision.events) state = supplierCommitment.evolve(state, event);
          const again = supplierCommitment.decide(state, message, context);
          expect(again).toEqual({ events: [] });
        }
        if (!state) return;
        const accepted = subtract(state.received, state.rejected);
        expect(compare(add(accepted, state.open), state.required)).toBeGreaterThanOrEqual(0);
        expect(compare(state.open, ea(0))).toBeGreaterThanOrEqual(0);
        expect(state.completedOn !== undefined).toBe(state.open.value === '0' && state.receipts.length > 0);
        expect(contradiction(state)).toBeUndefined();
        expect(Math.max(state.shipments.length, state.receipts.length)).toBeLessThanOrEqual(ENTRIES_KEPT);
      }),
    );
  });
});

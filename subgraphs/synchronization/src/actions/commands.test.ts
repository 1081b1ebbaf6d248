import { Value } from '@sinclair/typebox/value';
import { EventSchemas } from '@takt/event-log';
import { Commands } from '@takt/production-orders/contract';
import { expect, it } from 'vitest';
import { MOVE } from '../exceptions/exception.fixture.ts';
import type { ProposedChange } from '../exceptions/messages.ts';
import { commandOf } from './commands.ts';

// Knows the formats of instants.
new EventSchemas([{ type: 'ReviseSchedule', data: Commands.ReviseSchedule }]);

const origin = {
  id: 'PUMP@P100:7',
  decision: 'PUMP@P100:7',
  cause: 'FORECAST_CHANGE',
  correlationId: 'c1',
  attempt: 1,
} as const;
const NEW: ProposedChange = {
  kind: 'CREATE',
  order: 'PUMP@P100:7/1',
  sku: 'PUMP',
  location: 'P100',
  quantity: { value: '40', unit: 'EA' },
  scheduledStart: '2026-01-12T06:00:00Z',
  scheduledEnd: '2026-01-12T14:00:00Z',
  routing: 'R1',
  operations: [{ sequence: 10, workCenter: 'MILL', plannedMinutes: 60 }],
  components: [{ position: 10, sku: 'CASING', required: { value: '40', unit: 'EA' } }],
  reason: '40 EA are missing on 2026-01-14.',
};

it('revises the order as it was when the change was made, and says which decision wants it', () => {
  const command = commandOf(MOVE, origin);
  expect(command).toMatchObject({
    type: 'ReviseSchedule',
    id: 'PUMP@P100:7/revise/PO-1',
    expectedRevision: 3,
    cause: 'FORECAST_CHANGE',
    correlationId: 'c1',
    data: { id: 'PO-1', scheduledStart: MOVE.scheduledStart, policyDecision: 'PUMP@P100:7', reason: MOVE.reason },
  });
  expect([...Value.Errors(Commands.ReviseSchedule, command.data)]).toEqual([]);
});

it('makes an order with its operations and components', () => {
  const command = commandOf(NEW, origin);
  expect(command).toMatchObject({ type: 'CreateProductionOrder', id: 'PUMP@P100:7/create/PUMP@P100:7/1' });
  expect([...Value.Errors(Commands.CreateProductionOrder, command.data)]).toEqual([]);
  expect(command.data).toMatchObject({
    id: NEW.order,
    components: [{ sku: 'CASING' }],
    operations: [{ sequence: 10 }],
  });
});

it('names who approved it', () => {
  expect(commandOf(MOVE, { ...origin, approvedBy: 'Anke, Jan' }).data).toMatchObject({ approvedBy: 'Anke, Jan' });
  expect(commandOf(MOVE, origin).data).not.toHaveProperty('approvedBy');
});

it('is the same command however often it is made, and another one for another attempt', () => {
  expect(commandOf(MOVE, origin)).toEqual(commandOf(MOVE, origin));
  expect(commandOf(MOVE, { ...origin, attempt: 2 }).id).toBe('PUMP@P100:7/revise/PO-1/2');
});

import { describe, expect, it } from 'vitest';
import type { ProductionOrderFact } from './events.ts';
import type { CommandData } from './messages.ts';
import { confirmation, CREATED, pieces, PLAN, RELEASED, REPORTED, givenOrder } from './order.fixture.ts';

const id = 'PO-1';
const released = [CREATED, RELEASED];
const revise = (data: Omit<CommandData<'ReviseSchedule'>, 'id' | 'cause'> & { cause?: 'QUALITY' | 'CAPACITY' }) =>
  ({ type: 'ReviseSchedule', data: { id, cause: 'CAPACITY', ...data } }) as const;

describe('revising a schedule', () => {
  it('applies at once to an order that was created here', () => {
    const state = givenOrder(released)
      .when(
        revise({
          scheduledEnd: '2026-03-04T14:00:00Z',
          policyDecision: 'D-1',
          approvedBy: 'Paul',
          reason: 'LATHE is down',
        }),
      )
      .then([
        {
          type: 'ProductionOrderRescheduled',
          data: {
            id,
            revision: {
              number: 1,
              from: { scheduledEnd: '2026-03-03T14:00:00.000Z' },
              to: { scheduledEnd: '2026-03-04T14:00:00.000Z' },
              cause: 'CAPACITY',
              reason: 'LATHE is down',
              policyDecision: 'D-1',
              approvedBy: 'Paul',
              revisedAt: '2026-01-05T12:00:00.000Z',
              state: 'APPLIED',
            },
          },
        },
      ]);
    expect(state).toMatchObject({ scheduledEnd: '2026-03-04T14:00:00.000Z', scheduleRevisions: [{ number: 1 }] });
  });

  it('waits for the system that owns the order, which shows the new schedule meanwhile', () => {
    const when = givenOrder([REPORTED]).when(revise({ scheduledEnd: '2026-03-04T14:00:00Z' }));
    expect(when.decision).toMatchObject({ events: [{ data: { revision: { number: 1, state: 'APPROVED' } } }] });
  });

  it('moves operations that have not begun along when the order moves as a whole', () => {
    const { decision } = givenOrder([...released, confirmation('c1', 10, '5')]).when(
      revise({ scheduledStart: '2026-03-03T06:00:00Z', scheduledEnd: '2026-03-04T14:00:00Z' }),
    );
    expect(decision).toMatchObject({
      events: [
        {
          data: {
            revision: {
              to: {
                scheduledStart: '2026-03-03T06:00:00.000Z',
                operations: [
                  {
                    sequence: 20,
                    scheduledStart: '2026-03-04T06:00:00.000Z',
                    scheduledEnd: '2026-03-04T14:00:00.000Z',
                  },
                ],
              },
            },
          },
        },
      ],
    });
  });

  it('moves an operation to another work center', () => {
    const when = givenOrder(released).when(revise({ operations: [{ sequence: 20, workCenter: 'LINE-2' }] }));
    expect(when.decision).toMatchObject({
      events: [
        {
          data: {
            revision: {
              from: { operations: [{ workCenter: 'LINE-1' }] },
              to: { operations: [{ workCenter: 'LINE-2' }] },
            },
          },
        },
      ],
    });
  });

  it('changes what is required with the quantity', () => {
    const { decision } = givenOrder(released).when(revise({ quantity: pieces('50') }));
    expect(decision).toMatchObject({
      events: [
        {},
        { data: { components: [{ required: pieces('50') }, { required: pieces('200'), withdrawn: pieces('100') }] } },
      ],
    });
  });

  it('that changes nothing is no event', () => {
    givenOrder(released)
      .when(revise({ scheduledStart: PLAN.scheduledStart, quantity: PLAN.quantity }))
      .then([]);
  });

  it.each<[string, Parameters<typeof revise>[0]]>([
    ['END_BEFORE_START', { scheduledStart: '2026-03-05T00:00:00Z' }],
    ['END_BEFORE_START', { operations: [{ sequence: 10, scheduledEnd: '2026-03-01T00:00:00Z' }] }],
    ['OPERATION_UNKNOWN', { operations: [{ sequence: 11, workCenter: 'LINE-2' }] }],
    ['QUANTITY_BELOW_CONFIRMED', { quantity: pieces('39.9') }],
    ['QUANTITY_NOT_POSITIVE', { quantity: pieces('0') }],
    ['UNITS_DIFFER', { quantity: { value: '50', unit: 'KG' } }],
  ])('that makes no sense is refused: %s %o', (code, data) => {
    givenOrder([...released, confirmation('c1', 10, '40')])
      .when(revise(data))
      .thenRefused(code);
  });

  it('of a frozen order needs approval and a cause that allows it', () => {
    const frozen: ProductionOrderFact = {
      type: 'ProductionOrderStatusChanged',
      data: { id, state: 'RELEASED', sourceStatuses: ['LKD'], frozen: true, materialShortage: false },
    };
    const order = givenOrder([REPORTED, frozen]);
    const scheduledEnd = '2026-03-04T14:00:00Z';
    order.when(revise({ scheduledEnd, approvedBy: 'Paul' })).thenRefused('ORDER_FROZEN');
    order.when(revise({ scheduledEnd, cause: 'QUALITY' })).thenRefused('ORDER_FROZEN');
    expect(order.when(revise({ scheduledEnd, cause: 'QUALITY', approvedBy: 'Paul' })).decision).toHaveProperty(
      'events',
    );
  });
});

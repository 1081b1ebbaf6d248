import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { given } from '@takt/intake/testing';
import { approvalsNeeded, isSamePerson } from './approve.ts';
import { approve, at, eventsOf, message, MOVE, NOON, raise, UNCHANGED } from './exception.fixture.ts';
import type { ProposedChange } from './messages.ts';
import {
  planningException,
  type ExceptionEvent,
  type ExceptionMessage,
  type PlanningException,
} from './planning-exception.ts';

const FROZEN = { zone: 'FROZEN' } as const;
const { id, kind, sku, location, owner, decisions } = raise().data;
const about = { id, kind, sku, location, owner, at: NOON, matter: 1 };
const NEW_ORDER: ProposedChange = {
  kind: 'CREATE',
  order: 'D1/1',
  sku: 'PUMP',
  location: 'P100',
  quantity: { value: '25', unit: 'EA' },
  scheduledStart: '2026-01-13T06:00:00Z',
  scheduledEnd: '2026-01-13T14:00:00Z',
  reason: 'For the rise.',
};

describe('an approval', () => {
  it('lets happen exactly what is proposed', () => {
    given(planningException, eventsOf(raise()))
      .when(approve('Ann', { comment: 'Go ahead.' }))
      .then([
        {
          type: 'ExceptionApproved',
          data: { ...about, approvals: [{ by: 'Ann', at: NOON, comment: 'Go ahead.' }], proposal: [MOVE], decisions },
        },
      ]);
  });

  it('of what is snoozed is as good as any', () => {
    const asleep = eventsOf(raise(), message('SnoozeException', { by: 'Ben', until: '2026-01-09T08:00:00Z' }));
    const [event] = eventsOf(raise(), approve('Ann')).slice(-1);
    expect(given(planningException, asleep).when(approve('Ann')).then([event!])).toMatchObject({ status: 'APPROVED' });
  });

  it('is refused of what is not what was seen', () => {
    const events = eventsOf(raise(), raise({ summary: 'It is 70 EA now.' }));
    const { decision } = given(planningException, events).when(approve('Ann'));
    expect(decision).toEqual({
      refused: { code: 'CHANGED_SINCE', reason: expect.stringContaining('It is 70 EA now.') as string },
    });
  });

  it('is refused when an order or the unit has changed, and says what', () => {
    const events = eventsOf(raise({ proposal: [MOVE, NEW_ORDER] }));
    const { decision } = given(planningException, events).when(
      approve('Ann', {
        now: {
          orders: [
            { order: 'PO-1', revision: 4 },
            { order: 'D1/1', revision: 1 },
          ],
          decision: 'D2',
        },
      }),
    );
    expect(decision).toEqual({
      refused: {
        code: 'CHANGED_SINCE',
        reason:
          'What there is to approve is not what it was any more. Look at it again. ' +
          'Order PO-1 was at revision 3, it is at 4. Order D1/1 exists already. The unit was judged again: decision D2.',
      },
    });
    given(planningException, events)
      .when(approve('Ann', { now: { orders: [{ order: 'PO-1' }] } }))
      .thenRefused('CHANGED_SINCE');
    const { decision: accepted } = given(planningException, events).when(approve('Ann'));
    expect(accepted).toHaveProperty('events');
  });

  it('is refused once what is proposed would begin in the past', () => {
    const events = eventsOf(raise());
    given(planningException, events).when(approve('Ann'), at('2026-01-12T06:00:01Z')).thenRefused('EXPIRED');
    expect(given(planningException, events).when(approve('Ann'), at('2026-01-12T06:00:00Z')).decision).toHaveProperty(
      'events',
    );
    const operation = { sequence: 10, scheduledStart: '2026-01-06T06:00:00Z', scheduledEnd: '2026-01-06T08:00:00Z' };
    const endOnly = {
      kind: 'REVISE',
      order: 'PO-1',
      orderRevision: 3,
      scheduledEnd: MOVE.scheduledEnd,
      reason: 'Ends later.',
    };
    for (const [change, now] of [
      [{ ...MOVE, operations: [operation] }, '2026-01-06T07:00:00Z'],
      [endOnly, '2026-01-12T15:00:00Z'],
    ] as const) {
      given(planningException, eventsOf(raise({ proposal: [change as ProposedChange] })))
        .when(approve('Ann'), at(now))
        .thenRefused('EXPIRED');
    }
  });

  it('is not given by whoever proposed it', () => {
    given(planningException, eventsOf(raise({ proposedBy: 'Ann Smith' })))
      .when(approve('ann  smith '))
      .thenRefused('PROPOSER_MAY_NOT_APPROVE');
  });
});

describe('in the frozen zone', () => {
  it('two people approve', () => {
    const first = given(planningException, eventsOf(raise(FROZEN)))
      .when(approve('Ann'))
      .then([{ type: 'ExceptionApprovalGiven', data: { ...about, approval: { by: 'Ann', at: NOON } } }]);
    expect(first).toMatchObject({ status: 'OPEN', approvals: [{ by: 'Ann' }] });
    const events = eventsOf(raise(FROZEN), approve('Ann'));
    given(planningException, events).when(approve('ANN')).thenRefused('APPROVED_ALREADY');
    given(planningException, events)
      .when(approve('Ben'))
      .then([
        {
          type: 'ExceptionApproved',
          data: {
            ...about,
            approvals: [
              { by: 'Ann', at: NOON },
              { by: 'Ben', at: NOON },
            ],
            proposal: [MOVE],
            decisions,
          },
        },
      ]);
  });

  it('it is as soon as time has brought there what would be moved, or where it would be moved', () => {
    const exception = raise().data;
    expect(approvalsNeeded(exception, UNCHANGED)).toBe(1);
    expect(approvalsNeeded(exception, { ...UNCHANGED, frozenUntil: '2026-01-12T00:00:00Z' })).toBe(1);
    expect(approvalsNeeded(exception, { ...UNCHANGED, frozenUntil: '2026-01-13T00:00:00Z' })).toBe(2);
    const orders = [{ order: 'PO-1', revision: 3, scheduledStart: '2026-01-07T06:00:00Z' }];
    expect(approvalsNeeded(exception, { orders, frozenUntil: '2026-01-08T00:00:00Z' })).toBe(2);
    expect(approvalsNeeded(exception, { orders, frozenUntil: '2026-01-07T00:00:00Z' })).toBe(1);
  });
});

/** All that can be sent, over few names and few proposals, so that they meet; what is approved may have been seen before. */
const person = fc.constantFrom('Ann', 'ann ', 'Ben', 'Cleo');
const anyRaise = fc
  .record(
    {
      zone: fc.constantFrom('FROZEN' as const, 'SLUSHY' as const),
      proposal: fc.constantFrom<ProposedChange[]>([MOVE], [{ ...MOVE, orderRevision: 4 }], [NEW_ORDER], []),
      severity: fc.constantFrom('LOW' as const, 'HIGH' as const),
      proposedBy: person,
    },
    { requiredKeys: ['zone', 'proposal', 'severity'] },
  )
  .map(raise);
const anyApproval = fc
  .record({ by: person, behind: fc.constantFrom(0, 0, 0, 1), revision: fc.constantFrom(3, 3, 4) })
  .map(({ by, behind, revision }) => (state: PlanningException | undefined) => {
    const matter = Math.max(1, (state?.matter ?? 1) - behind);
    return approve(by, { matter, now: { orders: [{ order: 'PO-1', revision }] } });
  });
const anyOther = fc.oneof(
  person.map((by) => message('RejectException', { by, reason: 'No.' })),
  person.map((by) => message('CommentException', { by, text: 'Hm.' })),
  person.map((by) => message('SnoozeException', { by, until: '2026-01-09T08:00:00Z' })),
  person.map((by) => message('AssignException', { by, owner: 'Ben' })),
  fc
    .constantFrom('CARRIED_OUT' as const, 'REFUSED_BY_ORDERS' as const)
    .map((outcome) => message('SettleException', { outcome, reason: 'So.' })),
);
const anySequence = fc.array(
  fc.oneof<fc.WeightedArbitrary<ToSend>[]>(
    { arbitrary: anyRaise.map((sent) => () => sent), weight: 3 },
    { arbitrary: anyApproval, weight: 6 },
    { arbitrary: anyOther.map((sent) => () => sent), weight: 1 },
  ),
  { maxLength: 30 },
);
type ToSend = (state: PlanningException | undefined) => ExceptionMessage;

/** What a sequence causes, each with the message that caused it and the state that it was caused in. */
function sent(sequence: readonly ToSend[]) {
  let state: PlanningException | undefined;
  const caused: { event: ExceptionEvent; asked: ExceptionMessage; before: PlanningException | undefined }[] = [];
  for (const toSend of [() => raise(FROZEN), ...sequence]) {
    const asked = toSend(state);
    const decision = planningException.decide(state, asked, CONTEXT);
    for (const event of 'events' in decision ? decision.events : []) {
      caused.push({ event, asked, before: state });
      state = planningException.evolve(state, event);
    }
  }
  return caused;
}

it('whatever is sent, nothing is approved twice, by one in the frozen zone, or other than it was seen', () => {
  const approvedIn = { FROZEN: 0, SLUSHY: 0, LIQUID: 0 };
  fc.assert(
    fc.property(anySequence, (sequence) => {
      const caused = sent(sequence);
      const approved = caused.flatMap(({ event, before }) =>
        event.type === 'ExceptionApproved' && before ? [{ data: event.data, before }] : [],
      );
      expect(approved.length).toBeLessThanOrEqual(1);
      const carriedOut = caused.filter(({ event }) => isCarriedOut(event));
      expect(carriedOut.length).toBeLessThanOrEqual(approved.length);
      for (const { data, before } of approved) {
        approvedIn[before.zone]++;
        const people = data.approvals.map(({ by }) => by);
        expect(people.some((by, n) => people.slice(0, n).some((other) => isSamePerson(by, other)))).toBe(false);
        if (before.zone === 'FROZEN') expect(people).toHaveLength(2);
        for (const by of people) {
          expect(isSamePerson(by, before.proposedBy ?? '')).toBe(false);
          const approval = caused.findLast(({ event }) => approverOf(event) === by);
          expect(approval?.asked).toMatchObject({ type: 'ApproveException', data: { matter: data.matter } });
          expect(approval?.before).toMatchObject({
            proposal: data.proposal,
            matter: data.matter,
            summary: before.summary,
          });
        }
      }
    }),
    { numRuns: 1000 },
  );
  expect(Math.min(approvedIn.FROZEN, approvedIn.SLUSHY)).toBeGreaterThan(50);
});

function approverOf(event: ExceptionEvent): string | undefined {
  if (event.type === 'ExceptionApprovalGiven') return event.data.approval.by;
  return event.type === 'ExceptionApproved' ? event.data.approvals.at(-1)?.by : undefined;
}

function isCarriedOut(event: ExceptionEvent): boolean {
  return event.type === 'ExceptionSettled' && event.data.outcome === 'CARRIED_OUT';
}

const CONTEXT = {
  now: new Date(NOON),
  time: NOON,
  cause: 'MANUAL',
  origin: { system: 'takt', instance: 'graph' },
  known: undefined,
  lastTold: undefined,
} as const;

import { describe, expect, it } from 'vitest';
import { given } from '@takt/intake/testing';
import { approve, at, eventsOf, message, MOVE, NOON, raise, type Sent } from './exception.fixture.ts';
import { COMMENTS_KEPT, HISTORY_KEPT, planningException, type ExceptionMessage } from './planning-exception.ts';

const { id, kind, sku, location, owner } = raise().data;
const about = { id, kind, sku, location, owner, at: NOON };
const after = (...messages: readonly Sent[]) => given(planningException, eventsOf(...messages)).state!;
const assign = (to: string) => message('AssignException', { by: 'Ann', owner: to });
const snooze = (until: string) => message('SnoozeException', { by: 'Ann', until });
const reject = message('RejectException', { by: 'Ann', reason: 'The customer agreed to wait.' });
const comment = message('CommentException', { by: 'Ann', text: 'I have called them.' });
const settle = (outcome: 'CARRIED_OUT' | 'REFUSED_BY_SOURCE' | 'SUPERSEDED' | 'GONE') =>
  message('SettleException', { outcome, reason: 'As told.' });
const escalate = (level: number, dueAt = '2026-01-07T12:00:00.000Z') => message('EscalateException', { level, dueAt });

describe('raising', () => {
  it('opens an exception for its owner', () => {
    const state = given(planningException, [])
      .when(raise())
      .then([{ type: 'ExceptionRaised', data: raise().data }]);
    expect(state).toMatchObject({
      status: 'OPEN',
      owner: 'planning',
      matter: 1,
      escalationLevel: 0,
      nextAt: '2026-01-06T12:00:00.000Z',
      history: [{ event: 'ExceptionRaised', at: raise().data.raisedAt, owner: 'planning', text: raise().data.summary }],
    });
  });

  it('brings one that is open up to date, and leaves it with whoever has it', () => {
    const news = { decisions: ['D2'], severity: 'HIGH' as const, family: 'PUMPS' };
    const later = '2026-01-05T13:00:00.000Z';
    const state = after(raise({ region: 'EU' }), assign('Ben'), [
      raise({ ...news, dueAt: '2026-01-05T16:00:00.000Z', raisedAt: later }),
      at(later),
    ]);
    expect(state).toMatchObject({
      ...news,
      decisions: ['D1', 'D2'],
      owner: 'Ben',
      dueAt: '2026-01-05T16:00:00.000Z',
      raisedAt: raise().data.raisedAt,
      toldAt: later,
      matter: 1,
    });
    expect(state.region).toBeUndefined();
  });

  it('does not put off when it is due', () => {
    expect(after(raise(), raise({ severity: 'HIGH', dueAt: '2026-02-01T00:00:00Z' })).dueAt).toBe(raise().data.dueAt);
    expect(after(raise(), raise({ severity: 'LOW', dueAt: '2026-01-05T13:00:00Z' })).dueAt).toBe(raise().data.dueAt);
  });

  it('says nothing where nothing is new', () => {
    given(planningException, eventsOf(raise()))
      .when(raise({ raisedAt: '2026-01-05T15:00:00Z' }))
      .then([]);
  });

  it('refuses what was so before', () => {
    given(planningException, eventsOf(raise()))
      .when(raise({ raisedAt: '2026-01-05T11:59:00Z', severity: 'LOW' }))
      .thenRefused('OLDER_THAN_KNOWN');
  });

  it('makes the approvals void when there is something else to approve, and only then', () => {
    const frozen = { zone: 'FROZEN' } as const;
    const first = [raise(frozen), approve('Ann')];
    expect(after(...first, raise({ ...frozen, severity: 'HIGH', decisions: ['D1', 'D2'] })).approvals).toHaveLength(1);
    const state = after(...first, raise({ ...frozen, proposal: [{ ...MOVE, orderRevision: 4 }] }));
    expect(state).toMatchObject({ approvals: [], matter: 2, status: 'OPEN' });
    given(planningException, eventsOf(...first, raise({ ...frozen, summary: 'It is 70 EA now.' })))
      .when(approve('Ben'))
      .thenRefused('CHANGED_SINCE');
  });

  it('wakes up what is snoozed when it has become worse, and only then', () => {
    const asleep = [raise(), snooze('2026-01-09T08:00:00Z')];
    expect(after(...asleep, raise({ summary: 'Now 66 EA.' })).status).toBe('SNOOZED');
    for (const worse of [{ severity: 'HIGH' }, { zone: 'FROZEN' }] as const) {
      const state = after(...asleep, raise({ ...worse, dueAt: '2026-01-06T09:00:00.000Z' }));
      expect(state).toMatchObject({
        status: 'OPEN',
        dueAt: '2026-01-06T09:00:00.000Z',
        nextAt: '2026-01-06T09:00:00.000Z',
      });
      expect(state.snoozedUntil).toBeUndefined();
    }
  });

  it('leaves one that is closed as it is', () => {
    for (const end of [approve('Ann'), reject, settle('GONE')]) {
      given(planningException, eventsOf(raise(), end))
        .when(raise({ severity: 'CRITICAL' }))
        .thenRefused('EXCEPTION_CLOSED');
    }
  });
});

describe('whoever has it', () => {
  it('gives it to somebody else, once', () => {
    const events = eventsOf(raise());
    const state = given(planningException, events)
      .when(message('AssignException', { by: 'Ann', owner: 'Ben', reason: 'He knows the customer.' }))
      .then([
        {
          type: 'ExceptionAssigned',
          data: { ...about, owner: 'Ben', from: 'planning', by: 'Ann', reason: 'He knows the customer.' },
        },
      ]);
    expect(state).toMatchObject({ owner: 'Ben', dueAt: raise().data.dueAt });
    given(planningException, eventsOf(raise(), assign('Ben')))
      .when(assign('Ben'))
      .then([]);
  });

  it('comments it, also when it is closed; the latest comments are kept', () => {
    expect(after(raise(), reject, comment).comments).toEqual([{ by: 'Ann', at: NOON, text: 'I have called them.' }]);
    const many = Array.from({ length: COMMENTS_KEPT + 3 }, (_, n) =>
      message('CommentException', { by: 'Ann', text: `Call ${n}` }),
    );
    const state = after(raise(), ...many);
    expect(state.comments).toHaveLength(COMMENTS_KEPT);
    expect(state.comments[0]?.text).toBe(`Call ${COMMENTS_KEPT + 2}`);
    expect(state.history).toHaveLength(HISTORY_KEPT);
  });

  it('puts it off, for at most 30 days', () => {
    expect(after(raise(), snooze('2026-01-09T10:00:00+02:00'))).toMatchObject({
      status: 'SNOOZED',
      nextAt: '2026-01-09T08:00:00.000Z',
    });
    for (const until of ['2026-01-05T12:00:00Z', '2026-02-05T12:00:00Z']) {
      given(planningException, eventsOf(raise())).when(snooze(until)).thenRefused('SNOOZE_OUT_OF_RANGE');
    }
  });

  it('rejects it with a reason, and nothing is decided about it any more', () => {
    const state = after(raise(), reject);
    expect(state).toMatchObject({
      status: 'REJECTED',
      closedAt: NOON,
      rejection: { by: 'Ann', reason: 'The customer agreed to wait.' },
    });
    expect(state.nextAt).toBeUndefined();
    const late: ExceptionMessage[] = [approve('Ben'), reject, assign('Ben'), snooze('2026-01-09T08:00:00Z')];
    for (const each of late)
      given(planningException, eventsOf(raise(), reject)).when(each).thenRefused('EXCEPTION_CLOSED');
  });

  it('has to name an exception that there is', () => {
    given(planningException, []).when(comment).thenRefused('EXCEPTION_UNKNOWN');
  });
});

describe('time', () => {
  const due = at('2026-01-06T12:00:00Z');

  it('gives what was not decided when it was due to the next one, until there is nobody left', () => {
    const first = given(planningException, eventsOf(raise()))
      .when(escalate(1), due)
      .then([
        {
          type: 'ExceptionEscalated',
          data: {
            ...about,
            at: '2026-01-06T12:00:00Z',
            owner: 'lead',
            from: 'planning',
            level: 1,
            dueAt: '2026-01-07T12:00:00.000Z',
          },
        },
      ]);
    expect(first).toMatchObject({ owner: 'lead', escalationLevel: 1, nextAt: '2026-01-07T12:00:00.000Z' });
    const twice = eventsOf(
      raise(),
      [escalate(1), due],
      [escalate(2, '2026-01-08T12:00:00Z'), at('2026-01-07T12:00:00Z')],
    );
    const last = given(planningException, twice);
    expect(last.state).toMatchObject({ owner: 'manager', escalationLevel: 2 });
    expect(last.state?.nextAt).toBeUndefined();
    last.when(escalate(3, '2026-01-10T12:00:00Z'), at('2026-01-09T12:00:00Z')).then([]);
  });

  it('escalates a level once, not before it is due, and not what is closed or snoozed', () => {
    const events = eventsOf(raise(), [escalate(1), due]);
    given(planningException, events).when(escalate(1), due).then([]);
    given(planningException, eventsOf(raise())).when(escalate(1)).thenRefused('NOT_DUE');
    given(planningException, eventsOf(raise())).when(escalate(1, NOON), due).thenRefused('DUE_IN_THE_PAST');
    for (const each of [reject, snooze('2026-01-09T08:00:00Z')]) {
      given(planningException, eventsOf(raise(), each)).when(escalate(1), due).then([]);
    }
  });

  it('wakes up what is snoozed, due anew', () => {
    const events = eventsOf(raise(), snooze('2026-01-09T08:00:00Z'));
    const wake = message('WakeException', { dueAt: '2026-01-09T12:00:00.000Z' });
    given(planningException, events).when(wake).thenRefused('NOT_DUE');
    given(planningException, events).when(wake, at('2026-01-09T14:00:00Z')).thenRefused('DUE_IN_THE_PAST');
    const state = given(planningException, events)
      .when(wake, at('2026-01-09T08:00:00Z'))
      .then([
        { type: 'ExceptionWoken', data: { ...about, at: '2026-01-09T08:00:00Z', dueAt: '2026-01-09T12:00:00.000Z' } },
      ]);
    expect(state).toMatchObject({ status: 'OPEN', nextAt: '2026-01-09T12:00:00.000Z' });
    given(planningException, eventsOf(raise())).when(wake).then([]);
  });
});

describe('settling', () => {
  it('tells what became of what was approved', () => {
    const state = after(raise(), approve('Ann'), [settle('CARRIED_OUT'), at('2026-01-05T12:10:00Z')]);
    expect(state).toMatchObject({
      status: 'SETTLED',
      closedAt: NOON,
      settlement: { outcome: 'CARRIED_OUT', reason: 'As told.', at: '2026-01-05T12:10:00Z' },
    });
  });

  it('closes one that is open when something newer is in its place or there is nothing left to decide', () => {
    for (const outcome of ['SUPERSEDED', 'GONE'] as const) {
      expect(after(raise(), settle(outcome))).toMatchObject({
        status: 'SETTLED',
        closedAt: NOON,
        settlement: { outcome },
      });
    }
  });

  it('believes nobody that something was carried out, or refused, which was not approved', () => {
    for (const outcome of ['CARRIED_OUT', 'REFUSED_BY_SOURCE'] as const) {
      given(planningException, eventsOf(raise())).when(settle(outcome)).thenRefused('NOT_APPROVED');
    }
  });

  it('happens once', () => {
    given(planningException, eventsOf(raise(), reject)).when(settle('CARRIED_OUT')).then([]);
    given(planningException, eventsOf(raise(), settle('GONE')))
      .when(settle('SUPERSEDED'))
      .then([]);
  });
});

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execute, parse, subscribe, type ExecutionResult } from 'graphql';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { countReads, type DocumentStore } from '@takt/document-store';
import { inboundMessage, readInbox } from '@takt/intake';
import {
  documentLoader,
  openDomain,
  pageLoader,
  type DomainDefinition,
  type DomainRuntime,
} from '@takt/subgraph-server';
import { message, MOVE, raise } from '../exceptions/exception.fixture.ts';
import type { RaiseException } from '../exceptions/messages.ts';
import { planningException } from '../exceptions/planning-exception.ts';
import type { OrderNow } from '../exceptions/state-of-now.ts';
import { DECISIONS, decisionRecords } from '../judgement/decision-follower.ts';
import type { Decision } from '../judgement/decision.ts';
import { line, proposing } from '../exceptions/decision.fixture.ts';
import { planningUnit } from '../judgement/planning-unit.ts';
import { pump } from '../supply-demand/facts.fixture.ts';
import {
  ExceptionRaisedResolver,
  ExceptionResolver,
  exceptionReferences,
  ItemLocationExceptionsResolver,
  ProductionOrderExceptionsResolver,
  type ExceptionContext,
} from './exception.ts';

const MONDAY = '2026-01-05T12:00:00.000Z';

async function opened(initial: { order?: OrderNow } = {}) {
  let now = MONDAY;
  const orders = new Map<string, OrderNow>([
    ['PO-1', initial.order ?? { revision: 3, scheduledStart: '2026-01-14T06:00:00Z' }],
  ]);
  const clock = () => new Date(now);
  const directory = await mkdtemp(join(tmpdir(), 'takt-exceptions-'));
  let counted: ReturnType<typeof countReads> | undefined;
  const decorateStore = (store: DocumentStore) => (counted = countReads(store)).store;
  const domain = await openDomain(domainOf(orders), { directory, clock, decorateStore });
  onTestFinished(async () => {
    await domain.close();
    await rm(directory, { recursive: true });
  });
  const document = (query: string) => ({
    schema: domain.schema,
    document: parse(query),
    contextValue: domain.createContext(),
  });
  const receive = (sent: { type: string; data: object }) =>
    domain.intake.receive([inboundMessage({ ...sent, source: 'takt/synchronization' }, clock)]);
  const ask = async (query: string) => {
    const { data, errors } = await execute(document(query));
    expect(errors).toBeUndefined();
    return data as Record<string, unknown>;
  };
  return {
    ask,
    readsOf: async (query: string) => {
      counted!.reset();
      await ask(query);
      return counted!.reads();
    },
    receive,
    orders,
    at: (instant: string) => (now = instant),
    raise: (rest: Partial<RaiseException> = {}) => receive(raise(rest)),
    decide: async (decision: Decision) => {
      await receive({ type: 'RecordDecision', data: decision });
      await vi.waitFor(async () => {
        const { decisions } = domain.createContext() as ExceptionContext;
        expect(await decisions.load(decision.id)).toBeDefined();
      });
    },
    listen: async (query: string) => (await subscribe(document(query))) as AsyncGenerator<ExecutionResult>,
  };
}

/** Over the real store, log, intake and decision records; the other domains' orders are what a test says. */
function domainOf(orders: ReadonlyMap<string, OrderNow>): DomainDefinition<ExceptionContext> {
  return {
    name: 'synchronization',
    aggregates: [planningException, planningUnit],
    resolvers: [
      ExceptionResolver,
      ItemLocationExceptionsResolver,
      ProductionOrderExceptionsResolver,
      ExceptionRaisedResolver,
    ],
    references: exceptionReferences,
    consumers: async ({ store }) => [await decisionRecords(store)],
    connect: async ({ store, log, intake, clock, sources }: DomainRuntime) => {
      const exceptions = await store.collection(planningException.collection);
      const decisions = await store.collection(DECISIONS);
      const planningUnits = await store.collection(planningUnit.collection);
      const inbox = await readInbox(store);
      const loaders = () => ({
        exceptions: documentLoader(exceptions),
        exceptionPages: pageLoader(exceptions),
        decisions: documentLoader(decisions),
        decisionPages: pageLoader(decisions),
        planningUnits: documentLoader(planningUnits),
      });
      const picture: ExceptionContext['picture'] = {
        units: (keys) => Promise.resolve(keys.map((key) => pump(key))),
        orders: (ids) => Promise.resolve(ids.map((id) => orders.get(id))),
      };
      return {
        createContext: () => {
          const context = {
            intake,
            inbox,
            log,
            clock,
            sources,
            picture,
            ...loaders(),
            renew: () => void Object.assign(context, loaders()),
          };
          return context;
        },
      };
    },
  };
}

const { id } = raise().data;
const RESULT = `{
  __typename
  ... on ExceptionAccepted { exception { status revision approvals { by } } }
  ... on CommandRefused { code reason }
  ... on RevisionConflict { expectedRevision currentRevision }
}`;
const approval = (by: string, revision: number | null, key = `${by}-${revision}`) => `mutation { approveException(
  idempotencyKey: "${key}", expectedRevision: ${revision}, input: { id: "${id}", by: "${by}" }
) ${RESULT} }`;

it('answers what there is to decide, with what is proposed and how it came about', async () => {
  const { ask, raise: raiseIt, receive } = await opened();
  await raiseIt({ family: 'PUMPS', proposedBy: 'Cleo' });
  await receive(message('CommentException', { by: 'Ann', text: 'I ask the customer.' }));
  const { exception } = await ask(`{ exception(id: "${id}") {
    kind status severity zone summary product { sku } itemLocation { location { code } } family region orders { id }
    decisionIds approvalsNeeded owner dueAt overdue escalationLevel escalatesTo proposedBy revision
    proposal { kind orderId order { id } orderRevision scheduledStart quantity { value } operations { sequence } reason }
    comments { by text } history { kind owner text } provenance { system }
  } }`);
  expect(exception).toEqual({
    kind: 'SCHEDULE_APPROVAL',
    status: 'OPEN',
    severity: 'MEDIUM',
    zone: 'SLUSHY',
    summary: raise().data.summary,
    product: { sku: 'PUMP' },
    itemLocation: { location: { code: 'P100' } },
    family: 'PUMPS',
    region: null,
    orders: [{ id: 'PO-1' }],
    decisionIds: ['D1'],
    approvalsNeeded: 1,
    owner: 'planning',
    dueAt: '2026-01-06T12:00:00.000Z',
    overdue: false,
    escalationLevel: 0,
    escalatesTo: ['lead', 'manager'],
    proposedBy: 'Cleo',
    revision: 2,
    proposal: [
      {
        kind: 'REVISE',
        orderId: 'PO-1',
        order: { id: 'PO-1' },
        orderRevision: 3,
        scheduledStart: MOVE.scheduledStart,
        quantity: null,
        operations: [],
        reason: MOVE.reason,
      },
    ],
    comments: [{ by: 'Ann', text: 'I ask the customer.' }],
    history: [
      { kind: 'COMMENTED', owner: 'planning', text: 'I ask the customer.' },
      { kind: 'RAISED', owner: 'planning', text: raise().data.summary },
    ],
    provenance: { system: 'takt' },
  });
});

it('filters and sorts exceptions, and knows those of an item at a location and of an order', async () => {
  const { ask, at, raise: raiseIt, receive } = await opened();
  const due = (day: number) => `2026-01-0${day}T12:00:00.000Z`;
  await raiseIt({ id: 'A', dueAt: due(8), severity: 'LOW' });
  await raiseIt({ id: 'B', dueAt: due(7), severity: 'CRITICAL', owner: 'Ben', orders: ['PO-2'] });
  await raiseIt({ id: 'C', dueAt: due(6), location: 'P200', kind: 'PROCUREMENT', family: 'PUMPS' });
  await receive({ type: 'SnoozeException', data: { id: 'C', by: 'Ann', until: '2026-01-09T08:00:00Z' } });
  at('2026-01-07T13:00:00.000Z');
  const ids = (...nodes: string[]) => ({ nodes: nodes.map((each) => ({ id: each })) });
  const place = '{ __typename: "ItemLocation", sku: "PUMP", location: { code: "P100" } }';
  expect(
    await ask(`{
      all: exceptions(first: 2) { totalCount nodes { id overdue } pageInfo { hasNextPage } }
      worst: exceptions(orderBy: { field: SEVERITY }) { nodes { id } }
      latest: exceptions(orderBy: { field: RAISED_AT, direction: DESC }) { nodes { id } }
      overdue: exceptions(filter: { overdue: true }) { nodes { id } }
      inTime: exceptions(filter: { overdue: false }) { nodes { id } }
      snoozedOverdue: exceptions(filter: { overdue: true, status: [SNOOZED] }) { nodes { id } }
      few: exceptions(filter: { plant: ["P200"], owner: ["planning"], kind: [PROCUREMENT], status: [SNOOZED], severity: [MEDIUM], family: ["PUMPS"] }) { nodes { id } }
      _entities(representations: [${place}, { __typename: "ProductionOrder", id: "PO-2" }]) {
        ... on ItemLocation { here: exceptions(filter: { severity: [LOW, CRITICAL] }) { nodes { id } } }
        ... on ProductionOrder { about: exceptions { totalCount nodes { id } } }
      }
    }`),
  ).toEqual({
    all: {
      totalCount: 3,
      nodes: [
        { id: 'C', overdue: false },
        { id: 'B', overdue: true },
      ],
      pageInfo: { hasNextPage: true },
    },
    worst: ids('B', 'C', 'A'),
    latest: ids('C', 'B', 'A'),
    overdue: ids('B'),
    inTime: ids('A'),
    snoozedOverdue: ids(),
    few: ids('C'),
    _entities: [{ here: ids('B', 'A') }, { about: { totalCount: 1, ...ids('B') } }],
  });
});

it('reads the store as often for many rows as for one', async () => {
  const { raise: raiseIt, readsOf } = await opened();
  const skus = Array.from({ length: 50 }, (_, row) => `PUMP-${row}`);
  await Promise.all(skus.map((sku) => raiseIt({ id: sku, sku, decisions: [`D-${sku}`] })));
  const ofItems = (...asked: string[]) => {
    const places = asked.map((sku) => `{ __typename: "ItemLocation", sku: "${sku}", location: { code: "P100" } }`);
    return `{ _entities(representations: [${places.join()}]) { ... on ItemLocation {
      exceptions(filter: { status: [OPEN] }) { totalCount nodes { id decisions { id } } }
    } } }`;
  };
  const one = await readsOf(ofItems('PUMP-1'));
  expect(one).toBeGreaterThan(0);
  expect(await readsOf(ofItems(...skus))).toBe(one);
});

it('takes what planners do with an exception', async () => {
  const { ask, raise: raiseIt } = await opened();
  await raiseIt();
  expect(
    await ask(`mutation {
      assignException(idempotencyKey: "1", input: { id: "${id}", by: "Ann", owner: "Ben" }) { ... on ExceptionAccepted { exception { owner } } }
      commentException(idempotencyKey: "2", input: { id: "${id}", by: "Ben", text: "Later." }) { ... on ExceptionAccepted { exception { comments { text } } } }
      snoozeException(idempotencyKey: "3", input: { id: "${id}", by: "Ben", until: "2026-01-07T08:00:00Z" }) { ... on ExceptionAccepted { exception { status snoozedUntil } } }
      rejectException(idempotencyKey: "4", input: { id: "${id}", by: "Ben", reason: "Not needed." }) { ... on ExceptionAccepted { exception { status closedAt rejection { by reason } } } }
      late: snoozeException(idempotencyKey: "5", input: { id: "${id}", by: "Ben", until: "2026-01-07T08:00:00Z" }) { ... on CommandRefused { code reason } }
    }`),
  ).toEqual({
    assignException: { exception: { owner: 'Ben' } },
    commentException: { exception: { comments: [{ text: 'Later.' }] } },
    snoozeException: { exception: { status: 'SNOOZED', snoozedUntil: '2026-01-07T08:00:00.000Z' } },
    rejectException: {
      exception: { status: 'REJECTED', closedAt: MONDAY, rejection: { by: 'Ben', reason: 'Not needed.' } },
    },
    late: {
      code: 'EXCEPTION_CLOSED',
      reason: 'The exception has been decided already. Ben rejected it: Not needed.',
    },
  });
});

describe('an approval', () => {
  it('has to say what was looked at', async () => {
    const { ask, raise: raiseIt } = await opened();
    await raiseIt();
    expect(await ask(approval('Ann', null))).toMatchObject({ approveException: { code: 'REVISION_NOT_GIVEN' } });
    await raiseIt({ summary: 'It is 70 EA now.', raisedAt: '2026-01-05T12:30:00Z' });
    expect(await ask(approval('Ann', 1))).toEqual({
      approveException: { __typename: 'RevisionConflict', expectedRevision: 1, currentRevision: 2 },
    });
  });

  it('of two planners at once is given by one of them', async () => {
    const { ask, raise: raiseIt } = await opened();
    await raiseIt();
    const answers = await Promise.all([ask(approval('Ann', 1)), ask(approval('Ben', 1))]);
    const results = answers.map(({ approveException }) => approveException as { __typename: string });
    expect(results.map(({ __typename }) => __typename).sort()).toEqual(['ExceptionAccepted', 'RevisionConflict']);
    const [winner] = results.filter(({ __typename }) => __typename === 'ExceptionAccepted');
    const { exception } = await ask(`{ exception(id: "${id}") { status revision approvals { by } } }`);
    expect(winner).toMatchObject({ exception });
    expect(exception).toMatchObject({ status: 'APPROVED', revision: 2 });
  });

  it('sent again answers what it answered before, whatever has changed since', async () => {
    const { ask, raise: raiseIt, orders } = await opened();
    await raiseIt();
    const first = await ask(approval('Ann', 1));
    expect(first).toMatchObject({ approveException: { exception: { status: 'APPROVED' } } });
    orders.set('PO-1', { revision: 4, scheduledStart: '2026-01-12T06:00:00Z' });
    expect(await ask(approval('Ann', 1))).toEqual(first);
    expect(await ask(approval('Ben', 1, 'Ann-1'))).toMatchObject({ approveException: { code: 'MESSAGE_ID_REUSED' } });
  });

  it('is judged against the orders of now', async () => {
    const { ask, raise: raiseIt, orders } = await opened();
    await raiseIt();
    orders.set('PO-1', { revision: 4, scheduledStart: '2026-01-12T06:00:00Z' });
    const { approveException } = await ask(approval('Ann', 1));
    expect(approveException).toMatchObject({
      code: 'CHANGED_SINCE',
      reason: expect.stringContaining('Order PO-1 was at revision 3, it is at 4.') as string,
    });
  });

  it('is judged against the decisions of now about the same weeks', async () => {
    const { ask, raise: raiseIt, decide } = await opened();
    await decide(proposing('D1', 0, [line('2026-01-12', 'PROPOSE')]));
    await raiseIt();
    await decide(proposing('D2', 1, [line('2026-01-26', 'PROPOSE'), line('2026-01-12', 'SUPPRESS')]));
    await decide(proposing('D3', 2, [line('2026-01-12', 'SUPPRESS')]));
    const before = await ask(`{ exception(id: "${id}") { revision } }`);
    expect(before).toEqual({ exception: { revision: 1 } });
    await decide(proposing('D4', 3, [line('2026-01-12', 'PROPOSE')]));
    expect(await ask(approval('Ann', 1))).toMatchObject({
      approveException: {
        code: 'CHANGED_SINCE',
        reason: expect.stringContaining('The unit was judged again: decision D4.') as string,
      },
    });
    const led = await ask(`{ exception(id: "${id}") { decisionIds decisions { id lines { week outcome } } } }`);
    expect(led).toEqual({
      exception: {
        decisionIds: ['D1'],
        decisions: [{ id: 'D1', lines: [{ week: '2026-01-12', outcome: 'PROPOSE' }] }],
      },
    });
    await raiseIt({ decisions: ['D4'], raisedAt: '2026-01-05T12:30:00Z' });
    await decide(proposing('D5', 4, [line('2026-01-26', 'PROPOSE')]));
    expect(await ask(approval('Ann', 2))).toMatchObject({ approveException: { exception: { status: 'APPROVED' } } });
  });

  it('takes two people once the order has come into the frozen zone', async () => {
    const {
      ask,
      raise: raiseIt,
      at,
    } = await opened({ order: { revision: 3, scheduledStart: '2026-01-04T06:00:00Z' } });
    await raiseIt();
    at('2026-01-05T14:00:00.000Z');
    expect(await ask(approval('Ann', 1))).toMatchObject({
      approveException: { exception: { status: 'OPEN', revision: 2, approvals: [{ by: 'Ann' }] } },
    });
    expect(await ask(approval('Ann', 2))).toMatchObject({ approveException: { code: 'APPROVED_ALREADY' } });
    expect(await ask(approval('Ben', 2))).toMatchObject({
      approveException: { exception: { status: 'APPROVED', approvals: [{ by: 'Ann' }, { by: 'Ben' }] } },
    });
  });
});

it('tells who listens what happens to exceptions, of one plant or one owner if so asked', async () => {
  const { ask, raise: raiseIt, receive, listen } = await opened();
  const live = await listen(`subscription { exceptionRaised(plant: "P100", owner: "planning") {
    cursor kind changed by from text exception { id status owner }
  } }`);
  const next = async () =>
    ((await live.next()).value as { data: { exceptionRaised: { cursor: string } } }).data.exceptionRaised;
  const first = next();
  await raiseIt({ id: 'ELSEWHERE', location: 'P200' });
  await raiseIt({ id: 'OTHER', owner: 'Ben' });
  await raiseIt();
  const opening = await first;
  expect(opening).toMatchObject({ kind: 'RAISED', by: null, text: raise().data.summary, exception: { id } });
  await raiseIt({ severity: 'HIGH' });
  expect(await next()).toMatchObject({ kind: 'UPDATED', changed: ['severity'] });
  await receive(message('AssignException', { by: 'Ann', owner: 'Ben' }));
  expect(await next()).toMatchObject({ kind: 'ASSIGNED', by: 'Ann', from: 'planning', exception: { owner: 'Ben' } });
  await receive(message('SettleException', { outcome: 'GONE', reason: 'The order is cancelled.' }));
  await live.return(undefined);
  const resumed = await listen(
    `subscription { exceptionRaised(owner: "Ben", after: "${opening.cursor}") { kind text exception { status settlement { outcome } } } }`,
  );
  expect((await resumed.next()).value).toMatchObject({ data: { exceptionRaised: { kind: 'ASSIGNED' } } });
  expect((await resumed.next()).value).toEqual({
    data: {
      exceptionRaised: {
        kind: 'SETTLED',
        text: 'The order is cancelled.',
        exception: { status: 'SETTLED', settlement: { outcome: 'GONE' } },
      },
    },
  });
  await resumed.return(undefined);
  expect(await ask('{ exceptions { totalCount } }')).toEqual({ exceptions: { totalCount: 3 } });
});

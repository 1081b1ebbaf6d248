import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLmdbStore } from '@takt/document-store';
import { openEmbeddedLog } from '@takt/event-log';
import { inboundMessage, IntakeUnavailableError, openIntake, type InboundMessage, type Outcome } from '@takt/intake';
import { startConsumer } from '@takt/log-consumer';
import { sourceState } from '@takt/subgraph-server';
import { expect, it, onTestFinished, vi } from 'vitest';
import { readOwnership } from '../exceptions/ownership-store.ts';
import { raise } from '../exceptions/exception.fixture.ts';
import { planningException, type PlanningException } from '../exceptions/planning-exception.ts';
import { decisionRecords, DECISIONS } from '../judgement/decision-follower.ts';
import type { Decision } from '../judgement/decision.ts';
import { judge } from '../judgement/judge.ts';
import { FROZEN_WEEK, LIQUID_WEEK, observed, POLICY, TABLE, week } from '../judgement/judgement.fixture.ts';
import { planningUnit } from '../judgement/planning-unit.ts';
import { openPendingUnits } from '../picture/pending-store.ts';
import type { HeardOrder, Picture } from '../picture/picture.ts';
import { policy } from '../policy/policy.ts';
import type { ScheduleProposal, SchedulingProblem } from '../scheduling/scheduler.ts';
import { productionOrder, pump } from '../supply-demand/facts.fixture.ts';
import { ACTING, readActing } from './acting-store.ts';
import { actionFollower, exceptionsAbout, type ActionOptions } from './action-follower.ts';
import { orderAnswers } from './order-answers-follower.ts';

const MOVE: ScheduleProposal = {
  kind: 'REVISE',
  order: 'PO-1',
  scheduledStart: '2026-01-20T06:00:00.000Z',
  scheduledEnd: '2026-01-20T14:00:00.000Z',
  needsApproval: false,
  reason: 'It is needed earlier.',
};

const CREATE: ScheduleProposal = {
  kind: 'CREATE',
  sku: 'PUMP-10',
  location: 'P100',
  quantity: { value: '30', unit: 'EA' },
  scheduledStart: '2026-01-21T06:00:00.000Z',
  scheduledEnd: '2026-01-21T14:00:00.000Z',
  operations: [],
  components: [],
  needsApproval: false,
  reason: 'It is missing then.',
};

it('carries out what needs no approval, and says which decision wants it', async () => {
  const world = await openWorld();
  await world.demand(100, 200);
  await vi.waitFor(() => expect(world.commands).toHaveLength(1), PATIENCE);
  expect(world.commands[0]).toMatchObject({
    type: 'ReviseSchedule',
    expectedrevision: 3,
    cause: 'FORECAST_CHANGE',
    data: { id: 'PO-1', policyDecision: 'PUMP-10@P100:2', reason: MOVE.reason },
  });
  expect(await world.exceptions()).toEqual([]);
});

it('asks anew when an order has changed meanwhile', async () => {
  const world = await openWorld();
  world.answers = [
    { status: 'REJECTED', messageId: 'm', refusal: { code: 'REVISION_CONFLICT', reason: 'It is at revision 4.' } },
  ];
  await world.demand(100, 200);
  await vi.waitFor(() => expect(world.commands).toHaveLength(2), PATIENCE);
  const command = `PUMP-10@P100:2/${world.decisions.at(-1)?.decidedAt}/revise/PO-1`;
  expect(world.commands.map(({ id }) => id)).toEqual([command, `${command}/2`]);
  expect(await world.exceptions()).toEqual([]);
});

it('gives what it makes when it asks anew other ids than what it has made already', async () => {
  const world = await openWorld();
  world.proposals = [MOVE, CREATE];
  world.answers = [
    { status: 'REJECTED', messageId: 'm', refusal: { code: 'REVISION_CONFLICT', reason: 'It is at revision 4.' } },
  ];
  await world.demand(100, 200);
  await vi.waitFor(() => expect(world.commands).toHaveLength(4), PATIENCE);
  const ids = world.commands.map(({ data }) => (data as { id: string }).id);
  expect(ids).toEqual(['PO-1', 'PUMP-10@P100:2/2', 'PO-1', 'PUMP-10@P100:2/2/2']);
  expect(await world.exceptions()).toEqual([]);
});

it('finds what has not ended, and the latest of each kind, however much of a unit has ended', async () => {
  const world = await openWorld();
  const ended = Array.from({ length: 250 }, (_, index) => ({ id: `ended-${index}`, status: 'SETTLED' as const }));
  await world.keep(
    { id: 'open', status: 'OPEN', dueAt: '2026-01-01T00:00:00.000Z' },
    { id: 'approved', status: 'APPROVED', dueAt: '2026-01-01T00:00:00.000Z' },
    { id: 'of-another-kind', status: 'REJECTED', kind: 'PROCUREMENT', dueAt: '2026-01-01T00:00:00.000Z' },
    ...ended,
  );
  const found = await world.about();
  expect(found.map(({ id }) => id)).toEqual(expect.arrayContaining(['open', 'approved', 'of-another-kind']));
  expect(found.length).toBeLessThan(100);
});

it('does not act on the next decision before it has heard what came of the last one', async () => {
  const world = await openWorld();
  world.answers = [{ status: 'APPLIED', messageId: 'm', eventIds: [], revision: 4 }];
  await world.demand(100, 200);
  await vi.waitFor(() => expect(world.commands).toHaveLength(1), PATIENCE);
  await world.demandIs(400, 300, [], LIQUID_WEEK);
  await vi.waitFor(() => expect(world.looks).toBeGreaterThan(2), PATIENCE);
  expect(world.commands).toHaveLength(1);
  world.hear(4);
  await vi.waitFor(() => expect(world.commands).toHaveLength(2), PATIENCE);
  expect(world.commands[1]).toMatchObject({ expectedrevision: 4 });
});

it('tells a planner what the orders refuse', async () => {
  const world = await openWorld();
  const refusal = { code: 'ORDER_FROZEN', reason: 'The order is frozen.' };
  world.answers = [{ status: 'REJECTED', messageId: 'm', refusal }];
  await world.demand(100, 200);
  await vi.waitFor(async () => {
    expect(await world.exceptions()).toMatchObject([{ kind: 'SOURCE_REFUSED', orders: ['PO-1'], status: 'OPEN' }]);
  }, PATIENCE);
});

it('carries out what was approved, and ends the exception', async () => {
  const world = await openWorld();
  world.proposals = [{ ...MOVE, needsApproval: true }];
  await world.demand(100, 200);
  await vi.waitFor(async () => {
    expect(await world.exceptions()).toMatchObject([{ kind: 'SCHEDULE_APPROVAL', status: 'OPEN' }]);
  }, PATIENCE);
  expect(world.commands).toEqual([]);
  await world.approve('Anke');
  await vi.waitFor(async () => {
    expect(await world.exceptions()).toMatchObject([{ status: 'SETTLED', settlement: { outcome: 'CARRIED_OUT' } }]);
  }, PATIENCE);
  expect(world.commands).toMatchObject([
    { data: { id: 'PO-1', approvedBy: 'Anke', policyDecision: 'PUMP-10@P100:2' } },
  ]);
});

it('has two people decide what would help inside the demand time fence, and asks nobody for more than that', async () => {
  const world = await openWorld();
  const inside = { ...MOVE, scheduledStart: '2026-01-08T06:00:00.000Z', scheduledEnd: '2026-01-08T14:00:00.000Z' };
  world.advice = [inside, { ...MOVE, order: 'PO-2' }];
  await world.demand(100, 200, [], FROZEN_WEEK);
  await vi.waitFor(async () => {
    expect(await world.exceptions()).toMatchObject([
      { kind: 'FROZEN_CHANGE', zone: 'FROZEN', proposal: [{ order: 'PO-1', orderRevision: 3 }] },
    ]);
  }, PATIENCE);
  expect(world.advised).toMatchObject([{ units: [{ frozenUntil: '2026-01-06T23:00:00.000Z' }] }]);
  await world.approve('Anke');
  await world.approve('Bert');
  await vi.waitFor(() => expect(world.commands).toHaveLength(1), PATIENCE);
  expect(world.commands).toMatchObject([
    { data: { id: 'PO-1', scheduledStart: inside.scheduledStart, approvedBy: 'Anke, Bert' } },
  ]);
});

it('ends an approved change of an order that a system owns when that system has applied it', async () => {
  const world = await openWorld('SOURCE');
  world.proposals = [{ ...MOVE, needsApproval: true }];
  await world.demand(100, 200);
  await vi.waitFor(async () => expect(await world.exceptions()).toHaveLength(1), PATIENCE);
  await world.approve('Anke');
  await vi.waitFor(() => expect(world.commands).toHaveLength(1), PATIENCE);
  expect(await world.exceptions()).toMatchObject([{ status: 'APPROVED' }]);
  await world.answered('ScheduleRevisionApplied', 'APPLIED');
  await vi.waitFor(async () => {
    expect(await world.exceptions()).toMatchObject([{ status: 'SETTLED', settlement: { outcome: 'CARRIED_OUT' } }]);
  }, PATIENCE);
});

it('makes an exception of what the system that owns an order refuses', async () => {
  const world = await openWorld('SOURCE');
  await world.demand(100, 200);
  await vi.waitFor(() => expect(world.commands).toHaveLength(1), PATIENCE);
  await world.answered('ScheduleRevisionRejected', 'REJECTED', 'The period is closed.');
  await vi.waitFor(async () => {
    const [refused] = await world.exceptions();
    expect(refused).toMatchObject({ kind: 'SOURCE_REFUSED', orders: ['PO-1'] });
    expect(refused?.summary).toContain('The period is closed.');
  }, PATIENCE);
});

it('makes an exception of a refusal that comes before the decision is kept', async () => {
  const world = await openWorld('SOURCE');
  await world.demand(100, 200);
  await vi.waitFor(() => expect(world.commands).toHaveLength(1), PATIENCE);
  const keep = await world.forgetDecision('PUMP-10@P100:2');
  await world.answered('ScheduleRevisionRejected', 'REJECTED', 'The period is closed.');
  await vi.waitFor(() => expect(world.missed).toBeGreaterThan(0), PATIENCE);
  await keep();
  await vi.waitFor(async () => expect(await world.exceptions()).toMatchObject([{ kind: 'SOURCE_REFUSED' }]), PATIENCE);
});

it('leaves alone what waits for a system, and has it judged again once that is back', async () => {
  const world = await openWorld();
  world.away = ['erp/one'];
  await world.demand(100, 200, ['erp/one']);
  await world.sourceIs('UP');
  await vi.waitFor(async () => {
    const [unit] = await world.pending.due('2026-01-08T00:00:00.000Z', 10);
    expect(unit).toMatchObject({ sku: 'PUMP-10', dueAt: world.decisions.at(-1)?.decidedAt });
  }, PATIENCE);
  expect(world.commands).toEqual([]);
});

it('has judged again what waits for a system that came back while it was decided', async () => {
  const world = await openWorld();
  await world.demand(100, 200, ['erp/one']);
  await vi.waitFor(async () => {
    expect(await world.pending.due('2026-01-08T00:00:00.000Z', 10)).toMatchObject([{ sku: 'PUMP-10' }]);
  }, PATIENCE);
  expect(world.commands).toEqual([]);
});

it('goes on with what it had begun, whatever the scheduler would say by now', async () => {
  const world = await openWorld();
  // The orders have taken it, but the process dies before it hears that.
  world.interruptions = 1;
  world.afterwards = [{ ...MOVE, order: 'PO-2' }];
  await world.demand(100, 200);
  await vi.waitFor(() => expect(world.commands).toHaveLength(2), PATIENCE);
  const [first, again] = world.commands;
  expect(again).toMatchObject({ id: first?.id, data: { id: 'PO-1' }, expectedrevision: 3 });
  await vi.waitFor(async () => expect(await world.actedOn()).toBe(3), PATIENCE);
  expect(world.commands).toHaveLength(2);
});

it('leaves what came of a later decision as it is when earlier ones come again', async () => {
  const world = await openWorld();
  await world.demand(100, 200);
  await vi.waitFor(() => expect(world.commands).toHaveLength(1), PATIENCE);
  world.proposals = [{ ...MOVE, needsApproval: true }];
  await world.judged(400, 600);
  const waiting = [{ kind: 'SCHEDULE_APPROVAL', status: 'OPEN', decisions: ['PUMP-10@P100:3'] }];
  await vi.waitFor(async () => expect(await world.exceptions()).toMatchObject(waiting), PATIENCE);
  await world.comesAgain();
  expect(await world.exceptions()).toMatchObject(waiting);
  expect(world.commands).toHaveLength(1);
});

it('raises another exception when somebody closes the one that it was about to bring up to date', async () => {
  const world = await openWorld();
  world.proposals = [{ ...MOVE, needsApproval: true }];
  await world.demand(100, 200);
  await vi.waitFor(async () => expect(await world.exceptions()).toHaveLength(1), PATIENCE);
  // Facts are read for the scheduler, then for what is raised.
  world.whileReading = [() => Promise.resolve(), () => world.reject('Anke')];
  await world.judged(400, 600);
  await vi.waitFor(async () => {
    expect(await world.exceptions()).toMatchObject([
      { status: 'REJECTED', decisions: ['PUMP-10@P100:2'] },
      { status: 'OPEN', decisions: ['PUMP-10@P100:3'] },
    ]);
  }, PATIENCE);
});

it('sends other commands for a decision that was made anew after a backup was restored', async () => {
  const world = await openWorld();
  await world.demand(100, 200);
  await vi.waitFor(() => expect(world.commands).toHaveLength(1), PATIENCE);
  const [made] = world.decisions.slice(-1);
  await world.comesAgain({ ...made!, decidedAt: '2026-01-08T09:00:00.000Z' });
  expect(world.commands).toHaveLength(2);
  expect(world.commands[1]?.id).not.toBe(world.commands[0]?.id);
});

it('is not stopped by an answer about an order that is gone', async () => {
  const world = await openWorld('SOURCE');
  await world.demand(100, 200);
  await vi.waitFor(() => expect(world.commands).toHaveLength(1), PATIENCE);
  world.heardUpTo = 1;
  await world.answered('ScheduleRevisionApplied', 'APPLIED', undefined, 'PO-GONE');
  await world.answered('ScheduleRevisionRejected', 'REJECTED', 'The period is closed.');
  await vi.waitFor(async () => expect(await world.exceptions()).toMatchObject([{ kind: 'SOURCE_REFUSED' }]), {
    timeout: 4_000,
  });
});

const PATIENCE = { timeout: 10_000 };

/** One order, `PO-1` at revision 3, and a scheduler that always proposes the same. */
async function openWorld(owner: 'TAKT' | 'SOURCE' = 'TAKT') {
  const directory = await mkdtemp(join(tmpdir(), 'takt-actions-'));
  const store = await openLmdbStore({ directory: join(directory, 'documents') });
  const log = await openEmbeddedLog({ directory: join(directory, 'log') });
  const ordersLog = await openEmbeddedLog({ directory: join(directory, 'orders') });
  const clock = () => new Date('2026-01-07T09:00:00.000Z');
  const aggregates = [planningUnit, policy, planningException, sourceState];
  const intake = await openIntake({ store, log, aggregates, clock });
  await intake.receive([inboundMessage({ type: 'PublishPolicy', source: 'test/1', data: { table: TABLE } }, clock)]);
  const pending = await openPendingUnits(store, clock);
  const exceptions = await store.collection(planningException.collection);
  let order: HeardOrder = {
    ...productionOrder('PO-1', '2026-02-03', 100, { owner, ...(owner === 'SOURCE' && { ownerSystem: 'erp/one' }) }),
    revision: 3,
  };
  const picture: Picture = {
    units: async (keys) => {
      await world.whileReading.shift()?.();
      return keys.map((key) => pump({ ...key, makingOrders: [order] }));
    },
    workCenters: () => Promise.resolve([]),
    orders: (ids) => {
      if (commands.length > 0) world.looks += 1;
      return Promise.resolve(ids.map((id) => (id === order.id || made.has(id) ? { ...order, id } : undefined)));
    },
    openOrdersAt: () => Promise.resolve([]),
    locations: () => Promise.resolve([]),
    usedIn: () => Promise.resolve([]),
    heard: () => Promise.resolve([{ domain: 'production-orders', position: world.heardUpTo }]),
  };
  const commands: InboundMessage[] = [];
  const made = new Set<string>();
  const decisions: Decision[] = [];
  const world = {
    proposals: [MOVE] as readonly ScheduleProposal[],
    answers: [] as Outcome[],
    away: [] as readonly string[],
    /** How often the orders are not heard of again after they took something, and what is proposed after that. */
    interruptions: 0,
    afterwards: undefined as readonly ScheduleProposal[] | undefined,
    whileReading: [] as (() => Promise<unknown>)[],
    heardUpTo: 0,
    advice: [] as readonly ScheduleProposal[],
    looks: 0,
    /** How often a decision was looked for that is not kept. */
    missed: 0,
    /** What the adviser was asked. */
    advised: [] as SchedulingProblem[],
  };
  const records = await store.collection(DECISIONS);
  const options: ActionOptions = {
    picture: () => picture,
    pending,
    exceptions,
    planningUnits: await store.collection(planningUnit.collection),
    policies: await store.collection(policy.collection),
    decisions: {
      ...records,
      getMany: async (ids) => {
        const found = await records.getMany(ids);
        if (found.some((each) => !each)) world.missed += 1;
        return found;
      },
    },
    acting: await store.collection(ACTING),
    onFault: vi.fn(),
    ownership: await readOwnership({}),
    away: () => Promise.resolve(world.away),
    scheduler: { propose: () => Promise.resolve({ kind: 'PROPOSED', proposals: world.proposals, cannot: [] }) },
    adviser: {
      propose: (problem) => {
        world.advised.push(problem);
        return Promise.resolve({ kind: 'PROPOSED', proposals: world.advice, cannot: [] });
      },
    },
    orders: {
      receive: (messages) => {
        commands.push(...messages);
        for (const { type, data } of messages)
          if (type === 'CreateProductionOrder') made.add((data as { id: string }).id);
        const applied = { status: 'APPLIED', messageId: 'm', eventIds: [] } as const;
        if (world.interruptions > 0) {
          world.interruptions -= 1;
          world.proposals = world.afterwards ?? world.proposals;
          return Promise.reject(new IntakeUnavailableError('Nobody answers.'));
        }
        return Promise.resolve(messages.map(() => world.answers.shift() ?? applied));
      },
    },
    intake,
    clock,
  };
  const closing = new AbortController();
  const onFault = vi.fn();
  const following = [
    await startConsumer({ store, log, consumer: await decisionRecords(store), onFault }),
    await startConsumer({ store, log, consumer: actionFollower(options, closing.signal), onFault }),
    await startConsumer({ store, log: ordersLog, consumer: orderAnswers(options, closing.signal), onFault }),
  ];
  onTestFinished(async () => {
    closing.abort();
    for (const each of following) await each.close();
    await intake.close();
    await log.close();
    await ordersLog.close();
    await store.close();
    await rm(directory, { recursive: true });
  });
  const judged = async (demand: number, minutes: number, away: string[], monday: string) => {
    const [stored] = await options.planningUnits.getMany(['PUMP-10@P100']);
    const decision = judge(observed([week(monday, demand)], minutes, { away }), stored?.document, POLICY);
    if (!decision) throw new Error('Nothing new.');
    decisions.push(decision);
    const message = { type: 'RecordDecision', source: 'test/1', data: decision };
    const [outcome] = await intake.receive([inboundMessage(message, clock)]);
    expect(outcome).toMatchObject({ status: 'APPLIED' });
  };
  const rejected = async (by: string) => {
    const [exception] = (await exceptions.page({ orderBy: ['id'], first: 1 })).entries;
    const data = { id: exception?.id ?? '', by, reason: 'Not now.' };
    const [outcome] = await intake.receive([
      inboundMessage({ type: 'RejectException', source: 'test/1', data }, clock),
    ]);
    expect(outcome).toMatchObject({ status: 'APPLIED' });
  };
  return Object.assign(world, {
    commands,
    about: () => exceptionsAbout('PUMP', 'P100', options),
    /** As if it had all been raised, and some of it had ended. */
    async keep(...states: Partial<PlanningException>[]) {
      await intake.receive([inboundMessage({ ...raise(), source: 'test/1' }, clock)]);
      const [raised] = await exceptions.getMany([raise().data.id]);
      if (!raised) throw new Error('It was not raised.');
      const changes = states.map((state, index) => ({
        id: state.id ?? String(index),
        document: { ...raised.document, ...state },
        expectedVersion: 0,
        events: [],
        messageIds: [],
      }));
      await exceptions.commit(changes);
    },
    decisions,
    pending,
    judged: (demand: number, minutes: number) => judged(demand, minutes, [], LIQUID_WEEK),
    reject: rejected,
    actedOn: async () => (await readActing(options.acting)).position,
    /** The log is taken from its beginning again, as after a crash; or as if these decisions had been made for the first time. */
    async comesAgain(...remade: Decision[]) {
      for (const each of following) await each.close();
      if (remade.length > 0) await (await readActing(options.acting)).forget();
      const events = (await log.read(0, 100)).map((logged) => {
        const made = remade.find(({ id }) => id === (logged.event.data as { id?: string }).id);
        return made ? { ...logged, event: { ...logged.event, data: made } } : logged;
      });
      await actionFollower(options, closing.signal).apply(events);
    },
    async demand(before: number, after: number, away: string[] = [], monday: string = LIQUID_WEEK) {
      await judged(before, 0, [], monday);
      await judged(after, 1, away, monday);
    },
    demandIs: judged,
    /** Answers how it comes back. */
    async forgetDecision(id: string) {
      const kept = await vi.waitFor(async () => {
        const [found] = await records.getMany([id]);
        if (!found) throw new Error('It is not kept yet.');
        return found.document;
      }, PATIENCE);
      await records.remove([id]);
      world.missed = 0;
      return () => records.commit([{ id, expectedVersion: 0, document: kept, events: [], messageIds: [] }]);
    },
    hear(revision: number) {
      order = { ...order, revision };
    },
    async exceptions() {
      const { entries } = await exceptions.page({ orderBy: ['id'], first: 10 });
      return entries.map(({ document }) => document);
    },
    async approve(by: string) {
      const [exception] = (await exceptions.page({ orderBy: ['id'], first: 1 })).entries;
      const { id = '', matter } = exception?.document ?? {};
      const now = { orders: [{ order: 'PO-1', revision: 3, scheduledStart: order.scheduledStart }] };
      const message = { type: 'ApproveException', source: 'test/1', data: { id, by, matter, now } };
      const [outcome] = await intake.receive([inboundMessage(message, clock)]);
      expect(outcome).toMatchObject({ status: 'APPLIED' });
    },
    async answered(type: string, state: 'APPLIED' | 'REJECTED', reason?: string, id = 'PO-1') {
      const revision = {
        number: 1,
        from: {},
        to: {},
        cause: 'FORECAST_CHANGE',
        revisedAt: clock().toISOString(),
        state,
      } as const;
      order = { ...order, scheduleRevisions: [{ ...revision, policyDecision: 'PUMP-10@P100:2' }] };
      const data = {
        id,
        number: 1,
        sku: 'PUMP-10',
        location: 'P100',
        workCenters: [],
        ...(reason && { reason }),
      };
      await ordersLog.append([{ ...inboundMessage({ type, source: 'erp/one', data }, clock), subject: id }]);
    },
    async sourceIs(state: 'UP' | 'DOWN') {
      const data = { system: 'erp/one', state, since: clock().toISOString() };
      await intake.receive([inboundMessage({ type: 'SourceStateReported', source: 'takt/integration', data }, clock)]);
    },
  });
}

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLmdbStore } from '@takt/document-store';
import { openEmbeddedLog } from '@takt/event-log';
import { inboundMessage, IntakeUnavailableError, openIntake, type InboundMessage, type Outcome } from '@takt/intake';
import { expect, it, onTestFinished, vi } from 'vitest';
import { line, proposing } from '../exceptions/decision.fixture.ts';
import { MOVE, raise } from '../exceptions/exception.fixture.ts';
import type { ProposedChange, RaiseException } from '../exceptions/messages.ts';
import { readOwnership } from '../exceptions/ownership-store.ts';
import { planningException } from '../exceptions/planning-exception.ts';
import { DECISIONS, type KeptDecision } from '../judgement/decision-follower.ts';
import { planningUnit } from '../judgement/planning-unit.ts';
import { openPendingUnits } from '../picture/pending-store.ts';
import type { HeardOrder, Picture } from '../picture/picture.ts';
import { policy } from '../policy/policy.ts';
import type { ScheduleProposal } from '../scheduling/scheduler.ts';
import { productionOrder, pump } from '../supply-demand/facts.fixture.ts';
import { ACTING } from './acting-store.ts';
import { followOutdatedProposals, type OutdatedProposalOptions } from './outdated-proposals-follower.ts';

const LATER: ScheduleProposal = {
  kind: 'REVISE',
  order: 'PO-1',
  scheduledStart: '2026-01-13T06:00:00.000Z',
  scheduledEnd: '2026-01-13T14:00:00.000Z',
  needsApproval: false,
  reason: 'It is needed by then.',
};
const LATER_KEPT = kept(LATER);
const NEW: ScheduleProposal & ProposedChange = {
  kind: 'CREATE',
  order: 'D1/1',
  sku: 'PUMP',
  location: 'P100',
  quantity: { value: '30', unit: 'EA' },
  scheduledStart: '2026-01-14T06:00:00Z',
  scheduledEnd: '2026-01-14T14:00:00Z',
  operations: [],
  components: [],
  needsApproval: true,
  reason: 'It is missing then.',
};

it('makes a proposal anew when its order has changed, so that it can be approved again', async () => {
  const world = await openWorld();
  await world.raise();
  world.order('PO-1', 4);
  expect(await world.approve('Anke', 4)).toMatchObject({ refusal: { code: 'CHANGED_SINCE' } });
  await world.look();
  expect(await world.exception()).toMatchObject({
    status: 'OPEN',
    matter: 2,
    decisions: ['D1'],
    proposal: [{ ...LATER_KEPT, orderRevision: 4 }],
  });
  expect(await world.approve('Anke', 4)).toMatchObject({ status: 'APPLIED' });
  expect(await world.exception()).toMatchObject({ status: 'APPROVED' });
});

it('leaves alone what can be approved as it is', async () => {
  const world = await openWorld();
  await world.raise();
  await world.look();
  expect(await world.exception()).toMatchObject({ revision: 1, proposal: [MOVE] });
  expect(world.asked).toBe(0);
});

it('asks once for what an order has become, however often it looks', async () => {
  const world = await openWorld();
  await world.raise();
  world.order('PO-1', 4);
  await world.look();
  await world.look();
  await world.look();
  expect(world.asked).toBe(1);
  expect(await world.exception()).toMatchObject({ revision: 2 });
});

it('makes it anew once for all changes between two looks', async () => {
  const world = await openWorld();
  await world.raise();
  for (const revision of [4, 5, 6, 7]) world.order('PO-1', revision);
  await world.look();
  expect(await world.exception()).toMatchObject({ revision: 2, proposal: [{ orderRevision: 7 }] });
});

it('has an approval that was given for what is proposed no more count no more', async () => {
  const world = await openWorld();
  await world.raise({ id: 'FROZEN_CHANGE:PUMP@P100', kind: 'FROZEN_CHANGE', zone: 'FROZEN', decisions: ['D-FROZEN'] });
  expect(await world.approve('Anke', 3)).toMatchObject({ status: 'APPLIED' });
  expect(await world.exception()).toMatchObject({ status: 'OPEN', approvals: [{ by: 'Anke' }] });
  world.order('PO-1', 4);
  world.proposals = [
    { ...LATER, scheduledStart: '2026-01-08T06:00:00.000Z', scheduledEnd: '2026-01-08T14:00:00.000Z' },
  ];
  await world.look();
  expect(await world.exception()).toMatchObject({ status: 'OPEN', approvals: [], proposal: [{ orderRevision: 4 }] });
});

it('keeps a change of the frozen zone open for which nothing would help any more', async () => {
  const world = await openWorld();
  await world.raise({ id: 'FROZEN_CHANGE:PUMP@P100', kind: 'FROZEN_CHANGE', zone: 'FROZEN', decisions: ['D-FROZEN'] });
  world.order('PO-1', 4);
  world.proposals = [];
  await world.look();
  expect(await world.exception()).toMatchObject({ status: 'OPEN', proposal: [] });
});

it('ends what nothing is left to be proposed for', async () => {
  const world = await openWorld();
  await world.raise();
  world.order('PO-1', 4);
  world.proposals = [];
  await world.look();
  expect(await world.exception()).toMatchObject({
    status: 'SETTLED',
    settlement: { outcome: 'GONE', reason: 'Its orders have changed, and nothing is left to be proposed.' },
  });
});

it('tells a planner what the scheduler cannot do any more', async () => {
  const world = await openWorld();
  await world.raise();
  world.order('PO-1', 4);
  world.proposals = [];
  world.cannot = [{ sku: 'PUMP', location: 'P100', reason: 'The press is full.' }];
  await world.look();
  expect(await world.exception()).toMatchObject({ status: 'SETTLED', settlement: { outcome: 'SUPERSEDED' } });
  const other = await world.exception('UNSCHEDULABLE:PUMP@P100');
  expect(other).toMatchObject({ status: 'OPEN', decisions: ['D1'] });
  expect(other?.summary).toContain('The press is full.');
});

it('proposes a new order under another id where there is one with the id that was proposed', async () => {
  const world = await openWorld();
  const create = kept(NEW);
  await world.raise({ orders: [], proposal: [create] });
  world.proposals = [NEW];
  await world.look();
  expect(await world.exception()).toMatchObject({ revision: 1 });
  world.order('D1/1', 1);
  await world.look();
  expect(await world.exception()).toMatchObject({ revision: 2, proposal: [{ kind: 'CREATE', order: 'D1/again-1/1' }] });
});

it('changes nothing of an exception with which something happens meanwhile, and sees to it with the next look', async () => {
  const world = await openWorld();
  await world.raise();
  world.order('PO-1', 4);
  world.whileProposing = () =>
    world.send('CommentException', { id: raise().data.id, by: 'Anke', text: 'I look into it.' });
  await world.look();
  expect(await world.exception()).toMatchObject({ revision: 2, proposal: [MOVE], comments: [{ by: 'Anke' }] });
  await world.look();
  expect(await world.exception()).toMatchObject({ revision: 3, proposal: [{ orderRevision: 4 }] });
  expect(world.faults).toEqual([]);
});

it('tries again what could not be told, under the same id', async () => {
  const world = await openWorld();
  await world.raise();
  world.order('PO-1', 4);
  world.interruptions = 1;
  await world.look();
  expect(world.faults).toHaveLength(1);
  await world.look();
  const [first, again] = world.sent;
  expect(again?.id).toBe(first?.id);
  expect(await world.exception()).toMatchObject({ revision: 2, proposal: [{ orderRevision: 4 }] });
});

it('changes no order, even where the policy would let the schedule follow by itself', async () => {
  const world = await openWorld();
  await world.raise();
  world.order('PO-1', 4);
  await world.look();
  expect(await world.exception()).toMatchObject({ proposal: [{ orderRevision: 4 }] });
  expect(world.commands).toEqual([]);
});

/** Decisions D1 and D-FROZEN, the order PO-1 at revision 3, and a scheduler that always proposes the same. */
async function openWorld() {
  const directory = await mkdtemp(join(tmpdir(), 'takt-outdated-'));
  const store = await openLmdbStore({ directory: join(directory, 'documents') });
  const log = await openEmbeddedLog({ directory: join(directory, 'log') });
  const clock = () => new Date('2026-01-05T12:00:00.000Z');
  const intake = await openIntake({ store, log, aggregates: [planningException], clock });
  const exceptions = await store.collection(planningException.collection);
  const decisions = await store.collection(DECISIONS);
  const orders = new Map<string, HeardOrder>();
  const alarms = new Set<() => void>();
  const world = {
    proposals: [LATER] as readonly ScheduleProposal[],
    cannot: [] as readonly { sku: string; location: string; reason: string }[],
    asked: 0,
    interruptions: 0,
    whileProposing: undefined as (() => Promise<unknown>) | undefined,
    /** To this domain by the follower. */
    sent: [] as InboundMessage[],
    /** To the production orders. */
    commands: [] as InboundMessage[],
    faults: [] as unknown[],
  };
  const picture: Picture = {
    units: (keys) => Promise.resolve(keys.map((key) => pump({ ...key, makingOrders: [...orders.values()] }))),
    workCenters: () => Promise.resolve([]),
    orders: (ids) => Promise.resolve(ids.map((id) => orders.get(id))),
    openOrdersAt: () => Promise.resolve([]),
    locations: () => Promise.resolve([]),
    usedIn: () => Promise.resolve([]),
    heard: () => Promise.resolve([]),
  };
  const order = (id: string, revision: number) =>
    void orders.set(id, { ...productionOrder(id, '2026-01-20', 100), revision });
  order('PO-1', 3);
  const kept = [
    proposing('D1', 1, [line('2026-01-12', 'RECALCULATE')]),
    proposing('D-FROZEN', 1, [line('2026-01-05', 'EXCEPTION', { zone: 'FROZEN' })]),
  ].map((decision, index) => ({
    id: decision.id,
    document: {
      ...decision,
      ...{ planningUnit: 'PUMP@P100', sku: 'PUMP', location: 'P100', correlationId: 'c', position: index + 1 },
    } satisfies KeptDecision,
    expectedVersion: 0,
    events: [],
    messageIds: [],
  }));
  await decisions.commit(kept);
  const options: OutdatedProposalOptions = {
    picture: () => picture,
    pending: await openPendingUnits(store, clock),
    exceptions,
    planningUnits: await store.collection(planningUnit.collection),
    policies: await store.collection(policy.collection),
    decisions,
    acting: await store.collection(ACTING),
    ownership: await readOwnership({}),
    away: () => Promise.resolve([]),
    scheduler: { propose: () => Promise.resolve({ kind: 'HANDED_OVER', to: 'frepple/main' }) },
    adviser: {
      propose: async () => {
        world.asked += 1;
        await world.whileProposing?.();
        world.whileProposing = undefined;
        return { kind: 'PROPOSED', proposals: world.proposals, cannot: world.cannot };
      },
    },
    orders: {
      receive: (messages) => {
        world.commands.push(...messages);
        return Promise.resolve(messages.map(() => ({ status: 'APPLIED', messageId: 'm', eventIds: [] }) as const));
      },
    },
    intake: {
      receive: (messages) => {
        world.sent.push(...messages);
        if (world.interruptions-- > 0) return Promise.reject(new IntakeUnavailableError('Nobody answers.'));
        return intake.receive(messages);
      },
    },
    clock,
    time: {
      after: (_ms, callback) => {
        alarms.add(callback);
        return () => alarms.delete(callback);
      },
    },
    onFault: (fault) => world.faults.push(fault),
  };
  const following = followOutdatedProposals(options);
  onTestFinished(async () => {
    await following.close();
    await intake.close();
    await Promise.all([store.close(), log.close()]);
    await rm(directory, { recursive: true });
  });
  let latest = '';
  const send = async (type: string, data: object): Promise<Outcome> => {
    const [outcome] = await intake.receive([inboundMessage({ type, source: 'test/1', data }, clock)]);
    return outcome as Outcome;
  };
  const exception = async (id = latest) => (await exceptions.getMany([id]))[0]?.document;
  return Object.assign(world, {
    order,
    send,
    exception,
    async raise(rest: Partial<RaiseException> = {}) {
      latest = rest.id ?? raise().data.id;
      expect(await send('RaiseException', raise(rest).data)).toMatchObject({ status: 'APPLIED' });
    },
    async approve(by: string, revision: number) {
      const { id = '', matter } = (await exception()) ?? {};
      return send('ApproveException', { id, by, matter, now: { orders: [{ order: 'PO-1', revision }] } });
    },
    /** The next look, from its beginning to its end. */
    async look() {
      await vi.waitFor(() => expect(alarms.size).toBe(1), { timeout: 20_000 });
      const [alarm] = alarms;
      alarms.clear();
      alarm?.();
      await vi.waitFor(() => expect(alarms.size).toBe(1), { timeout: 20_000 });
    },
  });
}

/** A proposal as an exception keeps it. */
function kept<Proposal extends { readonly needsApproval: boolean }>(
  proposal: Proposal,
): Omit<Proposal, 'needsApproval'> {
  const entries = Object.entries(proposal).filter(([field]) => field !== 'needsApproval');
  return Object.fromEntries(entries) as Omit<Proposal, 'needsApproval'>;
}

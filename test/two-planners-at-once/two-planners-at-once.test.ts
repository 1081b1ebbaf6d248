import { expect, it, vi } from 'vitest';
import { planningPlant, SAME, type PlanningPlant, type SeenException } from '../planning-plant.ts';

const NEXT_WEEK = { start: '2026-12-02T05:00:00Z', end: '2026-12-02T13:00:00Z' };
const PATIENCE = { timeout: 20_000, interval: 200 };
const IN_TWO_WEEKS = { start: '2026-12-10T05:00:00Z', end: '2026-12-10T13:00:00Z' };

it('has one of two approvals at the same instant win, and the order moved once', async () => {
  // given a proposal inside the planning time fence, which both planners have on their screens
  const plant = await proposedInTwoWeeks();
  const seen = await theException(plant);
  expect(seen).toMatchObject({ kind: 'SCHEDULE_APPROVAL', status: 'OPEN', revision: 1, approvalsNeeded: 1 });
  const [change] = seen.proposal;

  // when both approve it
  const answers = await Promise.all(['ada', 'grace'].map((by) => approve(plant, seen, by)));
  await plant.settle();

  // then one is told that somebody was faster, and what was approved happens once
  expect(answers.map(({ __typename }) => __typename).sort()).toEqual(['ExceptionAccepted', 'RevisionConflict']);
  const winner = answers[0]?.__typename === 'ExceptionAccepted' ? 'ada' : 'grace';
  expect(await theException(plant)).toMatchObject({
    status: 'SETTLED',
    approvals: [{ by: winner }],
    settlement: { outcome: 'CARRIED_OUT' },
  });
  expect(await plant.order('MO-1')).toMatchObject({
    revision: 2,
    scheduledStart: change?.scheduledStart,
    scheduleRevisions: [{ number: 1, state: 'APPLIED', policyDecision: seen.decisionIds[0], approvedBy: winner }],
  });

  // and whoever comes later is told that it is decided
  const later = await approve(plant, await theException(plant), winner === 'ada' ? 'grace' : 'ada');
  expect(later).toMatchObject({ __typename: 'CommandRefused', code: 'EXCEPTION_CLOSED' });
  expect((await plant.exceptionsRaised(3)).map(({ kind }) => kind)).toEqual(['RAISED', 'APPROVED', 'SETTLED']);
  await expectSameReplays(plant);
});

it('has an approval and a rejection at the same instant end one way', async () => {
  const plant = await proposedInTwoWeeks();
  const seen = await theException(plant);

  const [approved, rejected] = await Promise.all([
    approve(plant, seen, 'ada'),
    say(plant, 'rejectException', { id: seen.id, by: 'grace', reason: 'It can wait.' }, seen.revision),
  ]);
  await plant.settle();

  const isApproved = approved?.__typename === 'ExceptionAccepted';
  expect(isApproved ? rejected : approved).toEqual({ __typename: 'RevisionConflict', currentRevision: 2 });
  const ended = await theException(plant);
  expect(ended.status).toBe(isApproved ? 'SETTLED' : 'REJECTED');
  expect((await plant.order('MO-1')).scheduleRevisions).toHaveLength(isApproved ? 1 : 0);
  await expectSameReplays(plant);
});

it('takes a command that is sent twice at the same instant as one', async () => {
  const plant = await proposedInTwoWeeks();
  const seen = await theException(plant);

  const answers = await Promise.all([1, 2, 3].map(() => approve(plant, seen, 'ada', 'one click')));
  await plant.settle();

  expect(answers.map(({ __typename }) => __typename)).toEqual(Array(3).fill('ExceptionAccepted'));
  expect(await plant.order('MO-1')).toMatchObject({ revision: 2, scheduleRevisions: [{ number: 1 }] });
  expect((await plant.exceptionsRaised(3)).map(({ kind }) => kind)).toEqual(['RAISED', 'APPROVED', 'SETTLED']);
  await expectSameReplays(plant);
});

it('takes two people for the frozen zone, each of whom has seen what the other has done', async () => {
  // given a proposal that would move an order inside the demand time fence
  const plant = await proposedInside();
  const seen = await theException(plant);
  expect(seen).toMatchObject({ kind: 'FROZEN_CHANGE', revision: 1, approvalsNeeded: 2 });

  // when two approve at the same instant, the second one has to look again first
  const answers = await Promise.all(['ada', 'grace'].map((by) => approve(plant, seen, by)));
  expect(answers.map(({ __typename }) => __typename).sort()).toEqual(['ExceptionAccepted', 'RevisionConflict']);
  const [first, second] = answers[0]?.__typename === 'ExceptionAccepted' ? ['ada', 'grace'] : ['grace', 'ada'];
  await plant.settle();
  const half = await theException(plant);
  expect(half).toMatchObject({ status: 'OPEN', revision: 2, approvals: [{ by: first }] });

  // then nobody is two people, however the name is written
  for (const name of [first, ` ${first.toUpperCase()} `]) {
    expect(await approve(plant, half, name)).toMatchObject({ __typename: 'CommandRefused', code: 'APPROVED_ALREADY' });
  }
  expect(await plant.order('MO-1')).toMatchObject({ revision: 1, scheduleRevisions: [] });

  // and it is done once the other one has approved as well
  expect(await approve(plant, half, second)).toEqual({ __typename: 'ExceptionAccepted' });
  await plant.settle();
  expect(await plant.order('MO-1')).toMatchObject({
    revision: 2,
    scheduledStart: seen.proposal[0]?.scheduledStart,
    scheduleRevisions: [{ state: 'APPLIED', approvedBy: `${first}, ${second}` }],
  });
  const [, given] = await plant.exceptionsRaised(2);
  expect(given?.kind).toBe('APPROVAL_GIVEN');
  expect((await plant.exceptionsRaised(2, given?.cursor)).map(({ kind }) => kind)).toEqual(['APPROVED', 'SETTLED']);
  await expectSameReplays(plant);
});

it('lets nobody approve what has become another matter since they looked', async () => {
  // given one of two approvals
  const plant = await proposedInside();
  const seen = await theException(plant);
  expect(await approve(plant, seen, 'ada')).toEqual({ __typename: 'ExceptionAccepted' });
  const half = await theException(plant);

  // when a customer wants even more
  await plant.advance(30);
  await plant.customerOrder('CO-3', 8, '2026-11-27');
  await plant.settle();

  // then the approval that was given counts no more, and the other one is not taken for what nobody has seen
  const changed = await theException(plant);
  expect(changed).toMatchObject({ id: seen.id, status: 'OPEN', revision: 3, approvals: [] });
  expect(changed.summary).toContain('0 → 18 EA');
  expect(await approve(plant, half, 'grace')).toEqual({ __typename: 'RevisionConflict', currentRevision: 3 });
  expect(await approve(plant, changed, 'grace')).toEqual({ __typename: 'ExceptionAccepted' });
  await plant.settle();
  expect(await plant.order('MO-1')).toMatchObject({ revision: 1, scheduleRevisions: [] });
  expect(await theException(plant)).toMatchObject({ status: 'OPEN', approvals: [{ by: 'grace' }] });
  await expectSameReplays(plant);
});

it('lets nobody approve the move of an order that a colleague has moved meanwhile, before they have seen what is proposed now', async () => {
  // given a proposal
  const plant = await proposedInTwoWeeks();
  const seen = await theException(plant);

  // when a colleague has moved its order
  const moved = { id: 'MO-1', scheduledStart: '2026-12-09T05:00:00Z', scheduledEnd: '2026-12-09T13:00:00Z' };
  expect(await say(plant, 'reviseSchedule', { ...moved, cause: 'MANUAL' }, 1)).toEqual({
    __typename: 'ProductionOrderAccepted',
  });
  await plant.settle();

  // then nobody approves what was proposed before, whether or not it has been proposed anew by then
  const late = await approve(plant, seen, 'ada');
  expect(['CommandRefused', 'RevisionConflict']).toContain(late.__typename);
  if (late.__typename === 'CommandRefused') {
    expect(late).toMatchObject({
      code: 'CHANGED_SINCE',
      reason: expect.stringContaining('Order MO-1 was at revision 1, it is at 2.'),
    });
  }

  // and what is proposed now takes the place of it without anybody's doing, and can be approved
  const anew = await vi.waitFor(async () => {
    const found = await theException(plant);
    expect(found).toMatchObject({ id: seen.id, status: 'OPEN', revision: seen.revision + 1 });
    return found;
  }, PATIENCE);
  expect(await plant.order('MO-1')).toMatchObject({ revision: 2, scheduleRevisions: [{ cause: 'MANUAL' }] });
  expect(await approve(plant, anew, 'ada')).toEqual({ __typename: 'ExceptionAccepted' });
  await plant.settle();
  expect(await theException(plant)).toMatchObject({ status: 'SETTLED', settlement: { outcome: 'CARRIED_OUT' } });
  await expectSameReplays(plant);
});

/** An order that comes too late for what a customer wants in addition, inside the planning time fence. */
async function proposedInTwoWeeks(): Promise<PlanningPlant> {
  return proposed('2026-12-08', IN_TWO_WEEKS);
}

/** The same inside the demand time fence. */
async function proposedInside(): Promise<PlanningPlant> {
  return proposed('2026-11-27', NEXT_WEEK);
}

async function proposed(dueOn: string, order: { start: string; end: string }): Promise<PlanningPlant> {
  const plant = await planningPlant();
  await plant.stock('PUMP', 50);
  await plant.stock('MOTOR', 500);
  await plant.stock('SEAL', 500);
  await plant.customerOrder('CO-1', 40, dueOn);
  await plant.makeOrder('MO-1', order);
  await plant.settle();
  await plant.advance(60);
  await plant.customerOrder('CO-2', 20, dueOn);
  await plant.settle();
  return plant;
}

async function theException(plant: PlanningPlant): Promise<SeenException> {
  const exceptions = await plant.exceptions('PUMP');
  expect(exceptions).toHaveLength(1);
  return exceptions[0] as SeenException;
}

async function expectSameReplays(plant: PlanningPlant): Promise<void> {
  const decisions = await plant.decisions();
  expect(await plant.replays()).toEqual(decisions.map(({ id }) => ({ id, ...SAME })));
}

function approve(plant: PlanningPlant, { id, revision }: SeenException, by: string, key?: string): Promise<Answer> {
  return say(plant, 'approveException', { id, by }, revision, key);
}

/** What a planner's screen sends. */
async function say(
  { system }: PlanningPlant,
  mutation: string,
  input: object,
  revision: number,
  key: string = crypto.randomUUID(),
): Promise<Answer> {
  const inputType = `${mutation.charAt(0).toUpperCase()}${mutation.slice(1)}Input`;
  const query = `mutation ($key: String!, $revision: Int, $input: ${inputType}!) {
    result: ${mutation}(idempotencyKey: $key, expectedRevision: $revision, input: $input) {
      __typename ... on CommandRefused { code reason } ... on RevisionConflict { currentRevision }
    }
  }`;
  const response = await fetch(`${system.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables: { key, revision, input } }),
  });
  const { data, errors } = (await response.json()) as { data: { result: Answer }; errors?: unknown };
  expect(errors).toBeUndefined();
  return data.result;
}

interface Answer {
  readonly __typename: string;
  readonly code?: string;
  readonly reason?: string;
  readonly currentRevision?: number;
}

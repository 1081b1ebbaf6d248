import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execute, parse, subscribe, type ExecutionResult } from 'graphql';
import { expect, it, onTestFinished } from 'vitest';
import { inboundMessage } from '@takt/intake';
import { documentLoader, openDomain, pageLoader, type DomainDefinition } from '@takt/subgraph-server';
import { DECISIONS, decisionRecords } from '../judgement/decision-follower.ts';
import { decisionHistory } from '../judgement/decision-history-store.ts';
import { JudgedUnit, LIQUID_WEEK, observed, TABLE, week } from '../judgement/judgement.fixture.ts';
import { planningUnit } from '../judgement/planning-unit.ts';
import { policy } from '../policy/policy.ts';
import { SIMULATE_POLICY, simulationQuestions } from '../policy/simulation-exchange.ts';
import {
  DecisionMadeResolver,
  decisionReferences,
  DecisionResolver,
  ItemLocationDecisionsResolver,
  type DecisionContext,
} from './decision.ts';
import { policyReferences, PolicyResolver, type PolicyContext } from './policy.ts';

type Context = DecisionContext & PolicyContext;

/** Policies and decisions alone. */
const domain: DomainDefinition<Context> = {
  name: 'synchronization',
  aggregates: [planningUnit, policy],
  resolvers: [PolicyResolver, DecisionResolver, ItemLocationDecisionsResolver, DecisionMadeResolver],
  references: { ...policyReferences, ...decisionReferences },
  consumers: async ({ store }) => [await decisionRecords(store)],
  startExchange: async ({ store }) => ({
    questions: simulationQuestions(decisionHistory(await store.collection(DECISIONS))),
    close: () => Promise.resolve(),
  }),
  connect: async ({ store, log, intake, clock, sources }) => {
    const [policies, decisions] = [await store.collection(policy.collection), await store.collection(DECISIONS)];
    const loaders = () => ({
      policies: documentLoader(policies),
      policyPages: pageLoader(policies),
      decisions: documentLoader(decisions),
      decisionPages: pageLoader(decisions),
      decisionHistory: decisionHistory(decisions),
    });
    return {
      createContext: () => {
        const context = {
          log,
          intake,
          clock,
          sources,
          ...loaders(),
          renew: () => void Object.assign(context, loaders()),
        };
        return context;
      },
    };
  },
};

const TEXT = JSON.stringify(TABLE);
const draftOf = (more: object) => JSON.stringify({ ...TABLE, ...more });

async function opened() {
  const directory = await mkdtemp(join(tmpdir(), 'takt-policies-'));
  const clock = () => new Date('2026-01-07T09:00:00Z');
  const running = await openDomain(domain, { directory, clock });
  onTestFinished(async () => {
    await running.close();
    await rm(directory, { recursive: true });
  });
  const document = (query: string, variableValues: object) => ({
    schema: running.schema,
    document: parse(query),
    contextValue: running.createContext(),
    variableValues: variableValues as Record<string, unknown>,
  });
  const ask = async (query: string, variables: object = {}): Promise<ExecutionResult> =>
    execute(document(query, variables));
  return {
    ask,
    answer: async (query: string, variables: object = {}) => {
      const { data, errors } = await ask(query, variables);
      expect(errors).toBeUndefined();
      return data as Record<string, unknown>;
    },
    simulated: (input: object) => running.operations().ask(SIMULATE_POLICY, input),
    listen: async (query: string) => (await subscribe(document(query, {}))) as AsyncGenerator<ExecutionResult>,
    judged: async (unit: JudgedUnit) => {
      const messages = unit.decisions.map((data) =>
        inboundMessage({ type: 'RecordDecision', source: 'takt/synchronization', id: data.id, data }, clock),
      );
      for (const message of messages) {
        expect((await running.intake.receive([message]))[0]?.status).toBe('APPLIED');
      }
      await expect
        .poll(async () => (await ask('{ decisions { totalCount } }')).data?.decisions)
        .toEqual({ totalCount: messages.length });
    },
  };
}

const PUBLISH = `mutation ($text: String!, $key: String!, $revision: Int) {
  publishPolicy(idempotencyKey: $key, expectedRevision: $revision, text: $text) {
    __typename
    ... on PolicyAccepted { policy { id revision latest { version rules { id conditions outcome } warnings } } }
    ... on CommandRefused { code reason }
    ... on RevisionConflict { currentRevision }
  }
}`;

function driftingUnit(): JudgedUnit {
  const unit = new JudgedUnit();
  for (const [minute, demand] of [200, 215, 240].entries()) unit.take(observed([week(LIQUID_WEEK, demand)], minute));
  return unit;
}

it('publishes versions of a policy, says which one holds, and retires it', async () => {
  const { answer } = await opened();
  expect((await answer(PUBLISH, { text: TEXT, key: 'a' })).publishPolicy).toEqual({
    __typename: 'PolicyAccepted',
    policy: {
      id: 'plain',
      revision: 1,
      latest: {
        version: 1,
        rules: [
          {
            id: 'demand',
            conditions: ['measure DEMAND', '|change| ≥ 10 % and ≥ 20 in the item’s unit'],
            outcome: 'RECALCULATE',
          },
          { id: 'others', conditions: ['measure SHORTAGE or CAPACITY'], outcome: 'RECALCULATE' },
        ],
        warnings: [],
      },
    },
  });
  const again = await answer(PUBLISH, { text: draftOf({ coolDownMinutes: 5 }), key: 'b', revision: 0 });
  expect(again.publishPolicy).toEqual({ __typename: 'RevisionConflict', currentRevision: 1 });
  await answer(PUBLISH, { text: draftOf({ coolDownMinutes: 5 }), key: 'c', revision: 1 });
  const HOLDS =
    '{ policyInForce(plant: "P100") { policy { id versions { version } } version { version inWords text } } }';
  expect((await answer(HOLDS)).policyInForce).toMatchObject({
    policy: { versions: [{ version: 1 }, { version: 2 }] },
    version: {
      version: 2,
      inWords: expect.arrayContaining(['A week that the schedule was made to follow is left alone for 5 min.']),
      text: JSON.stringify({ ...TABLE, coolDownMinutes: 5 }, undefined, 2),
    },
  });
  await answer('mutation { retirePolicy(idempotencyKey: "d", id: "plain", reason: "Tried.") { __typename } }');
  expect((await answer(HOLDS)).policyInForce).toBeNull();
  expect((await answer('{ policies { nodes { retiredAt retiredBecause } } }')).policies).toEqual({
    nodes: [{ retiredAt: '2026-01-07T09:00:00.000Z', retiredBecause: 'Tried.' }],
  });
});

it('refuses a table with all that is wrong in it, by rule and field', async () => {
  const { answer } = await opened();
  const text = TEXT.replace('"changeAtLeast"', '"changedAtLeast"').replace('RECALCULATE', 'PANIC');
  const { publishPolicy } = await answer(PUBLISH, { text, key: 'a' });
  expect(publishPolicy).toMatchObject({
    code: 'INVALID_POLICY',
    reason: expect.stringMatching(/rules\[0\] demand: changedAtLeast: .*\n.*rules\[0\] demand: outcome: /s),
  });
});

it('answers decisions with their explanation, and makes them again', async () => {
  const { answer, judged } = await opened();
  await answer(PUBLISH, { text: TEXT, key: 'a' });
  await judged(driftingUnit());
  const { decisions } = await answer(`{
    decisions(first: 1, filter: { location: ["P100"], outcome: [RECALCULATE], from: "2026-01-07T09:00:00+01:00" }) {
      totalCount
      nodes { id outcome policyVersion itemLocation { sku } lines { week baseline now rule } explanation }
    }
  }`);
  expect(decisions).toEqual({
    totalCount: 1,
    nodes: [
      {
        id: 'PUMP-10@P100:3',
        outcome: 'RECALCULATE',
        policyVersion: 1,
        itemLocation: { sku: 'PUMP-10' },
        lines: [{ week: LIQUID_WEEK, baseline: '200', now: '240', rule: 'demand' }],
        explanation: [
          'PUMP-10 at P100: the schedule follows by itself.',
          `Week of ${LIQUID_WEEK} (liquid): demand rose from 200 to 240 EA (+40, +20 %). Rule demand applies: measure DEMAND, |change| ≥ 10 % and ≥ 20 EA. So the schedule follows by itself.`,
        ],
      },
    ],
  });
  const replayed = await answer('{ replayDecision(id: "PUMP-10@P100:3") { isSame differences { path } } }');
  expect(replayed.replayDecision).toEqual({ isSame: true, differences: [] });
  await answer(PUBLISH, { text: draftOf({ rules: TABLE.rules.slice(1) }), key: 'b' });
  const { replayDecision } = await answer(
    '{ replayDecision(id: "PUMP-10@P100:3", policyVersion: 2) { isSame differences { path decided replayed } } }',
  );
  expect(replayDecision).toMatchObject({
    isSame: false,
    differences: expect.arrayContaining([{ path: '/outcome', decided: '"RECALCULATE"', replayed: '"SUPPRESS"' }]),
  });
  expect(await answer('{ decision(id: "nothing") { id } replayDecision(id: "nothing") { isSame } }')).toEqual({
    decision: null,
    replayDecision: null,
  });
});

it('answers decisions of an item at a location', async () => {
  const { answer, judged } = await opened();
  await judged(driftingUnit());
  const { _entities } = await answer(`{
    _entities(representations: [
      { __typename: "ItemLocation", sku: "PUMP-10", location: { code: "P100" } }
      { __typename: "ItemLocation", sku: "PUMP-11", location: { code: "P100" } }
    ]) { ... on ItemLocation { decisions { nodes { id } } } }
  }`);
  const ids = (...revisions: number[]) => ({
    decisions: { nodes: revisions.map((revision) => ({ id: `PUMP-10@P100:${revision}` })) },
  });
  expect(_entities).toEqual([ids(3, 2, 1), ids()]);
});

const SIMULATE = `query ($draft: String!, $plant: String) {
  simulatePolicy(draft: $draft, from: "2026-01-07T00:00:00Z", to: "2026-01-08T00:00:00Z", plant: $plant) {
    observations isComplete
    outcomes { outcome simulatedChanges decidedChanges simulatedBuckets }
    differences { decisionId decided { outcome } simulated { outcome } itemLocation { sku } }
  }
}`;

it('simulates a draft over what was decided', async () => {
  const { answer, ask, judged, simulated } = await opened();
  await judged(driftingUnit());
  const draft = draftOf({ rules: [{ id: 'all', description: 'All.', when: {}, outcome: 'PROPOSE' }] });
  const { simulatePolicy } = await answer(SIMULATE, { draft, plant: 'P100' });
  expect(simulatePolicy).toMatchObject({
    observations: 3,
    isComplete: true,
    outcomes: expect.arrayContaining([
      { outcome: 'PROPOSE', simulatedChanges: 2, decidedChanges: 0, simulatedBuckets: 2 },
    ]),
    differences: [
      {
        decisionId: 'PUMP-10@P100:2',
        decided: { outcome: 'SUPPRESS' },
        simulated: { outcome: 'PROPOSE' },
        itemLocation: { sku: 'PUMP-10' },
      },
      {
        decisionId: 'PUMP-10@P100:3',
        decided: { outcome: 'RECALCULATE' },
        simulated: { outcome: 'PROPOSE' },
        itemLocation: { sku: 'PUMP-10' },
      },
    ],
  });
  expect((await answer(SIMULATE, { draft, plant: 'P200' })).simulatePolicy).toMatchObject({ observations: 0 });
  const window = { from: '2026-01-07T00:00:00Z', to: '2026-01-07T08:01:00Z' };
  expect(await simulated({ draft, ...window })).toMatchObject({ observations: 1 });
  await expect(simulated({ draft: 'id: 1', ...window })).rejects.toThrow('rules: ');
  const { errors } = await ask(SIMULATE, { draft: 'id: 1' });
  expect(errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
});

it('tells of decisions as they are made, of a plant and with the outcomes asked for, from a cursor on', async () => {
  const { listen, judged } = await opened();
  const decisionIn = ({ value }: IteratorResult<ExecutionResult>) =>
    (value as ExecutionResult<{ decisionMade: { cursor: string; decision: { id: string } } }>).data!.decisionMade;
  const fields = 'cursor correlationId decision { id outcome explanation }';
  const all = await listen(`subscription { decisionMade(plant: "P100") { ${fields} } }`);
  const elsewhere = await listen(`subscription { decisionMade(plant: "P200") { ${fields} } }`);
  const first = all.next();
  await judged(driftingUnit());
  const made = decisionIn(await first);
  expect(made.decision).toMatchObject({ id: 'PUMP-10@P100:1', outcome: 'SUPPRESS' });
  const acting = await listen(
    `subscription { decisionMade(outcome: [RECALCULATE], after: "${made.cursor}") { ${fields} } }`,
  );
  expect(decisionIn(await acting.next()).decision.id).toBe('PUMP-10@P100:3');
  await Promise.all([all, acting, elsewhere].map((stream) => stream.return(undefined)));
});

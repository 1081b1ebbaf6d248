import { inboundMessage, type Clock, type Governed, type Intake } from '@takt/intake';
import type { Collection } from '@takt/document-store';
import { startConsumer } from '@takt/log-consumer';
import {
  NO_NEIGHBOURS,
  releaseAll,
  sourceState,
  steadyTime,
  type DomainExchange,
  type DomainRuntime,
} from '@takt/subgraph-server';
import { ACTING } from './actions/acting-store.ts';
import { actionFollower, type ActionOptions } from './actions/action-follower.ts';
import { orderAnswers } from './actions/order-answers-follower.ts';
import { followOutdatedProposals } from './actions/outdated-proposals-follower.ts';
import { followDueExceptions } from './exceptions/escalation-follower.ts';
import { readOwnership } from './exceptions/ownership-store.ts';
import { planningException } from './exceptions/planning-exception.ts';
import { DECISIONS } from './judgement/decision-follower.ts';
import { openDailyLooks } from './judgement/daily-look-store.ts';
import { decisionHistory } from './judgement/decision-history-store.ts';
import { judgedAt } from './judgement/cadence.ts';
import { startJudging } from './judgement/judge-follower.ts';
import { planningUnit } from './judgement/planning-unit.ts';
import { followPlants } from './measures/plant-follower.ts';
import { awaySystems } from './picture/away-store.ts';
import { openPendingUnits } from './picture/pending-store.ts';
import { LoadMeter } from './picture/load-meter.ts';
import { followDomains } from './picture/picture-follower.ts';
import { openPicture, openReplicas, statesOf } from './picture/picture-store.ts';
import { defaultPolicy } from './policy/policy-file-store.ts';
import { policy, type PolicyState } from './policy/policy.ts';
import { simulationQuestions } from './policy/simulation-exchange.ts';
import { finiteCapacityScheduler } from './scheduling/finite-capacity-scheduler.ts';
import { openScheduler } from './scheduling/frepple-scheduler-exchange.ts';

/**
 * Hears the other domains, judges what changes and acts on it, and looks after exceptions: in the one process that writes
 * for this domain. What it does stops within a second of being closed.
 */
export async function startSynchronization(runtime: DomainRuntime): Promise<DomainExchange> {
  const { store, log, intake, clock, neighbours, refresh } = runtime;
  // Opened alone, to look after its messages, there is nobody to hear and nobody to tell.
  if (neighbours === NO_NEIGHBOURS) return { close: () => Promise.resolve() };
  const onFault = reporter();
  const closing = new AbortController();
  const started: (() => Promise<void>)[] = [];
  const close = async () => {
    closing.abort(new Error('Takt stops.'));
    await releaseAll(started.reverse().splice(0));
  };
  try {
    const replicas = await openReplicas(store);
    const picture = await openPicture(store, clock);
    const pending = await openPendingUnits(store, clock);
    const exceptions = await store.collection(planningException.collection);
    const policies = await store.collection(policy.collection);
    const planningUnits = await store.collection(planningUnit.collection);
    const states = await store.collection(sourceState.collection);
    const ownership = await readOwnership(process.env);
    await publishDefaultPolicy(policies, intake, clock);
    const scheduler = await openScheduler(runtime, process.env['TAKT_SCHEDULER'], onFault);
    started.push(() => scheduler.close());
    const acting: ActionOptions = {
      picture: () => picture,
      pending,
      planningUnits,
      exceptions,
      policies,
      decisions: await store.collection(DECISIONS),
      acting: await store.collection(ACTING),
      ownership,
      away: async () => (await awaySystems(states)).map(({ system }) => system),
      scheduler,
      adviser: finiteCapacityScheduler(),
      orders: { receive: (messages) => neighbours.intake('production-orders').receive(messages) },
      intake,
      clock,
      onFault,
    };
    const follow = async (options: Pick<Parameters<typeof startConsumer>[0], 'log' | 'consumer'>) => {
      const consumer = await startConsumer({ store, ...options, onFault });
      started.push(() => consumer.close());
    };
    const masterData = {
      products: (skus: readonly string[]) => statesOf(replicas.products, skus),
      locations: (codes: readonly string[]) => picture.locations(codes),
    };
    const plants = await followPlants(store, masterData, clock);
    const meter = new LoadMeter(() => steadyTime.now());
    const following = await followDomains({
      runtime,
      pending,
      dueAt: (unit, trigger, heardAt) => judgedAt(unit, trigger, heardAt, refresh),
      listeners: [
        async (_domain, changes) => {
          meter.heard(changes.length);
          await plants.heard(changes);
        },
      ],
      onFault,
    });
    started.push(() => following.close());
    await follow({ log, consumer: actionFollower(acting, closing.signal) });
    await follow({ log: () => neighbours.log('production-orders'), consumer: orderAnswers(acting, closing.signal) });
    const proposing = followOutdatedProposals({ ...acting, time: steadyTime, onFault });
    started.push(() => proposing.close());
    const judging = startJudging({
      ...acting,
      looks: await openDailyLooks(store),
      batchHour: refresh.batchHour,
      isLoading: () => meter.isLoading(),
      settleSeconds: refresh.settleSeconds,
      time: steadyTime,
      onFault,
    });
    started.push(() => judging.close());
    const escalating = followDueExceptions({
      exceptions,
      intake,
      clock,
      time: steadyTime,
      ownership,
      calendarOf: async ({ sku, location }) => (await picture.units([{ sku, location }]))[0]?.calendar,
      onFault,
      ...(refresh.dueEverySeconds !== undefined && { everyMs: refresh.dueEverySeconds * 1000 }),
    });
    started.push(() => escalating.close());
    const questions = simulationQuestions(decisionHistory(await store.collection(DECISIONS)));
    return { questions, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** So that something decides before anybody has published a policy of their own; once, whatever becomes of it. */
async function publishDefaultPolicy(
  policies: Collection<Governed<PolicyState>>,
  intake: Intake,
  clock: Clock,
): Promise<void> {
  if ((await policies.count({})) > 0) return;
  const table = await defaultPolicy();
  const message = { type: 'PublishPolicy', source: 'takt/synchronization', id: 'default-policy', data: { table } };
  await intake.receive([inboundMessage(message, clock)]);
}

/** Prints what goes wrong, once as long as it is among the last few. */
function reporter(): (fault: unknown) => void {
  const lately = new Set<string>();
  return (fault) => {
    const said = String(fault);
    if (!lately.has(said)) process.stderr.write(`synchronization: ${said}\n`);
    lately.delete(said);
    lately.add(said);
    const [oldest] = lately;
    if (oldest !== undefined && lately.size > MOST_SAID) lately.delete(oldest);
  };
}

const MOST_SAID = 20;

import { localDays, type ProductionOrder } from '@takt/production-orders/contract';
import type { WorkCenterFacts } from '../picture/picture.ts';
import type { UnitFacts } from '../picture/unit-facts.ts';
import type { Observation } from '../judgement/observation.ts';
import { expectedBack, type Hindrances } from '../judgement/lateness.ts';
import type { SchedulingProblem, SchedulingWorkCenter } from '../scheduling/scheduler.ts';
import { timeZoneOf } from '../supply-demand/demand.ts';
import { capacityOf } from '../supply-demand/work-center-load.ts';

export interface ProblemFacts extends Hindrances {
  readonly facts: UnitFacts;
  /** Open orders at the work centers. */
  readonly orders: readonly ProductionOrder[];
  readonly observation: Pick<Observation, 'frozenUntil' | 'slushyUntil'>;
  /** After an order was moved by a policy, it stays for so long. */
  readonly coolDownMinutes: number;
}

/** What it takes to have the supply of one unit follow its demand. */
export function problemOf(problem: ProblemFacts): SchedulingProblem {
  const { facts, now, orders, observation, workCenters } = problem;
  const timeZone = timeZoneOf(facts);
  const zones = localDays(timeZone, observation.frozenUntil, observation.slushyUntil);
  return {
    now,
    location: facts.location,
    units: [
      { facts, frozenUntil: zones.from, slushyUntil: zones.to, coolingDown: coolingDown(facts.makingOrders, problem) },
    ],
    orders,
    workCenters: [...workCenters.values()].map((each) => schedulingWorkCenter(each, { now, timeZone })),
  };
}

/** Orders that a policy has moved lately, and until when they stay; what a planner decides does not wait. */
function coolingDown(
  orders: readonly ProductionOrder[],
  { now, coolDownMinutes }: ProblemFacts,
): Record<string, string> {
  const until = orders.flatMap(({ id, scheduleRevisions }) => {
    const moved = scheduleRevisions.findLast(
      ({ policyDecision, state }) => policyDecision !== undefined && state !== 'REJECTED',
    );
    if (!moved) return [];
    const end = new Date(Date.parse(moved.revisedAt) + coolDownMinutes * 60_000).toISOString();
    return end > now ? [[id, end] as const] : [];
  });
  return Object.fromEntries(until);
}

function schedulingWorkCenter(
  facts: WorkCenterFacts,
  { now, timeZone }: Pick<Hindrances, 'now' | 'timeZone'>,
): SchedulingWorkCenter {
  const back = expectedBack(facts, { now, timeZone });
  const { code, alternates = [] } = facts.workCenter;
  return { code, capacity: capacityOf(facts), away: back === undefined ? [] : [{ from: now, to: back }], alternates };
}

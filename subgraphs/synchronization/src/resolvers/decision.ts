import type { Stored } from '@takt/document-store';
import type { EventLog } from '@takt/event-log';
import type { Governed } from '@takt/intake';
import {
  connectionPage,
  fault,
  filterConditions,
  PageArgs,
  type Connection,
  type DocumentLoader,
  type LiveChange,
  type PageLoader,
  AFTER_CURSOR,
  FILTER,
  PLANT,
} from '@takt/subgraph-server';
import { Arg, Args, Ctx, FieldResolver, ID, Int, Query, Resolver, Root, Subscription } from 'type-graphql';
import { decisionsMade, type DecisionsAsked } from '../decision-live.ts';
import { decisionOf, type DecisionRecord, type KeptDecision } from '../judgement/decision-follower.ts';
import { explain } from '../judgement/explain.ts';
import { replay } from '../judgement/replay.ts';
import type { PolicyState } from '../policy/policy.ts';
import {
  Decision,
  DecisionConnection,
  DecisionFilter,
  DecisionMade,
  DecisionOutcome,
  DecisionReplay,
} from '../schema/decision.ts';
import { ItemLocation } from '../schema/references.ts';

/** What the fields here need of a request. */
export interface DecisionContext {
  readonly log: EventLog;
  readonly decisions: DocumentLoader<KeptDecision>;
  readonly decisionPages: PageLoader<KeptDecision>;
  readonly policies: DocumentLoader<Governed<PolicyState>>;
}

@Resolver(() => Decision)
export class DecisionResolver {
  @Query(() => Decision, { nullable: true, description: 'Decisions are kept for 35 days.' })
  async decision(
    @Arg('id', () => ID, { description: 'Id of the decision.' }) id: string,
    @Ctx() context: DecisionContext,
  ) {
    return loadDecision(id, context);
  }

  @Query(() => DecisionConnection, { description: 'What was made of changes, the latest first.' })
  async decisions(
    @Args(() => PageArgs) page: PageArgs,
    @Arg('filter', () => DecisionFilter, { nullable: true, description: FILTER }) filter: DecisionFilter | null,
    @Ctx() { decisionPages }: DecisionContext,
  ): Promise<Connection<Decision>> {
    const { location, sku, outcome } = filter ?? {};
    return connectionPage(decisionPages, {
      page,
      where: { ...filterConditions({ location, sku, outcome }), ...decidedWithin(filter) },
      orderBy: BY_TIME,
      descending: true,
      node: toNode,
    });
  }

  @Query(() => DecisionReplay, {
    nullable: true,
    description:
      'Judges again what a decision was made of, by the version of the policy that it names or by another one.',
  })
  async replayDecision(
    @Arg('id', () => ID, { description: 'Id of the decision that is made again.' }) id: string,
    @Arg('policyVersion', () => Int, {
      nullable: true,
      description: 'Version of its policy by which it is made again; unless given, the one that decided it.',
    })
    policyVersion: number | null,
    @Ctx() { decisions, policies }: DecisionContext,
  ): Promise<DecisionReplay | null> {
    const stored = await decisions.load(id);
    if (!stored) return null;
    const decision = decisionOf(stored.document);
    const version = policyVersion ?? decision.policy.version;
    const policy = (await policies.load(decision.policy.id))?.document.versions.find(
      (each) => each.version === version,
    );
    if (!policy) throw fault('BAD_USER_INPUT', `The policy ${decision.policy.id} has no version ${version}.`);
    const { decision: again, differences } = replay(decision, policy);
    return { isSame: differences.length === 0, differences, explanation: explain(again) };
  }
}

@Resolver(() => ItemLocation)
export class ItemLocationDecisionsResolver {
  @FieldResolver(() => DecisionConnection, { description: 'What was made of its changes, the latest first.' })
  async decisions(
    @Root() { sku, location }: ItemLocation,
    @Args(() => PageArgs) page: PageArgs,
    @Arg('filter', () => DecisionFilter, { nullable: true, description: FILTER }) filter: DecisionFilter | null,
    @Ctx() { decisionPages }: DecisionContext,
  ): Promise<Connection<Decision>> {
    if (filter?.sku != null || filter?.location != null) {
      throw fault('BAD_USER_INPUT', 'The item at a location is given: filter by neither sku nor location.');
    }
    return connectionPage(decisionPages, {
      page,
      where: { ...filterConditions({ outcome: filter?.outcome }), ...decidedWithin(filter) },
      key: { sku, location: location.code },
      orderBy: BY_TIME,
      descending: true,
      node: toNode,
    });
  }
}

@Resolver(() => DecisionMade)
export class DecisionMadeResolver {
  @Subscription(() => DecisionMade, {
    description:
      'Every decision, of one plant or with some outcomes if so asked; with `after`, all that were made since first.',
    subscribe: ({ args, context }: { args: DecisionsAsked; context: DecisionContext }) =>
      decisionsMade(context.log, args),
  })
  decisionMade(
    @Root() news: LiveChange & { readonly decision: DecisionRecord },
    @Arg('plant', () => String, { nullable: true, description: PLANT }) _plant: string | null,
    @Arg('outcome', () => [DecisionOutcome], {
      nullable: true,
      description: 'Only decisions with one of these outcomes. Unless given, all.',
    })
    _outcome: (keyof typeof DecisionOutcome)[] | null,
    @Arg('after', () => String, { nullable: true, description: AFTER_CURSOR }) _after: string | null,
  ): DecisionMade {
    const { cursor, occurredAt, cause, correlationId, decision } = news;
    return { cursor, occurredAt, cause, correlationId, decision: toDecision(decision) };
  }
}

export const decisionReferences = {
  Decision: ({ id }: { id: string }, context: DecisionContext) => loadDecision(id, context),
};

const BY_TIME = ['decidedAt', 'position'] as const;

/** In UTC, as decisions are kept. */
function decidedWithin(filter: DecisionFilter | null) {
  const bound = (at: string | null | undefined) => (at == null ? undefined : new Date(at).toISOString());
  const [from, to] = [bound(filter?.from), bound(filter?.to)];
  if (from === undefined && to === undefined) return {};
  return { decidedAt: { ...(from !== undefined && { from }), ...(to !== undefined && { to }) } };
}

async function loadDecision(id: string, { decisions }: DecisionContext): Promise<Decision | null> {
  const stored = await decisions.load(id);
  return stored ? toNode(stored) : null;
}

function toNode({ document }: Pick<Stored<DecisionRecord>, 'document'>): Decision {
  return toDecision(document);
}

export function toDecision(record: DecisionRecord): Decision {
  const { id, sku, location, outcome, lines, observation, policy, decidedAt, correlationId } = record;
  return {
    id,
    itemLocation: { sku, location: { code: location } },
    outcome,
    lines,
    explanation: () => explain(record),
    unit: observation.unit,
    policyId: policy.id,
    policyVersion: policy.version,
    triggers: observation.triggers,
    deferred: record.deferred ?? null,
    supersedes: record.supersedes ?? null,
    supersededBy: record.supersededBy ?? null,
    dropped: record.dropped ?? null,
    againAt: record.againAt ?? null,
    decidedAt,
    family: record.family ?? null,
    region: record.region ?? null,
    correlationId,
  };
}

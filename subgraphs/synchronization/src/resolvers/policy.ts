import type { Stored } from '@takt/document-store';
import type { Clock, Governed, Intake } from '@takt/intake';
import {
  CommandArgs,
  CommandRefused,
  connectionPage,
  DateTimeScalar,
  fault,
  PageArgs,
  provenanceOf,
  runCommand,
  type Connection,
  type DocumentLoader,
  type PageLoader,
  type Sources,
  COMMAND,
} from '@takt/subgraph-server';
import { Directive, Arg, Args, Ctx, ID, Mutation, Query, Resolver } from 'type-graphql';
import { OUTCOMES } from '../judgement/decision.ts';
import type { DecisionHistory } from '../judgement/decision-history-store.ts';
import { checkTable } from '../policy/check-table.ts';
import { describeTable } from '../policy/describe-table.ts';
import { conditionTexts } from '../policy/evaluate.ts';
import { PolicyTextError, readPolicy } from '../policy/policy-file-store.ts';
import { policyFor, tableOf, type PolicyState, type PublishedPolicy } from '../policy/policy.ts';
import { simulate } from '../policy/simulate.ts';
import { MOST_SIMULATED_DECISIONS } from '../policy/simulation-exchange.ts';
import {
  Policy,
  PolicyAccepted,
  PolicyConnection,
  PolicyInForce,
  PolicyResult,
  PolicySimulation,
  PolicyVersion,
} from '../schema/policy.ts';

/** What the fields here need of a request. */
export interface PolicyContext {
  readonly intake: Intake;
  readonly clock: Clock;
  readonly sources: Sources;
  readonly policies: DocumentLoader<Governed<PolicyState>>;
  readonly policyPages: PageLoader<Governed<PolicyState>>;
  readonly decisionHistory: DecisionHistory;
  renew(): void;
}

/** Above the class, whose decorators take it. */
const TEXT = 'A decision table as YAML or JSON.';

@Resolver(() => Policy)
export class PolicyResolver {
  @Query(() => Policy, {
    nullable: true,
    description: 'One policy by its id, with all versions of its decision table.',
  })
  async policy(@Arg('id', () => ID, { description: 'Id of the policy.' }) id: string, @Ctx() context: PolicyContext) {
    const stored = await context.policies.load(id);
    return stored ? toPolicy(stored, context) : null;
  }

  @Query(() => PolicyConnection, { description: 'Which changes deserve action, by name.' })
  async policies(@Args(() => PageArgs) page: PageArgs, @Ctx() context: PolicyContext): Promise<Connection<Policy>> {
    return connectionPage(context.policyPages, {
      page,
      orderBy: ['name', 'id'],
      node: (entry) => toPolicy(entry, context),
    });
  }

  @Query(() => PolicyInForce, {
    nullable: true,
    description: 'What decides for a plant: a policy that names it goes before one for all plants. Null if none holds.',
  })
  async policyInForce(
    @Arg('plant', () => String, { description: 'Code of the plant.' }) plant: string,
    @Arg('at', () => DateTimeScalar, { nullable: true, description: 'Now unless given.' }) at: string | null,
    @Ctx() context: PolicyContext,
  ): Promise<PolicyInForce | null> {
    const { entries } = await context.policyPages.page({ orderBy: ['id'], first: MOST_POLICIES });
    const states = entries.map(({ document }) => document);
    const holding = policyFor(states, plant, at ?? context.clock().toISOString());
    const state = entries.find(({ document }) => document.id === holding?.id);
    return holding && state ? { policy: toPolicy(state, context), version: toVersion(holding) } : null;
  }

  @Query(() => PolicySimulation, {
    description:
      'What a draft would have made of what was observed in [from, to): suppressed, executed, proposed, and which. It begins with the baselines of then and keeps its own. Faults: BAD_USER_INPUT with all that is wrong in the draft.',
  })
  async simulatePolicy(
    @Arg('draft', () => String, { description: TEXT }) draft: string,
    @Arg('from', () => DateTimeScalar, { description: 'Decisions made at this instant or later are made again.' })
    from: string,
    @Arg('to', () => DateTimeScalar, { description: 'Only decisions made before this instant.' }) to: string,
    @Arg('plant', () => String, { nullable: true, description: 'Only decisions of this plant. Unless given, of all.' })
    plant: string | null,
    @Ctx() { decisionHistory }: PolicyContext,
  ): Promise<PolicySimulation> {
    if (Date.parse(from) >= Date.parse(to)) throw fault('BAD_USER_INPUT', `from (${from}) must be before to (${to}).`);
    const { table, warnings } = readDraft(draft);
    const window = { from: new Date(from).toISOString(), to: new Date(to).toISOString(), location: plant ?? undefined };
    const { simulated, decided, differences, ...rest } = await simulate(
      table,
      decisionHistory(window),
      MOST_SIMULATED_DECISIONS,
    );
    return {
      ...rest,
      inWords: describeTable(table),
      warnings,
      outcomes: OUTCOMES.map((outcome) => ({
        outcome,
        simulatedChanges: simulated.changes[outcome],
        decidedChanges: decided.changes[outcome],
        simulatedBuckets: simulated.buckets[outcome],
        decidedBuckets: decided.buckets[outcome],
      })),
      differences: differences.map(({ sku, location, decision, observedAt, decided, simulated }) => ({
        itemLocation: { sku, location: { code: location } },
        decisionId: decision,
        observedAt,
        decided: decided ?? null,
        simulated: simulated ?? null,
      })),
    };
  }

  @Directive(COMMAND)
  @Mutation(() => PolicyResult, {
    description: 'Publishes the next version of a policy, or a new one. The same content again publishes nothing.',
  })
  async publishPolicy(
    @Args(() => CommandArgs) args: CommandArgs,
    @Arg('text', () => String, { description: TEXT }) text: string,
    @Ctx() context: PolicyContext,
  ) {
    try {
      const { table } = readPolicy(text);
      return await runCommand(context, { type: 'PublishPolicy', data: { table }, args }, (id) => accepted(id, context));
    } catch (error) {
      if (!(error instanceof PolicyTextError)) throw error;
      return Object.assign(new CommandRefused(), { code: 'INVALID_POLICY', reason: error.message });
    }
  }

  @Directive(COMMAND)
  @Mutation(() => PolicyResult, { description: 'From now on none of its versions holds. It cannot be taken back.' })
  async retirePolicy(
    @Args(() => CommandArgs) args: CommandArgs,
    @Arg('id', () => ID, { description: 'Id of the policy that is no longer to decide.' }) id: string,
    @Arg('reason', () => String, { description: 'Why, for whoever reads its history.' }) reason: string,
    @Ctx() context: PolicyContext,
  ) {
    const data = { id, reason };
    return runCommand(context, { type: 'RetirePolicy', data, args }, (retired) => accepted(retired, context));
  }
}

export const policyReferences = {
  Policy: async ({ id }: { id: string }, context: PolicyContext) => {
    const stored = await context.policies.load(id);
    return stored ? toPolicy(stored, context) : null;
  },
};

/** More than anybody has. */
const MOST_POLICIES = 500;

function readDraft(text: string) {
  try {
    return readPolicy(text);
  } catch (error) {
    throw error instanceof PolicyTextError ? fault('BAD_USER_INPUT', error.message) : error;
  }
}

async function accepted(id: string, context: PolicyContext): Promise<PolicyAccepted> {
  context.renew();
  const stored = await context.policies.load(id);
  if (!stored) throw new Error(`The policy ${id} was accepted but is not there.`);
  return Object.assign(new PolicyAccepted(), { policy: toPolicy(stored, context) });
}

function toPolicy({ document }: Pick<Stored<Governed<PolicyState>>, 'document'>, context: PolicyContext): Policy {
  const { id, name, retiredAt, retiredBecause, revision, provenance } = document;
  const versions = document.versions.map(toVersion);
  const latest = versions.at(-1);
  if (!latest) throw new Error(`The policy ${id} has no version.`);
  return {
    id,
    name,
    latest,
    versions,
    retiredAt: retiredAt ?? null,
    retiredBecause: retiredBecause ?? null,
    provenance: provenanceOf(provenance, context),
    revision,
  };
}

function toVersion(published: PublishedPolicy): PolicyVersion {
  const { version, name, owner, validFrom, coolDownMinutes, hysteresisPercent, publishedAt } = published;
  return {
    version,
    name,
    owner,
    description: published.description ?? null,
    locations: published.locations ?? null,
    validFrom,
    validTo: published.validTo ?? null,
    coolDownMinutes,
    hysteresisPercent,
    rules: published.rules.map(({ id, description, when, outcome }) => ({
      id,
      description,
      conditions: conditionTexts(when, 'in the item’s unit'),
      outcome,
    })),
    inWords: () => describeTable(published),
    warnings: () => checkTable(published).warnings,
    text: () => JSON.stringify(tableOf(published), undefined, 2),
    publishedAt,
  };
}

import type { Stored } from '@takt/document-store';
import type { Governed } from '@takt/intake';
import {
  CommandArgs,
  connectionPage,
  filterConditions,
  OrderDirection,
  PageArgs,
  provenanceOf,
  runCommand,
  type Connection,
  type LiveChange,
  AFTER_CURSOR,
  COMMAND_INPUT,
  FILTER,
  ORDER_BY,
  PLANT,
  COMMAND,
} from '@takt/subgraph-server';
import {
  Directive,
  Arg,
  Args,
  Ctx,
  FieldResolver,
  ID,
  Mutation,
  Query,
  Resolver,
  Root,
  Subscription,
} from 'type-graphql';
import { contradiction } from './confirmation.ts';
import { COMMITMENT_LEVELS } from './messages.ts';
import { commitmentNews, type CommitmentNews, type CommitmentNewsAsked } from './live.ts';
import {
  CommitmentFilter,
  CommitmentSort,
  CommitSupplyInput,
  NotifyShipmentInput,
  PostSupplyReceiptInput,
  SupplierCommitment,
  SupplierCommitmentAccepted,
  SupplierCommitmentConnection,
  SupplierCommitmentFilter,
  SupplierCommitmentResult,
  SupplierCommitmentRevised,
} from './schema.ts';
import type { SupplyContext } from './store.ts';
import {
  delayDays,
  expectedOn,
  isFirm,
  observedLeadTimeDays,
  type SupplierCommitment as CommitmentState,
} from './supplier-commitment.ts';
import { loadAgreement, loadSupplier, supplierReferences, toAgreement } from './supplier-resolvers.ts';
import { ItemLocation, Supplier, SupplyAgreement, SupplyAgreementConnection } from './supplier-schema.ts';

@Resolver(() => SupplierCommitment)
export class SupplierCommitmentResolver {
  @Query(() => SupplierCommitment, { nullable: true, description: 'One schedule line by its id.' })
  async supplierCommitment(
    @Arg('id', () => ID, { description: 'Id of the schedule line, as its source writes it.' }) id: string,
    @Ctx() context: SupplyContext,
  ) {
    return loadCommitment(id, context);
  }

  @Query(() => SupplierCommitmentConnection, { description: 'What suppliers are asked for and promise.' })
  async supplierCommitments(
    @Args(() => PageArgs) page: PageArgs,
    @Arg('filter', () => SupplierCommitmentFilter, { nullable: true, description: FILTER })
    filter: SupplierCommitmentFilter | null,
    @Arg('orderBy', () => CommitmentSort, { nullable: true, description: ORDER_BY }) orderBy: CommitmentSort | null,
    @Ctx() context: SupplyContext,
  ): Promise<Connection<SupplierCommitment>> {
    const { supplier, sku, location } = filter ?? {};
    return connectionPage(context.commitmentPages, {
      page,
      where: { ...filterConditions({ supplier, sku, location }), ...conditionsOf(filter) },
      orderBy: orderBy?.field === 'ID' ? ['id'] : ['requiredOn', 'id'],
      descending: orderBy?.direction === OrderDirection.DESC,
      node: (entry) => toCommitment(entry, context),
    });
  }

  @Directive(COMMAND)
  @Mutation(() => SupplierCommitmentResult, { description: 'Records what the supplier answers to one schedule line.' })
  async commitSupply(
    @Args(() => CommandArgs) args: CommandArgs,
    @Arg('input', () => CommitSupplyInput, { description: COMMAND_INPUT }) input: CommitSupplyInput,
    @Ctx() context: SupplyContext,
  ) {
    return runCommand(context, { type: 'CommitSupply', data: input, args }, (id) => accepted(id, context));
  }

  @Directive(COMMAND)
  @Mutation(() => SupplierCommitmentResult, { description: 'Records an advance ship notice.' })
  async notifyShipment(
    @Args(() => CommandArgs) args: CommandArgs,
    @Arg('input', () => NotifyShipmentInput, { description: COMMAND_INPUT }) input: NotifyShipmentInput,
    @Ctx() context: SupplyContext,
  ) {
    return runCommand(context, { type: 'ShipmentNotified', data: input, args }, (id) => accepted(id, context));
  }

  @Directive(COMMAND)
  @Mutation(() => SupplierCommitmentResult, {
    description: 'Records goods that arrived. More than was open is accepted.',
  })
  async postSupplyReceipt(
    @Args(() => CommandArgs) args: CommandArgs,
    @Arg('input', () => PostSupplyReceiptInput, { description: COMMAND_INPUT }) input: PostSupplyReceiptInput,
    @Ctx() context: SupplyContext,
  ) {
    return runCommand(context, { type: 'ReceiptPosted', data: input, args }, (id) => accepted(id, context));
  }
}

@Resolver(() => Supplier)
export class SupplierCommitmentsResolver {
  @FieldResolver(() => SupplierCommitmentConnection, {
    description: 'What it is asked for and promises, by required day.',
  })
  async commitments(
    @Root() { id }: Supplier,
    @Args(() => PageArgs) page: PageArgs,
    @Arg('filter', () => CommitmentFilter, { nullable: true, description: FILTER }) filter: CommitmentFilter | null,
    @Ctx() context: SupplyContext,
  ): Promise<Connection<SupplierCommitment>> {
    return connectionPage(context.commitmentPages, {
      page,
      where: conditionsOf(filter),
      key: { supplier: id },
      orderBy: ['requiredOn', 'id'],
      node: (entry) => toCommitment(entry, context),
    });
  }
}

@Resolver(() => ItemLocation)
export class ItemLocationResolver {
  @FieldResolver(() => SupplierCommitmentConnection, {
    description: 'What suppliers are asked for and promise of it, by required day.',
  })
  async supplierCommitments(
    @Root() { sku, location }: ItemLocation,
    @Args(() => PageArgs) page: PageArgs,
    @Arg('filter', () => CommitmentFilter, { nullable: true, description: FILTER }) filter: CommitmentFilter | null,
    @Ctx() context: SupplyContext,
  ): Promise<Connection<SupplierCommitment>> {
    return connectionPage(context.commitmentPages, {
      page,
      where: conditionsOf(filter),
      key: { sku, location: location.code },
      orderBy: ['requiredOn'],
      node: (entry) => toCommitment(entry, context),
    });
  }

  @FieldResolver(() => SupplyAgreementConnection, { description: 'Who may deliver it here, whom to ask first first.' })
  async supplyAgreements(
    @Root() { sku, location }: ItemLocation,
    @Args(() => PageArgs) page: PageArgs,
    @Ctx() context: SupplyContext,
  ): Promise<Connection<SupplyAgreement>> {
    return connectionPage(context.agreementPages, {
      page,
      key: { sku, location: { in: [location.code, null] } },
      orderBy: ['priority'],
      node: (entry) => toAgreement(entry, context),
    });
  }
}

@Resolver(() => SupplierCommitmentRevised)
export class SupplierCommitmentRevisedResolver {
  @Subscription(() => SupplierCommitmentRevised, {
    description:
      'Every promise, ship notice and receipt, of one plant or one supplier if so asked; with `after`, all that came since first.',
    subscribe: ({ args, context }: { args: CommitmentNewsAsked; context: SupplyContext }) =>
      commitmentNews(context.log, args),
  })
  async supplierCommitmentRevised(
    @Root() news: LiveChange & CommitmentNews,
    @Arg('plant', () => String, { nullable: true, description: PLANT }) _plant: string | null,
    @Arg('supplier', () => ID, {
      nullable: true,
      description: 'Id of a supplier: only changes of its schedule lines. Unless given, those of all.',
    })
    _supplier: string | null,
    @Arg('after', () => String, { nullable: true, description: AFTER_CURSOR }) _after: string | null,
    @Ctx() context: SupplyContext,
  ) {
    context.renew();
    const { cursor, occurredAt, cause, correlationId, kind, change } = news;
    const { before, after, changed, reason } = news.kind === 'REVISED' ? news.change : NOT_REVISED;
    return {
      cursor,
      occurredAt,
      cause,
      correlationId,
      kind,
      supplierCommitment: await loadCommitment(change.id, context),
      before: before ? toTerms(before) : before,
      after: after ? toTerms(after) : after,
      changed,
      reason,
      shipment: news.kind === 'SHIPPED' ? news.change.shipment : null,
      receipt: news.kind === 'RECEIVED' ? { ...news.change.receipt, overReceived: news.change.overReceived } : null,
    };
  }
}

export const references = {
  SupplierCommitment: ({ id }: { id: string }, context: SupplyContext) => loadCommitment(id, context),
  ...supplierReferences,
};

const NOT_REVISED = { before: undefined, after: undefined, changed: [], reason: undefined };

function conditionsOf(filter: CommitmentFilter | null) {
  const { confirmation, requiredFrom, requiredTo } = filter ?? {};
  const level = levelsOf(filter);
  const range = { ...(requiredFrom != null && { from: requiredFrom }), ...(requiredTo != null && { to: requiredTo }) };
  return {
    ...filterConditions<CommitmentState>({ confirmation, level }),
    ...((requiredFrom != null || requiredTo != null) && { requiredOn: range }),
  };
}

/** The levels that a filter asks for by either of its conditions; undefined: any. */
function levelsOf(filter: CommitmentFilter | null): CommitmentFilter['level'] {
  const { level, firm } = filter ?? {};
  if (firm == null) return level;
  return COMMITMENT_LEVELS.filter(
    (each) => isFirm({ level: each }) === firm && (level == null || level.includes(each)),
  );
}

async function accepted(id: string, context: SupplyContext): Promise<SupplierCommitmentAccepted> {
  context.renew();
  const supplierCommitment = await loadCommitment(id, context);
  if (!supplierCommitment) throw new Error(`Supplier commitment ${id} was accepted but is not there.`);
  return Object.assign(new SupplierCommitmentAccepted(), { supplierCommitment });
}

async function loadCommitment(id: string, context: SupplyContext): Promise<SupplierCommitment | null> {
  const stored = await context.commitments.load(id);
  return stored ? toCommitment(stored, context) : null;
}

function toTerms<Terms extends Pick<CommitmentState, 'level'>>(terms: Terms): Terms & { readonly firm: boolean } {
  return { ...terms, firm: isFirm(terms) };
}

function toCommitment({ document }: Stored<Governed<CommitmentState>>, context: SupplyContext): SupplierCommitment {
  const { sku, supplier, agreement } = document;
  const location = { code: document.location };
  const termsOfAgreement = () => (agreement === undefined ? null : loadAgreement(agreement, context));
  return {
    ...toTerms(document),
    supplier: () => loadSupplier(supplier, context),
    product: { sku },
    location,
    itemLocation: { sku, location },
    agreement: termsOfAgreement,
    revisions: () =>
      document.revisions.map((revision) => ({
        ...revision,
        before: toTerms(revision.before),
        after: toTerms(revision.after),
      })),
    delayDays: delayDays(document) ?? null,
    expectedOn: expectedOn(document) ?? null,
    contradiction: () => contradiction(document),
    leadTimeDaysPlanned: async () => (await termsOfAgreement())?.leadTimeDays ?? null,
    leadTimeDaysObserved: observedLeadTimeDays(document) ?? null,
    cumulatives: {
      required: document.cumulativeRequired ?? null,
      shipped: document.cumulativeShipped ?? null,
      received: document.cumulativeReceived ?? null,
    },
    provenance: provenanceOf(document.provenance, context),
  };
}

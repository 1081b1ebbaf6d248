import type { Stored } from '@takt/document-store';
import { itemLocationId } from '@takt/products/contract';
import type { EventLog } from '@takt/event-log';
import type { Clock, Governed, InboundMessage, InboxReader, OpenIntake } from '@takt/intake';
import {
  CommandArgs,
  CommandRefused,
  connectionPage,
  filterConditions,
  OrderDirection,
  PageArgs,
  provenanceOf,
  runCommand,
  type Connection,
  type DocumentLoader,
  type LiveChange,
  type PageLoader,
  type Sources,
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
import { approvalsNeeded } from '../exceptions/approve.ts';
import { exceptionNews, type ExceptionNewsAsked } from '../exceptions/exceptions-live.ts';
import type { ExceptionCommands, ProposedChange as ProposedChangeState, StateOfNow } from '../exceptions/messages.ts';
import {
  historyEntryOf,
  type ExceptionEvent,
  type PlanningException as ExceptionState,
} from '../exceptions/planning-exception.ts';
import { refuse } from '../exceptions/refusals.ts';
import { stateOfNow, type OrderNow } from '../exceptions/state-of-now.ts';
import type { KeptDecision } from '../judgement/decision-follower.ts';
import { OUTCOMES } from '../judgement/decision.ts';
import type { PlanningUnit } from '../judgement/planning-unit.ts';
import type { Picture } from '../picture/picture.ts';
import {
  ApproveExceptionInput,
  AssignExceptionInput,
  CommentExceptionInput,
  ExceptionAccepted,
  ExceptionFilter,
  ExceptionRaised,
  ExceptionResult,
  ExceptionSort,
  ExceptionStateFilter,
  PlanningException,
  PlanningExceptionConnection,
  RejectExceptionInput,
  SnoozeExceptionInput,
  type ExceptionChangeKind,
  type ExceptionSortField,
  type ProposedChange,
} from '../schema/exception.ts';
import { ItemLocation, ProductionOrder } from '../schema/references.ts';
import { toDecision } from './decision.ts';

/** What requests about exceptions may reach. */
export interface ExceptionContext {
  readonly intake: OpenIntake;
  readonly inbox: InboxReader;
  readonly log: EventLog;
  readonly clock: Clock;
  readonly sources: Sources;
  readonly exceptions: DocumentLoader<Governed<ExceptionState>>;
  readonly exceptionPages: PageLoader<Governed<ExceptionState>>;
  readonly decisions: DocumentLoader<KeptDecision>;
  readonly decisionPages: PageLoader<KeptDecision>;
  readonly planningUnits: DocumentLoader<Governed<PlanningUnit>>;
  readonly picture: Pick<Picture, 'units'> & {
    orders(ids: readonly string[]): Promise<readonly (OrderNow | undefined)[]>;
  };
  renew(): void;
}

@Resolver(() => PlanningException)
export class ExceptionResolver {
  @Query(() => PlanningException, { nullable: true, description: 'One exception by its id.' })
  async exception(
    @Arg('id', () => ID, { description: 'Id of the exception.' }) id: string,
    @Ctx() context: ExceptionContext,
  ) {
    return loadException(id, context);
  }

  @Query(() => PlanningExceptionConnection, {
    description: 'What somebody has to decide, or had to: by due time unless said otherwise.',
  })
  async exceptions(
    @Args(() => PageArgs) page: PageArgs,
    @Arg('filter', () => ExceptionFilter, { nullable: true, description: FILTER }) filter: ExceptionFilter | null,
    @Arg('orderBy', () => ExceptionSort, { nullable: true, description: ORDER_BY }) orderBy: ExceptionSort | null,
    @Ctx() context: ExceptionContext,
  ): Promise<Connection<PlanningException>> {
    const { plant, owner, family } = filter ?? {};
    return connectionPage(context.exceptionPages, {
      page,
      where: {
        ...filterConditions<ExceptionState>({
          location: plant ?? undefined,
          owner: owner ?? undefined,
          family: family ?? undefined,
        }),
        ...stateConditions(filter, context),
      },
      orderBy: SORTED_BY[orderBy?.field ?? 'DUE_AT'],
      descending: orderBy?.direction === OrderDirection.DESC,
      node: (entry) => toException(entry, context),
    });
  }

  @Directive(COMMAND)
  @Mutation(() => ExceptionResult, { description: 'Gives an exception to somebody else.' })
  async assignException(
    @Args(() => CommandArgs) args: CommandArgs,
    @Arg('input', () => AssignExceptionInput, { description: COMMAND_INPUT }) input: AssignExceptionInput,
    @Ctx() context: ExceptionContext,
  ) {
    return runCommand(context, { type: 'AssignException', data: input, args }, (id) => accepted(id, context));
  }

  @Directive(COMMAND)
  @Mutation(() => ExceptionResult, { description: 'Says something about an exception, also after it was decided.' })
  async commentException(
    @Args(() => CommandArgs) args: CommandArgs,
    @Arg('input', () => CommentExceptionInput, { description: COMMAND_INPUT }) input: CommentExceptionInput,
    @Ctx() context: ExceptionContext,
  ) {
    return runCommand(context, { type: 'CommentException', data: input, args }, (id) => accepted(id, context));
  }

  @Directive(COMMAND)
  @Mutation(() => ExceptionResult, { description: 'Puts an exception off.' })
  async snoozeException(
    @Args(() => CommandArgs) args: CommandArgs,
    @Arg('input', () => SnoozeExceptionInput, { description: COMMAND_INPUT }) input: SnoozeExceptionInput,
    @Ctx() context: ExceptionContext,
  ) {
    return runCommand(context, { type: 'SnoozeException', data: input, args }, (id) => accepted(id, context));
  }

  @Directive(COMMAND)
  @Mutation(() => ExceptionResult, {
    description:
      'Approves what is proposed, as it is at `expectedRevision`, which has to be given. Refused with CHANGED_SINCE if orders or demand are not what they were when it was proposed, and with EXPIRED if it would begin in the past. In the frozen zone it takes two people.',
  })
  async approveException(
    @Args(() => CommandArgs) args: CommandArgs,
    @Arg('input', () => ApproveExceptionInput, { description: COMMAND_INPUT }) input: ApproveExceptionInput,
    @Ctx() context: ExceptionContext,
  ) {
    if (args.expectedRevision == null) return refused('REVISION_NOT_GIVEN');
    const seen = (await toldBefore(args.idempotencyKey, context)) ?? (await seenNow(input.id, context));
    if (!seen) return refused('EXCEPTION_UNKNOWN');
    const { id: exception, by, comment } = input;
    const data = { id: exception, by, comment, ...seen };
    return runCommand(context, { type: 'ApproveException', data, args }, (id) => accepted(id, context));
  }

  @Directive(COMMAND)
  @Mutation(() => ExceptionResult, { description: 'Decides that nothing is done about an exception.' })
  async rejectException(
    @Args(() => CommandArgs) args: CommandArgs,
    @Arg('input', () => RejectExceptionInput, { description: COMMAND_INPUT }) input: RejectExceptionInput,
    @Ctx() context: ExceptionContext,
  ) {
    return runCommand(context, { type: 'RejectException', data: input, args }, (id) => accepted(id, context));
  }
}

@Resolver(() => ItemLocation)
export class ItemLocationExceptionsResolver {
  @FieldResolver(() => PlanningExceptionConnection, {
    description: 'What somebody has to decide about it, by due time.',
  })
  async exceptions(
    @Root() { sku, location }: ItemLocation,
    @Args(() => PageArgs) page: PageArgs,
    @Arg('filter', () => ExceptionStateFilter, { nullable: true, description: FILTER })
    filter: ExceptionStateFilter | null,
    @Ctx() context: ExceptionContext,
  ): Promise<Connection<PlanningException>> {
    return connectionPage(context.exceptionPages, {
      page,
      where: stateConditions(filter, context),
      key: { sku, location: location.code },
      orderBy: ['dueAt'],
      node: (entry) => toException(entry, context),
    });
  }
}

@Resolver(() => ProductionOrder)
export class ProductionOrderExceptionsResolver {
  @FieldResolver(() => PlanningExceptionConnection, {
    description: 'What somebody has to decide about it, by due time.',
  })
  async exceptions(
    @Root() { id }: ProductionOrder,
    @Args(() => PageArgs) page: PageArgs,
    @Arg('filter', () => ExceptionStateFilter, { nullable: true, description: FILTER })
    filter: ExceptionStateFilter | null,
    @Ctx() context: ExceptionContext,
  ): Promise<Connection<PlanningException>> {
    return connectionPage(context.exceptionPages, {
      page,
      where: stateConditions(filter, context),
      key: { orders: id },
      orderBy: ['dueAt'],
      node: (entry) => toException(entry, context),
    });
  }
}

@Resolver(() => ExceptionRaised)
export class ExceptionRaisedResolver {
  @Subscription(() => ExceptionRaised, {
    description:
      'Exceptions that are raised, and all that happens to them, of one plant or one owner if so asked; with `after`, all that came since first.',
    subscribe: ({ args, context }: { args: ExceptionNewsAsked; context: ExceptionContext }) =>
      exceptionNews(context.log, args),
  })
  async exceptionRaised(
    @Root() { event, ...change }: LiveChange & { event: ExceptionEvent },
    @Arg('plant', () => String, { nullable: true, description: PLANT }) _plant: string | null,
    @Arg('owner', () => String, {
      nullable: true,
      description: 'Who has to see to them; hears as well when somebody else gets one of them.',
    })
    _owner: string | null,
    @Arg('after', () => String, { nullable: true, description: AFTER_CURSOR }) _after: string | null,
    @Ctx() context: ExceptionContext,
  ): Promise<ExceptionRaised> {
    context.renew();
    const exception = await loadException(event.data.id, context);
    if (!exception) throw new Error(`Exception ${event.data.id} changed but is not there.`);
    const { by = null, from = null, text = null } = historyEntryOf(event);
    const changed = event.type === 'ExceptionUpdated' ? event.data.changed : [];
    return { ...change, kind: CHANGES[event.type], exception, changed, by, from, text };
  }
}

export const exceptionReferences = {
  PlanningException: ({ id }: { id: string }, context: ExceptionContext) => loadException(id, context),
};

const SORTED_BY = {
  DUE_AT: ['dueAt', 'id'],
  RAISED_AT: ['raisedAt', 'id'],
  SEVERITY: ['severityRank', 'dueAt', 'id'],
} as const satisfies Record<keyof typeof ExceptionSortField, readonly (keyof ExceptionState)[]>;

const CHANGES: { readonly [type in ExceptionEvent['type']]: keyof typeof ExceptionChangeKind } = {
  ExceptionRaised: 'RAISED',
  ExceptionUpdated: 'UPDATED',
  ExceptionAssigned: 'ASSIGNED',
  ExceptionCommented: 'COMMENTED',
  ExceptionSnoozed: 'SNOOZED',
  ExceptionWoken: 'WOKEN',
  ExceptionEscalated: 'ESCALATED',
  ExceptionApprovalGiven: 'APPROVAL_GIVEN',
  ExceptionApproved: 'APPROVED',
  ExceptionRejected: 'REJECTED',
  ExceptionSettled: 'SETTLED',
};

function stateConditions(filter: ExceptionStateFilter | null, { clock }: ExceptionContext) {
  const { status, kind, severity, overdue } = filter ?? {};
  const now = clock().toISOString();
  const open = status == null || status.includes('OPEN') ? ['OPEN' as const] : [];
  return {
    ...filterConditions<ExceptionState>({
      kind: kind ?? undefined,
      severity: severity ?? undefined,
      status: (overdue == null ? status : open) ?? undefined,
    }),
    ...(overdue != null && { dueAt: overdue ? { from: '', to: now } : { from: now } }),
  };
}

type Seen = Pick<ExceptionCommands['ApproveException'], 'matter' | 'now'>;

/** What came with this approval before, if it is sent again: it ends as it ended then, whatever has changed since. */
async function toldBefore(idempotencyKey: string, { inbox }: ExceptionContext): Promise<Seen | undefined> {
  const entry = await inbox.show(`takt/graph ${idempotencyKey}`);
  if (!entry) return undefined;
  const { type, data } = JSON.parse(entry.raw) as InboundMessage;
  if (type !== 'ApproveException') return undefined;
  const { matter, now } = data as Seen;
  return { matter, now };
}

/** What there is to approve, and what it is judged against. */
async function seenNow(id: string, context: ExceptionContext): Promise<Seen | undefined> {
  const stored = await context.exceptions.load(id);
  return stored && { matter: stored.document.matter, now: await readStateOfNow(stored.document, context) };
}

async function readStateOfNow(exception: ExceptionState, context: ExceptionContext): Promise<StateOfNow> {
  const { sku, location, proposal, decisions } = exception;
  const [orders, [facts], led, { justMade, last }, { entries }] = await Promise.all([
    context.picture.orders(proposal.map(({ order }) => order)),
    context.picture.units([{ sku, location }]),
    keptDecisions(decisions, context),
    latestDecision(itemLocationId(sku, location), context),
    context.decisionPages.page(
      {
        where: { outcome: { in: OUTCOMES.filter((outcome) => outcome !== 'SUPPRESS') } },
        orderBy: ['decidedAt', 'position'],
        descending: true,
        first: DECISIONS_LOOKED_AT,
      },
      { sku, location },
    ),
  ]);
  if (!facts) throw new Error(`The picture gave no answer for ${sku} at ${location}.`);
  return stateOfNow(exception, {
    orders,
    facts,
    led,
    latest: [...(last ? [last] : []), ...entries.map(({ document }) => document)],
    justMade,
    now: context.clock().toISOString(),
  });
}

async function keptDecisions(ids: readonly string[], { decisions }: ExceptionContext): Promise<KeptDecision[]> {
  const stored = await Promise.all(ids.map((id) => decisions.load(id)));
  return stored.flatMap((each) => (each ? [each.document] : []));
}

/** Records follow the log: the latest decision about a unit may not be among them yet, then there is its id alone. */
async function latestDecision(
  unit: string,
  { planningUnits, decisions }: ExceptionContext,
): Promise<{ readonly justMade?: string; readonly last?: KeptDecision }> {
  const latest = (await planningUnits.load(unit))?.document.decision;
  if (latest === undefined) return {};
  const kept = await decisions.load(latest);
  return kept ? { last: kept.document } : { justMade: latest };
}

const DECISIONS_LOOKED_AT = 100;

function refused(code: 'REVISION_NOT_GIVEN' | 'EXCEPTION_UNKNOWN'): CommandRefused {
  return Object.assign(new CommandRefused(), refuse(code).refused);
}

async function accepted(id: string, context: ExceptionContext): Promise<ExceptionAccepted> {
  context.renew();
  const exception = await loadException(id, context);
  if (!exception) throw new Error(`Exception ${id} was accepted but is not there.`);
  return Object.assign(new ExceptionAccepted(), { exception });
}

async function loadException(id: string, context: ExceptionContext): Promise<PlanningException | null> {
  const stored = await context.exceptions.load(id);
  return stored ? toException(stored, context) : null;
}

function toException({ document }: Stored<Governed<ExceptionState>>, context: ExceptionContext): PlanningException {
  const { sku, decisions, orders, proposal, escalateTo, escalationLevel, status, dueAt, history } = document;
  const location = { code: document.location };
  return {
    ...document,
    product: { sku },
    location,
    itemLocation: { sku, location },
    orders: orders.map((id) => ({ id })),
    decisionIds: decisions,
    decisions: async () => (await keptDecisions(decisions, context)).map(toDecision),
    proposal: proposal.map(toProposedChange),
    approvalsNeeded: approvalsNeeded(document),
    overdue: status === 'OPEN' && Date.parse(dueAt) < context.clock().getTime(),
    escalatesTo: escalateTo.slice(escalationLevel),
    history: history.map(({ event, ...entry }) => ({ kind: CHANGES[event], ...entry })),
    provenance: provenanceOf(document.provenance, context),
  };
}

function toProposedChange(change: ProposedChangeState): ProposedChange {
  const { operations = [] } = change;
  return {
    ...change,
    orderId: change.order,
    order: change.kind === 'REVISE' ? { id: change.order } : null,
    orderRevision: change.kind === 'REVISE' ? change.orderRevision : null,
    operations: operations.map(({ workCenter, ...operation }) => ({
      ...operation,
      workCenter: workCenter === undefined ? null : { code: workCenter },
    })),
  };
}

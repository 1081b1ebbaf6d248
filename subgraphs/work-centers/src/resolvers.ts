import type { FieldPath } from '@takt/document-store';
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
import { Directive, Arg, Args, Ctx, FieldResolver, Mutation, Query, Resolver, Root, Subscription } from 'type-graphql';
import { workCenterChanges, type WorkCenterEvent } from './live.ts';
import {
  Location,
  LocationWorkCenterFilter,
  ReportWorkCenterStateInput,
  WorkCenter,
  WorkCenterAccepted,
  WorkCenterChanged,
  WorkCenterConnection,
  WorkCenterFilter,
  WorkCenterSort,
  WorkCenterResult,
} from './schema.ts';
import type { WorkCentersContext } from './store.ts';
import type { WorkCenter as WorkCenterDocument } from './work-center.ts';

@Resolver(() => WorkCenter)
export class WorkCenterResolver {
  @Query(() => WorkCenter, {
    nullable: true,
    description: 'One work center by its code; null if no source has reported it.',
  })
  async workCenter(
    @Arg('code', () => String, { description: 'Code of the work center.' }) code: string,
    @Ctx() context: WorkCentersContext,
  ) {
    const stored = await context.workCenters.load(code);
    return stored ? toWorkCenter(code, stored.document, context) : null;
  }

  @Query(() => WorkCenterConnection, { description: 'Machines, lines and groups of people.' })
  async workCenters(
    @Args(() => PageArgs) page: PageArgs,
    @Arg('filter', () => WorkCenterFilter, { nullable: true, description: FILTER }) filter: WorkCenterFilter | null,
    @Arg('orderBy', () => WorkCenterSort, { nullable: true, description: ORDER_BY }) orderBy: WorkCenterSort | null,
    @Ctx() context: WorkCentersContext,
  ): Promise<Connection<WorkCenter>> {
    return connectionPage(context.workCenterPages, {
      page,
      where: {
        ...filterConditions<Governed<WorkCenterDocument>>({ location: filter?.location, parent: filter?.parent }),
        ...conditionsOf(filter),
      },
      orderBy: ORDERS[orderBy?.field ?? 'CODE'],
      descending: orderBy?.direction === OrderDirection.DESC,
      node: ({ document }) => toWorkCenter(document.code, document, context),
    });
  }

  @Directive(COMMAND)
  @Mutation(() => WorkCenterResult, { description: 'Says what a work center does from now on, and why.' })
  async reportWorkCenterState(
    @Args(() => CommandArgs) args: CommandArgs,
    @Arg('input', () => ReportWorkCenterStateInput, { description: COMMAND_INPUT }) input: ReportWorkCenterStateInput,
    @Ctx() context: WorkCentersContext,
  ) {
    return runCommand(context, { type: 'WorkCenterStateReported', data: input, args }, async (code) => {
      context.workCenters.clear(code);
      return Object.assign(new WorkCenterAccepted(), { workCenter: await loadWorkCenter(code, context) });
    });
  }
}

const ORDERS: Readonly<Record<WorkCenterSort['field'], readonly FieldPath<Governed<WorkCenterDocument>>[]>> = {
  CODE: ['code'],
  NAME: ['name', 'code'],
  LOCATION: ['location', 'code'],
};

@Resolver(() => Location)
export class LocationResolver {
  @FieldResolver(() => WorkCenterConnection, { description: 'What does the work here, by code.' })
  async workCenters(
    @Root() { code }: Location,
    @Args(() => PageArgs) page: PageArgs,
    @Arg('filter', () => LocationWorkCenterFilter, { nullable: true, description: FILTER })
    filter: LocationWorkCenterFilter | null,
    @Ctx() context: WorkCentersContext,
  ): Promise<Connection<WorkCenter>> {
    return connectionPage(context.workCenterPages, {
      page,
      key: { location: code },
      where: conditionsOf(filter),
      orderBy: ['code'],
      node: ({ document }) => toWorkCenter(document.code, document, context),
    });
  }
}

@Resolver(() => WorkCenterChanged)
export class WorkCenterChangedResolver {
  @Subscription(() => WorkCenterChanged, {
    description:
      'Every change of a work center, of one plant or one of them if so asked; with `after`, all that came since first.',
    subscribe: ({ args, context }) =>
      workCenterChanges((context as WorkCentersContext).log, args as Parameters<typeof workCenterChanges>[1]),
  })
  async workCenterChanged(
    @Root() change: LiveChange & { code: string; event: WorkCenterEvent },
    @Arg('plant', () => String, { nullable: true, description: PLANT }) _plant: string | null,
    @Arg('code', () => String, {
      nullable: true,
      description: 'Only changes of this work center. Unless given, of all.',
    })
    _code: string | null,
    @Arg('after', () => String, { nullable: true, description: AFTER_CURSOR }) _after: string | null,
    @Ctx() context: WorkCentersContext,
  ): Promise<WorkCenterChanged> {
    const { code, event, ...live } = change;
    context.workCenters.clearAll();
    const state = event.type === 'WorkCenterStateChanged' ? event.data : undefined;
    return {
      ...live,
      workCenter: await loadWorkCenter(code, context),
      changed: event.type === 'WorkCenterChanged' ? event.data.changed : [],
      stateBefore: state?.from ?? null,
      stateAfter: state?.to ?? null,
      reason: state?.reason ?? null,
      expectedEnd: state?.expectedEnd ?? null,
    };
  }
}

export const references = {
  WorkCenter: ({ code }: { code: string }, context: WorkCentersContext) => loadWorkCenter(code, context),
};

/** The work center, or one of which nothing but the code is known. */
async function loadWorkCenter(code: string, context: WorkCentersContext): Promise<WorkCenter> {
  const stored = await context.workCenters.load(code);
  return toWorkCenter(code, stored?.document, context);
}

function toWorkCenter(
  code: string,
  document: Governed<WorkCenterDocument> | undefined,
  context: WorkCentersContext,
): WorkCenter {
  const {
    location,
    parent,
    calendar,
    capacityCalendar,
    shifts = [],
    alternates = [],
    status,
    provenance,
    ...record
  }: Partial<Governed<WorkCenterDocument>> = document ?? {};
  return {
    efficiencyPercent: 100,
    constrained: false,
    criticalLoadPercent: 90,
    skills: [],
    downtimes: [],
    ...record,
    code,
    location: location === undefined ? null : { code: location },
    parent: parent === undefined ? null : () => loadWorkCenter(parent, context),
    calendar: calendar === undefined ? null : { code: calendar },
    capacityCalendar: capacityCalendar === undefined ? null : { code: capacityCalendar },
    shifts: shifts.map(({ crews = 1, ...shift }) => ({ ...shift, crews })),
    alternates: () => Promise.all(alternates.map((alternate) => loadWorkCenter(alternate, context))),
    state: status?.state ?? null,
    stateReason: status?.reason ?? null,
    stateSince: status?.since ?? null,
    expectedEnd: status?.expectedEnd ?? null,
    provenance: provenance ? provenanceOf(provenance, context) : null,
  };
}

/** A source that does not say that a work center is constrained says that it is not. */
function conditionsOf(filter: LocationWorkCenterFilter | null) {
  const constrained = filter?.constrained === false ? [false, null] : filter?.constrained;
  return filterConditions<Governed<WorkCenterDocument>>({
    type: filter?.type,
    'status.state': filter?.state,
    constrained,
  });
}

import type { Governed } from '@takt/intake';
import {
  connectionPage,
  filterConditions,
  OrderDirection,
  PageArgs,
  provenanceOf,
  type Connection,
  FILTER,
  ORDER_BY,
} from '@takt/subgraph-server';
import { Arg, Args, Ctx, Query, Resolver } from 'type-graphql';
import type { CalendarRecord } from '../calendar.ts';
import { Calendar, CalendarConnection, CalendarFilter, CalendarSort } from '../schema/calendar.ts';
import type { ProductsContext } from '../store.ts';

@Resolver(() => Calendar)
export class CalendarResolver {
  @Query(() => Calendar, { nullable: true, description: 'One calendar by its code.' })
  async calendar(
    @Arg('code', () => String, { description: 'Code of the calendar.' }) code: string,
    @Ctx() context: ProductsContext,
  ) {
    const stored = await context.calendars.byId.load(code);
    return stored ? toCalendar(code, stored.document, context) : null;
  }

  @Query(() => CalendarConnection, { description: 'Working time and capacity over time.' })
  async calendars(
    @Args(() => PageArgs) page: PageArgs,
    @Arg('filter', () => CalendarFilter, { nullable: true, description: FILTER }) filter: CalendarFilter | null,
    @Arg('orderBy', () => CalendarSort, { nullable: true, description: ORDER_BY })
    orderBy: InstanceType<typeof CalendarSort> | null,
    @Ctx() context: ProductsContext,
  ): Promise<Connection<Calendar>> {
    return connectionPage(context.calendars.pages, {
      page,
      where: filterConditions({ code: filter?.code }),
      orderBy: ['code'],
      descending: orderBy?.direction === OrderDirection.DESC,
      node: ({ document }) => toCalendar(document.code, document, context),
    });
  }
}

/** The calendar, or one of which nothing but the code is known. */
export async function loadCalendar(code: string, context: ProductsContext): Promise<Calendar> {
  const stored = await context.calendars.byId.load(code);
  return toCalendar(code, stored?.document, context);
}

function toCalendar(code: string, document: Governed<CalendarRecord> | undefined, context: ProductsContext): Calendar {
  return {
    periods: [],
    ...document,
    code,
    provenance: document ? provenanceOf(document.provenance, context) : null,
  };
}

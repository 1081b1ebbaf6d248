import type { Stored } from '@takt/document-store';
import type { Governed } from '@takt/intake';
import {
  connectionPage,
  fault,
  filterConditions,
  OrderDirection,
  PageArgs,
  provenanceOf,
  type Connection,
  FILTER,
  ORDER_BY,
} from '@takt/subgraph-server';
import { Arg, Args, Ctx, Directive, FieldResolver, Float, ID, Query, Resolver, Root } from 'type-graphql';
import type { SupplyContext } from './store.ts';
import {
  RequiredDaysArgs,
  Supplier,
  SupplierConnection,
  SupplierFilter,
  SupplierSort,
  SupplyAgreement,
  SupplyAgreementConnection,
  SupplyAgreementFilter,
} from './supplier-schema.ts';
import type { SupplierRecord } from './supplier.ts';
import type { SupplyAgreementRecord } from './supply-agreement.ts';

const ON_TIME_IN_FULL =
  'Percentage of its firm lines required within [from, to) that were received, and accepted, in full by the day they were required; null if there is none.';

@Resolver(() => Supplier)
export class SupplierResolver {
  @Query(() => Supplier, { nullable: true, description: 'One supplier by its id; null if no source has reported it.' })
  async supplier(
    @Arg('id', () => ID, { description: 'Id of the supplier.' }) id: string,
    @Ctx() context: SupplyContext,
  ) {
    const stored = await context.suppliers.load(id);
    return stored ? toSupplier(stored, context) : null;
  }

  @Query(() => SupplierConnection, { description: 'Those who deliver.' })
  async suppliers(
    @Args(() => PageArgs) page: PageArgs,
    @Arg('filter', () => SupplierFilter, { nullable: true, description: FILTER }) filter: SupplierFilter | null,
    @Arg('orderBy', () => SupplierSort, { nullable: true, description: ORDER_BY }) orderBy: SupplierSort | null,
    @Ctx() context: SupplyContext,
  ): Promise<Connection<Supplier>> {
    return connectionPage(context.supplierPages, {
      page,
      where: filterConditions({ country: filter?.country }),
      orderBy: SUPPLIER_ORDERS[orderBy?.field ?? 'ID'],
      descending: orderBy?.direction === OrderDirection.DESC,
      node: (entry) => toSupplier(entry, context),
    });
  }

  @FieldResolver(() => SupplyAgreementConnection, { description: 'The terms under which it delivers.' })
  async agreements(
    @Root() { id }: Supplier,
    @Args(() => PageArgs) page: PageArgs,
    @Ctx() context: SupplyContext,
  ): Promise<Connection<SupplyAgreement>> {
    return connectionPage(context.agreementPages, {
      page,
      key: { supplier: id },
      orderBy: ['id'],
      node: (entry) => toAgreement(entry, context),
    });
  }

  @Directive('@lifecycle(since: "2026-11")')
  @FieldResolver(() => Float, { nullable: true, description: ON_TIME_IN_FULL })
  onTimeInFullPercent(
    @Root() { id }: Supplier,
    @Args(() => RequiredDaysArgs) days: RequiredDaysArgs,
    @Ctx() context: SupplyContext,
  ) {
    return onTimeInFullPercent(id, days, context);
  }

  @Directive(
    '@lifecycle(deprecated: "2026-08", removed: "2026-11", reason: "The new name says the unit.", replacement: "Supplier.onTimeInFullPercent")',
  )
  @FieldResolver(() => Float, { nullable: true, description: ON_TIME_IN_FULL })
  onTimeInFull(
    @Root() { id }: Supplier,
    @Args(() => RequiredDaysArgs) days: RequiredDaysArgs,
    @Ctx() context: SupplyContext,
  ) {
    return onTimeInFullPercent(id, days, context);
  }
}

@Resolver(() => SupplyAgreement)
export class SupplyAgreementResolver {
  @Query(() => SupplyAgreement, { nullable: true, description: 'One supply agreement by its id.' })
  async supplyAgreement(
    @Arg('id', () => ID, { description: 'Id of the agreement, as its source writes it.' }) id: string,
    @Ctx() context: SupplyContext,
  ) {
    return loadAgreement(id, context);
  }

  @Query(() => SupplyAgreementConnection, { description: 'The terms under which suppliers deliver.' })
  async supplyAgreements(
    @Args(() => PageArgs) page: PageArgs,
    @Arg('filter', () => SupplyAgreementFilter, { nullable: true, description: FILTER })
    filter: SupplyAgreementFilter | null,
    @Ctx() context: SupplyContext,
  ): Promise<Connection<SupplyAgreement>> {
    return connectionPage(context.agreementPages, {
      page,
      where: filterConditions({ supplier: filter?.supplier, sku: filter?.sku, location: filter?.location }),
      orderBy: ['id'],
      node: (entry) => toAgreement(entry, context),
    });
  }
}

export const supplierReferences = {
  Supplier: ({ id }: { id: string }, context: SupplyContext) => loadSupplier(id, context),
  SupplyAgreement: ({ id }: { id: string }, context: SupplyContext) => loadAgreement(id, context),
};

/** Commitments and agreements may name a supplier before its record comes. */
export async function loadSupplier(id: string, context: SupplyContext): Promise<Supplier> {
  const stored = await context.suppliers.load(id);
  if (stored) return toSupplier(stored, context);
  return { id, name: null, description: null, country: null, site: null, provenance: null, revision: 0 };
}

export async function loadAgreement(id: string, context: SupplyContext): Promise<SupplyAgreement | null> {
  const stored = await context.agreements.load(id);
  return stored ? toAgreement(stored, context) : null;
}

export function toAgreement(
  { document }: Stored<Governed<SupplyAgreementRecord>>,
  context: SupplyContext,
): SupplyAgreement {
  const { supplier, sku, location } = document;
  return {
    ...document,
    supplier: () => loadSupplier(supplier, context),
    product: { sku },
    location: location === undefined ? null : { code: location },
    provenance: provenanceOf(document.provenance, context),
  };
}

async function onTimeInFullPercent(
  supplier: string,
  { from, to }: RequiredDaysArgs,
  context: SupplyContext,
): Promise<number | null> {
  if (from != null && to != null && from > to)
    throw fault('BAD_USER_INPUT', `from (${from}) must not be after to (${to}).`);
  const range = { ...(from != null && { from }), ...(to != null && { to }) };
  const where = { level: 'FIRM', ...((from != null || to != null) && { requiredOn: range }) };
  const [all, inFull] = await Promise.all([
    context.commitmentPages.count({ ...where, onTimeInFull: { in: [true, false] } }, { supplier }),
    context.commitmentPages.count({ ...where, onTimeInFull: true }, { supplier }),
  ]);
  return all === 0 ? null : (100 * inFull) / all;
}

const SUPPLIER_ORDERS = { ID: ['id'], NAME: ['name', 'id'], COUNTRY: ['country', 'id'] } as const;

function toSupplier({ document }: Stored<Governed<SupplierRecord>>, context: SupplyContext): Supplier {
  const { id, name, description, country, site, revision, provenance } = document;
  return {
    id,
    name,
    description: description ?? null,
    country: country ?? null,
    site: site === undefined ? null : { code: site },
    provenance: provenanceOf(provenance, context),
    revision,
  };
}

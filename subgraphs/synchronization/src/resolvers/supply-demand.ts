import type { Clock } from '@takt/intake';
import { bucketsBetween, localDateAt } from '@takt/planning-time';
import { rememberingAvailableMinutes } from '@takt/production-orders/contract';
import { fault } from '@takt/subgraph-server';
import { Args, Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import type { Picture } from '../picture/picture.ts';
import type { PlanningUnitKey } from '../picture/unit-facts.ts';
import { ItemLocation, WorkCenter } from '../schema/references.ts';
import {
  BucketArgs,
  DemandCover,
  PeggedDemand,
  Pegging,
  PeggingArgs,
  SupplyDemand,
  WorkCenterLoad,
  type CoverBelow,
} from '../schema/supply-demand.ts';
import { timeZoneOf } from '../supply-demand/demand.ts';
import { needsOf, type Cover, type PeggedDemand as PeggedDemandFacts } from '../supply-demand/pegging.ts';
import { supplyDemand } from '../supply-demand/supply-demand.ts';
import { workCenterLoad } from '../supply-demand/work-center-load.ts';
import { supplyDemandLoaders } from './supply-demand-loaders.ts';

/** What the fields here need of a request. */
export interface SupplyDemandContext {
  readonly picture: Picture;
  readonly clock: Clock;
}

@Resolver(() => ItemLocation)
class ItemLocationSupplyDemandResolver {
  @FieldResolver(() => SupplyDemand, {
    nullable: true,
    description:
      'Demand, receipts, projected balance, what can be promised and what is short, bucket by bucket; null if nothing is ' +
      'known of the item at the location.',
  })
  async supplyDemand(
    @Root() { sku, location }: ItemLocation,
    @Args(() => BucketArgs) args: BucketArgs,
    @Ctx() { picture, clock }: SupplyDemandContext,
  ) {
    const range = checkedRange(args, clock);
    const facts = await supplyDemandLoaders(picture).units.load({ sku, location: location.code });
    return supplyDemand(facts, { ...range, today: localDateAt(timeZoneOf(facts), clock().toISOString()) }) ?? null;
  }

  @FieldResolver(() => Pegging, {
    nullable: true,
    description:
      'What covers each demand, and through `components`, level by level, what covers what its orders need; null if ' +
      'nothing is known of the item at the location.',
  })
  async pegging(
    @Root() { sku, location }: ItemLocation,
    @Args(() => PeggingArgs) args: PeggingArgs,
    @Ctx() { picture, clock }: SupplyDemandContext,
  ) {
    const range = checkedRange(args, clock);
    const unit = { sku, location: location.code };
    const loaders = supplyDemandLoaders(picture);
    const today = localDateAt(timeZoneOf(await loaders.units.load(unit)), clock().toISOString());
    const pegged = await loaders.peggings.load({ unit, question: { ...range, today } });
    if (!pegged) return null;
    const levels = { granularity: args.granularity, above: [] };
    return { ...pegged, demands: pegged.demands.map((demand) => toDemand(demand, unit, levels)) };
  }
}

@Resolver(() => DemandCover)
class DemandCoverResolver {
  @FieldResolver(() => [PeggedDemand], {
    description:
      'What a production order that covers a demand still needs itself, all of it, and what covers that. Empty for an ' +
      'order that stands above itself, and below 20 levels.',
  })
  async components(@Root() { below }: DemandCover, @Ctx() { picture, clock }: SupplyDemandContext) {
    const { cover, location, above, granularity } = below;
    const { id } = cover;
    if (cover.kind !== 'PRODUCTION_ORDER' || id === undefined) return [];
    if (above.includes(id) || above.length >= MOST_LEVELS) return [];
    const loaders = supplyDemandLoaders(picture);
    const order = await loaders.orders.load(id);
    const skus = [...new Set(order?.components.map(({ sku }) => sku))].sort();
    const levels = { granularity, above: [...above, id] };
    const needs = await Promise.all(
      skus.map(async (sku) => {
        const unit = { sku, location };
        const today = localDateAt(timeZoneOf(await loaders.units.load(unit)), clock().toISOString());
        const question = { from: today, to: AFTER_ALL, granularity, today };
        const pegged = await loaders.peggings.load({ unit, question });
        return (pegged ? needsOf(id, pegged) : []).map((demand) => toDemand(demand, unit, levels));
      }),
    );
    return needs.flat();
  }
}

@Resolver(() => WorkCenter)
class WorkCenterLoadResolver {
  @FieldResolver(() => WorkCenterLoad, {
    nullable: true,
    description:
      'What open orders ask of it against what it can do, bucket by bucket; null if no source has reported it. Load and ' +
      'availability are those of `utilization`, which production orders answer for one range of days; here the time that ' +
      'it is down now, until its expected end, is not available.',
  })
  async load(
    @Root() { code }: WorkCenter,
    @Args(() => BucketArgs) args: BucketArgs,
    @Ctx() { picture, clock }: SupplyDemandContext,
  ) {
    const range = checkedRange(args, clock);
    const found = await supplyDemandLoaders(picture).workCenters.load(code);
    return found
      ? workCenterLoad(found.facts, found.orders, { ...range, now: clock().toISOString() }, remembered)
      : null;
  }
}

/** The fields of this area, and the entities of other subgraphs that they belong to. */
export const supplyDemandResolvers = [
  ItemLocationSupplyDemandResolver,
  DemandCoverResolver,
  WorkCenterLoadResolver,
] as const;
export const supplyDemandEntities = [ItemLocation, WorkCenter] as const;

/** Planners ask about the same weeks again and again; each answer is kept under some kilobytes of text. */
const remembered = rememberingAvailableMinutes(2000);

/** Behind what anybody plans: the forecasts of a component count as far as its orders reach. */
const AFTER_ALL = '2999-12-31';
const MOST_LEVELS = 20;
const MOST_BUCKETS = 400;
const MOST_YEARS = 20;

function checkedRange({ from, to, granularity }: BucketArgs, clock: Clock) {
  const year = clock().getUTCFullYear();
  if ([from, to].some((day) => Math.abs(Number(day.slice(0, 4)) - year) > MOST_YEARS)) {
    throw fault('BAD_USER_INPUT', `from and to must lie within ${MOST_YEARS} years of now, got ${from} and ${to}.`);
  }
  if (from >= to) throw fault('BAD_USER_INPUT', `to must be after from, got ${from} and ${to}.`);
  if (bucketsBetween(from, to, granularity).length > MOST_BUCKETS) {
    throw fault('BAD_USER_INPUT', `Ask for at most ${MOST_BUCKETS} buckets at a time.`);
  }
  return { from, to, granularity };
}

type Levels = Pick<CoverBelow, 'above' | 'granularity'>;

function toDemand(
  { kind, id, covers, ...demand }: PeggedDemandFacts,
  { sku, location }: PlanningUnitKey,
  levels: Levels,
): PeggedDemand {
  return {
    ...demand,
    kind,
    itemLocation: { sku, location: { code: location } },
    customerOrder: kind === 'CUSTOMER_ORDER' ? { id } : null,
    productionOrder: kind === 'COMPONENT' ? { id } : null,
    transferOrder: kind === 'TRANSFER_ORDER' ? { id } : null,
    covers: covers.map((cover) => toCover(cover, { cover, location, ...levels })),
  };
}

function toCover(cover: Cover, below: CoverBelow): DemandCover {
  const { kind, id = '' } = cover;
  return {
    ...cover,
    productionOrder: kind === 'PRODUCTION_ORDER' ? { id } : null,
    supplierCommitment: kind === 'SUPPLIER_COMMITMENT' ? { id } : null,
    transferOrder: kind === 'TRANSFER_ORDER' ? { id } : null,
    below,
  };
}

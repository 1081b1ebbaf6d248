import { Quantity } from '@takt/subgraph-server';
import { Directive, Field, ObjectType } from 'type-graphql';

/** Directive of a flat field that is now this one of `LotSizeLimits`. */
export function gatheredInLotSize(limit: keyof LotSizeLimits): string {
  return `@lifecycle(deprecated: "2026-08", removed: "2026-11", reason: "It is a part of lotSize.", replacement: "LotSizeLimits.${limit}")`;
}

@Directive('@lifecycle(since: "2026-11")')
@ObjectType({ simpleResolvers: true, description: 'Which quantities an order may have.' })
export class LotSizeLimits {
  @Field(() => Quantity, { nullable: true, description: 'No order is smaller; null: none is too small.' })
  minimum!: Quantity | null;

  @Field(() => Quantity, { nullable: true, description: 'Orders are whole multiples of it; null: any quantity.' })
  multiple!: Quantity | null;

  @Field(() => Quantity, { nullable: true, description: 'No order is larger; null: none is too large.' })
  maximum!: Quantity | null;
}

interface FlatLimits {
  readonly lotSizeMinimum?: Quantity;
  readonly lotSizeMultiple?: Quantity;
  readonly lotSizeMaximum?: Quantity;
}

/** The limits of a record; null if it has none. */
export function lotSizeOf({ lotSizeMinimum, lotSizeMultiple, lotSizeMaximum }: FlatLimits): LotSizeLimits | null {
  if (!lotSizeMinimum && !lotSizeMultiple && !lotSizeMaximum) return null;
  return { minimum: lotSizeMinimum ?? null, multiple: lotSizeMultiple ?? null, maximum: lotSizeMaximum ?? null };
}

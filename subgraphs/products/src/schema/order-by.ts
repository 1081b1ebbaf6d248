import { enumOf, OrderDirection } from '@takt/subgraph-server';
import { Field, InputType } from 'type-graphql';

/** What a connection is sorted by, and which way. */
export interface OrderBy<Name extends string> {
  readonly field: Name;
  readonly direction: keyof typeof OrderDirection;
}

/** The input class for it: `orderByOf('Product', ['SKU'], …)` makes `ProductSort` and `ProductSortField`. */
export function orderByOf<const Names extends readonly string[]>(
  noun: string,
  names: Names,
  description: string,
): new () => OrderBy<Names[number]> {
  const OrderField = enumOf(`${noun}OrderField`, names, description);

  @InputType(`${noun}Order`, {
    description: `${description.replace(/ can be sorted by\.$/, ' are sorted by')}, and which way.`,
  })
  class OrderByClass implements OrderBy<Names[number]> {
    @Field(() => OrderField)
    field!: Names[number];

    @Field(() => OrderDirection, { defaultValue: OrderDirection.ASC })
    direction!: keyof typeof OrderDirection;
  }
  return OrderByClass;
}

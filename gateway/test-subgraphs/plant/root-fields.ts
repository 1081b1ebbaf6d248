import { GraphQLError } from 'graphql';
import type { Item, Plant, Position, Product } from './data.ts';

/** What the root fields of the plant's graph answer, whoever serves them. */
export function queryFields(plant: () => Plant) {
  const items = (): Item[] => [...plant().products.values(), ...plant().kits.values()];
  const changeFirst = (sku: string, by: number): Position | undefined => {
    const position = plant().positions.find((each) => each.sku === sku);
    if (position) position.quantity += by;
    return position;
  };
  return {
    product: (_source: unknown, { sku }: { sku: string }) => plant().products.get(sku),
    products: (_source: unknown, { skus, first }: { skus?: string[]; first: number }): (Product | undefined)[] =>
      skus ? skus.map((sku) => plant().products.get(sku)) : [...plant().products.values()].slice(0, first),
    items,
    search: (_source: unknown, { text }: { text: string }) =>
      text === ''
        ? []
        : [...plant().products.values(), null, ...plant().kits.values(), ...plant().sites.values()].filter(
            (hit) => hit === null || hit.name.includes(text),
          ),
    node: (_source: unknown, { id }: { id: string }) => items().find((item) => item.id === id),
    nodes: () => items(),
    firstNode: () => items()[0],
    broken: () => {
      throw new GraphQLError('Out of order.', { extensions: { code: 'BROKEN' } });
    },
    nothing: () => null,
    echo: (_source: unknown, { input }: { input: unknown }) => JSON.stringify(input),
    positions: () => plant().positions,
    sites: () => [...plant().sites.values()],
    order: (_source: unknown, { number }: { number: string }) => plant().orders.get(number),
    orders: (_source: unknown, { state }: { state?: string }) =>
      [...plant().orders.values()].filter((order) => state === undefined || order.state === state),
    receive: (_source: unknown, { sku, quantity }: { sku: string; quantity: number }) => changeFirst(sku, quantity),
    issue: (_source: unknown, { sku, quantity }: { sku: string; quantity: number }) => changeFirst(sku, -quantity),
    release: (_source: unknown, { number }: { number: string }) => {
      const order = plant().orders.get(number);
      if (order?.state === 'RELEASED')
        throw new GraphQLError('Already released.', { extensions: { code: 'RELEASED' } });
      return order && { ...order, state: 'RELEASED' };
    },
  };
}

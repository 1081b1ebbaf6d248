import { buildSchema, isObjectType, isScalarType, printSchema } from 'graphql';
import type { GraphQLFieldResolver, GraphQLSchema } from 'graphql';
import { queryFields } from './root-fields.ts';
import { shippingCost } from './data.ts';
import type { Plant, Product } from './data.ts';
import { instantScalar } from './subgraphs.ts';

/** The same API as the federated one, in one schema over the same data: what a gateway must not differ from. */
export function plantMonolith(apiSchema: GraphQLSchema, plant: () => Plant): GraphQLSchema {
  const schema = buildSchema(printSchema(apiSchema));
  const root = queryFields(plant) as Record<string, GraphQLFieldResolver<unknown, unknown, never>>;
  for (const type of [schema.getQueryType(), schema.getMutationType()]) {
    for (const field of Object.values(type?.getFields() ?? {})) {
      const resolve = root[field.name];
      if (resolve) field.resolve = resolve as GraphQLFieldResolver<unknown, unknown>;
    }
  }
  const product = schema.getType('Product');
  if (!isObjectType(product)) throw new Error('the plant has products');
  const { shippingCost: cost, sourcingText: sourcing } = product.getFields();
  if (cost) cost.resolve = (source: Product, { express }: { express: boolean }) => shippingCost(source, express);
  if (sourcing) {
    sourcing.resolve = (source: Product) =>
      `${source.supplierCode()}: ${source
        .positions()
        .map(({ quantity, site }) => `${quantity} at ${site.code}`)
        .join(', ')}`;
  }
  const instant = schema.getType('Instant');
  if (isScalarType(instant)) instant.serialize = instantScalar.serialize;
  return schema;
}

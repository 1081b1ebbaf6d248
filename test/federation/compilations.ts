import { OperationTypeNode } from 'graphql';
import type { ExecutionResult } from 'graphql';
import { createGateway, OperationRefused } from '@takt/gateway';
import type { Gateway, GatewayOptions, GatewayRequest } from '@takt/gateway';

/** How a gateway may run operations; the first one also plans for the others and runs subscriptions. */
export const compilations = ['always', 'never', 'checked'] as const;
export type Compilation = (typeof compilations)[number];

/** Gateways over the same subgraphs that differ in how they run operations. */
export interface Gateways {
  readonly first: Gateway;
  run(request: GatewayRequest, compilation: Compilation): Promise<ExecutionResult>;
  /** The response as text; undefined of an operation that is refused. */
  text(request: GatewayRequest, compilation: Compilation): Promise<string | undefined>;
  /** Whether the operation is one that the gateway knows not to plan rightly, and says so. */
  isNotPlanned(request: GatewayRequest): Promise<boolean>;
  /** How many operations were run in which way by the first gateway. */
  readonly ways: ReadonlyMap<string, number>;
}

export function createGateways(options: GatewayOptions): Gateways {
  const ways = new Map<string, number>();
  let way = '';
  const count = (counted: string) => void ways.set(counted, (ways.get(counted) ?? 0) + 1);
  const gateways = Object.fromEntries(
    compilations.map((compilation) => {
      const onWay: GatewayOptions['onWay'] = (name, why) =>
        void (way = why === undefined ? name : `${name}: ${why.replace(/ \w+\.\w+$/, '')}`);
      return [compilation, createGateway({ ...options, compilation, onWay })];
    }),
  ) as Record<Compilation, Gateway>;
  const [byDefault] = compilations;
  const first = gateways[byDefault];
  const runOptions = { signal: new AbortController().signal };

  return {
    first,
    ways,

    async isNotPlanned(request) {
      try {
        await first.prepare(request);
        return false;
      } catch (error) {
        const isSaid =
          error instanceof OperationRefused &&
          error.errors.every(({ extensions }) => extensions['code'] === 'OPERATION_NOT_PLANNED');
        if (isSaid) count('refused');
        return isSaid;
      }
    },

    async run(request, compilation) {
      try {
        const bound = await first.prepare(request);
        const run = async (): Promise<ExecutionResult> =>
          JSON.parse(await gateways[compilation].run(bound, runOptions)) as ExecutionResult;
        let result = await run();
        const isUnrecognised = compilation === byDefault && way === 'objects' && !result.errors;
        // It is compiled again for what it met.
        if (isUnrecognised && bound.planned.operation.operation === OperationTypeNode.QUERY) result = await run();
        if (compilation === byDefault) {
          count(way === 'objects' ? `objects, ${result.errors ? 'errors' : 'unrecognised'}` : way);
        }
        return result;
      } catch (error) {
        if (error instanceof OperationRefused) return { errors: error.errors };
        throw error;
      }
    },

    async text(request, compilation) {
      const bound = await first.prepare(request).catch(() => undefined);
      return bound && gateways[compilation].run(bound, runOptions);
    },
  };
}

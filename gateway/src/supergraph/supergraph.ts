import { DEFAULT_SUPPORTED_SUPERGRAPH_FEATURES, Supergraph as FederatedSupergraph } from '@apollo/federation-internals';
import type { Schema } from '@apollo/federation-internals';
import { QueryPlanner } from '@apollo/query-planner';
import { parse } from 'graphql';
import type { GraphQLSchema } from 'graphql';
import type { Contract } from '../contracts/contract.ts';
import { createContracts } from '../contracts/contracts.ts';
import type { Contracts } from '../contracts/contracts.ts';
import { graphSource } from '../contracts/graph-source.ts';
import { lifecycleFaults } from '../contracts/lifecycle-faults.ts';
import { stampedContracts } from '../contracts/stamp.ts';
import { resolvableKeysOf } from '../plan/entity-keys.ts';
import type { ResolvableKeys } from '../plan/entity-keys.ts';
import { overrideLabelsOf } from '../plan/override-labels.ts';
import { authorizationRules } from '../guard/authorization-rules.ts';
import type { AuthorizationRules } from '../guard/authorization-rules.ts';
import { costModel } from '../guard/cost-model.ts';
import type { CostModel } from '../guard/cost-model.ts';
import { externalFields } from './external-fields.ts';
import type { IsExternal } from './external-fields.ts';
import { interfaceObjects, joinedNames } from './joined-names.ts';
import type { JoinedNames } from './joined-names.ts';
import { planningSupergraph } from './planning-supergraph.ts';
import type { RequiredInputs } from './required-inputs.ts';

/** One version of the graph: everything that planning and execution need to know, and no connection to anything. */
export interface Supergraph {
  readonly sdl: string;
  /** What clients see: nothing `@inaccessible`; of one contract only if this is {@link Supergraph.as} that. */
  readonly apiSchema: GraphQLSchema;
  /** Everything there is, to decide which types belong to which; never shown. */
  readonly fullSchema: GraphQLSchema;
  /** The API schema as the planner wants it. */
  readonly federatedApiSchema: Schema;
  /** Where plans are made elsewhere, built when it is first asked for; that may throw {@link SupergraphRefused}. */
  readonly planner: QueryPlanner;
  /** To be put back into its plans. */
  readonly requiredInputs: RequiredInputs;
  readonly resolvableKeys: ResolvableKeys;
  readonly joinedNames: JoinedNames;
  /** In the planner's names. */
  readonly isExternal: IsExternal;
  /** Names of interfaces that some subgraph knows only as an object type (`@interfaceObject`). */
  readonly interfaceObjects: ReadonlySet<string>;
  /** Undefined if it demands nothing of callers. */
  readonly authorization: AuthorizationRules | undefined;
  readonly costs: CostModel;
  /** The labels of `@override`, on which it depends who serves a field. */
  readonly overrideLabels: readonly string[];
  /** What a subgraph serves, as far as the supergraph tells; worked out when it is first asked for. */
  subgraphSchema(name: string): GraphQLSchema | undefined;
  /** As in `join__Graph(name:, url:)`. */
  readonly subgraphs: readonly { readonly name: string; readonly url: string }[];
  /** Undefined if it carries no list of them: then there is one contract, without a name, with everything. */
  readonly contracts: Contracts | undefined;
  /** Which of its contracts `apiSchema` is; undefined if it is everything there is. */
  readonly contract: Contract | undefined;
  /**
   * The same graph as clients of one contract see it: what validates, answers introspection and shapes responses does so
   * by that contract, and plans are made on the full graph. Costs next to nothing besides the contract's schema.
   */
  as(contract: Contract): Supergraph;
}

/** The supergraph cannot be served. The message lists the reasons, one a line. */
export class SupergraphRefused extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'SupergraphRefused';
  }
}

/** There is no supergraph to be had now; there may be one later. */
export class SourceNotReady extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'SourceNotReady';
  }
}

/** What a supergraph may require of its gateway: one that needs more is refused rather than served without it. */
const supportedFeatures = new Set([
  ...DEFAULT_SUPPORTED_SUPERGRAPH_FEATURES,
  'https://specs.apollo.dev/context/v0.1',
  'https://specs.apollo.dev/authenticated/v0.1',
  'https://specs.apollo.dev/requiresScopes/v0.1',
  'https://specs.apollo.dev/policy/v0.1',
  'https://specs.apollo.dev/cost/v0.1',
]);

/** Reads a supergraph (Federation 2.0 to 2.9). Throws {@link SupergraphRefused}. */
export function loadSupergraph(sdl: string, options: { readonly plansElsewhere?: boolean } = {}): Supergraph {
  return orRefused(() => {
    const supergraph = FederatedSupergraph.build(sdl, { supportedFeatures });
    const planning = planningSupergraph(sdl);
    const buildPlanner = () =>
      orRefused(() => {
        const planned =
          planning.sdl === sdl ? supergraph : FederatedSupergraph.build(planning.sdl, { supportedFeatures });
        return {
          planner: new QueryPlanner(planned, {
            reuseQueryFragments: false,
            incrementalDelivery: { enableDefer: true },
          }),
          federatedApiSchema: planned.apiSchema(),
        };
      });
    let built = options.plansElsewhere ? undefined : buildPlanner();
    const apiSchema = supergraph.apiSchema().toGraphQLJSSchema({ includeDefer: true });
    const contracts = contractsOf(sdl, apiSchema);
    const subgraphSchemas = new Map<string, GraphQLSchema | undefined>();
    const loaded: Supergraph = {
      sdl,
      apiSchema,
      fullSchema: supergraph.schema.toGraphQLJSSchema(),
      get federatedApiSchema() {
        return (built ??= buildPlanner()).federatedApiSchema;
      },
      get planner() {
        return (built ??= buildPlanner()).planner;
      },
      requiredInputs: planning.inputs,
      resolvableKeys: resolvableKeysOf(sdl),
      joinedNames: joinedNames(planning.sdl),
      isExternal: externalFields(planning.sdl),
      overrideLabels: overrideLabelsOf(sdl),
      interfaceObjects: interfaceObjects(sdl),
      authorization: authorizationRules(supergraph.schema),
      costs: costModel(supergraph.schema),
      subgraphSchema(name) {
        if (!subgraphSchemas.has(name)) {
          subgraphSchemas.set(name, supergraph.subgraphs().get(name)?.schema.toGraphQLJSSchema());
        }
        return subgraphSchemas.get(name);
      },
      subgraphs: supergraph.subgraphsMetadata(),
      contracts,
      contract: undefined,
      // What is worked out when it is first asked for stays where it is.
      as: (contract) =>
        Object.create(loaded, {
          apiSchema: { value: contract.schema, enumerable: true },
          contract: { value: contract, enumerable: true },
        }) as Supergraph,
    };
    return loaded;
  });
}

/** Throws Error if some life contradicts itself or another, or the list of contracts is not valid. */
function contractsOf(sdl: string, apiSchema: GraphQLSchema): Contracts | undefined {
  const document = parse(sdl, { noLocation: true });
  const list = stampedContracts(document);
  const source = graphSource(apiSchema, document);
  const faults = lifecycleFaults(source, list);
  if (faults.length > 0) throw new Error(faults.join('\n'));
  return list && createContracts(list, source);
}

function orRefused<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new SupergraphRefused(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

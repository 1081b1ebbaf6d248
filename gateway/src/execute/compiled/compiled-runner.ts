import type { GraphQLError } from 'graphql';
import { toByteText } from '../../byte-text.ts';
import type { PlannedOperation } from '../../plan/operation-planner.ts';
import type { Supergraph } from '../../supergraph/supergraph.ts';
import { clientPath } from '../client-path.ts';
import type { BoundOperation } from '../executor.ts';
import { conditionVariables } from '../response-shape.ts';
import { shapeResponse } from '../shape-response.ts';
import { compileOperation } from './compiled-operation.ts';
import type { CompiledOperation } from './compiled-operation.ts';
import { NotCompilable } from './fetch-graph.ts';
import { runOnObjects } from './object-run.ts';
import { runOnText } from './text-run.ts';
import type { CompiledRunContext, SentFetch } from './text-run.ts';

/**
 * Which operations are compiled: those that are asked again (`repeated`), all of them at once, or none. `checked`
 * compiles all and never takes the way over text alone: slower, with the same answers.
 */
export type Compilation = 'repeated' | 'always' | 'checked' | 'never';

/** How an operation was run: on text alone, on parsed answers, or by the interpreter, and then why. */
export type OnWay = (way: 'text' | 'objects' | 'interpreted', why?: string) => void;

export interface CompiledRunner {
  /** The response as byte text of JSON; undefined for what is left to the interpreter. Rejects only when the signal aborts. */
  run(bound: BoundOperation, context: CompiledRunContext): Promise<string> | undefined;
}

/** Compiles operations when it pays, and remembers what became of it. */
export function createCompiledRunner(supergraph: Supergraph, compilation: Compilation, onWay?: OnWay): CompiledRunner {
  const variants = new WeakMap<PlannedOperation, Variants>();

  const variantOf = (bound: BoundOperation): Variant | undefined => {
    const { planned, coercedVariables } = bound;
    let known = variants.get(planned);
    if (!known) {
      const selectionSets = [planned.operation, ...planned.fragments.values()].map((node) => node.selectionSet);
      variants.set(planned, (known = { conditions: conditionVariables(selectionSets), byValues: new Map() }));
    }
    const values = known.conditions.map((name) => (coercedVariables[name] === true ? '1' : '0')).join('');
    let variant = known.byValues.get(values);
    if (!variant) {
      if (known.byValues.size >= maxVariants) return undefined;
      known.byValues.set(values, (variant = { asked: 0, runs: 0, unrecognised: 0, scalarDepth: 0 }));
    }
    variant.asked++;
    if (variant.compiled === undefined && (compilation !== 'repeated' || variant.asked > 1)) {
      variant.compiled = compile(bound, variant);
    }
    return variant;
  };

  const compile = ({ planned, coercedVariables: variables }: BoundOperation, { scalarDepth }: Variant) =>
    compileOperation(supergraph, planned, { variables, scalarDepth });

  /** A text that nothing was wrong with was not recognised: custom scalars may nest, or the subgraph writes otherwise. */
  const onUnrecognised = (bound: BoundOperation, variant: Variant): void => {
    variant.unrecognised++;
    if (variant.scalarDepth > 0) return;
    variant.scalarDepth = nestedScalarDepth;
    variant.compiled = compile(bound, variant);
  };

  const run = async (
    bound: BoundOperation,
    variant: Variant,
    compiled: CompiledOperation,
    context: CompiledRunContext,
  ): Promise<string> => {
    const sent = new Map<number, SentFetch>();
    const onText = compilation !== 'checked' && variant.unrecognised * 2 <= variant.runs + patience;
    variant.runs++;
    if (onText) {
      const text = await runOnText(compiled, context, sent);
      if (text !== undefined) {
        onWay?.('text');
        return text;
      }
    }
    onWay?.('objects');
    const found = await runOnObjects(compiled, context, sent);
    const { rootType, shape, typeKey } = compiled;
    const errors: GraphQLError[] = found.errors.map((error) => clientPath(error, rootType, shape, supergraph));
    const data = shapeResponse(supergraph.apiSchema, rootType, shape, found.data, errors, () => null, [], [], typeKey);
    if (onText && errors.length === 0) onUnrecognised(bound, variant);
    return toByteText(JSON.stringify(errors.length > 0 ? { errors, data } : { data }));
  };

  return {
    run(bound, context) {
      const variant = compilation === 'never' ? undefined : variantOf(bound);
      const compiled = variant?.compiled;
      if (!variant || !compiled || compiled instanceof NotCompilable) {
        onWay?.('interpreted', compiled instanceof NotCompilable ? compiled.message : undefined);
        return undefined;
      }
      return run(bound, variant, compiled, context);
    },
  };
}

/** Two to the number of conditions would be unbounded; further combinations are left to the interpreter. */
const maxVariants = 16;
const nestedScalarDepth = 2;
/** Runs in which text may stay unrecognised before it is given up, where that is more than half of them. */
const patience = 10;

interface Variants {
  readonly conditions: readonly string[];
  readonly byValues: Map<string, Variant>;
}

/** An operation for one set of values of its conditions. */
interface Variant {
  compiled?: CompiledOperation | NotCompilable;
  scalarDepth: number;
  asked: number;
  runs: number;
  unrecognised: number;
}

import { GraphQLError, parse } from 'graphql';
import type { DocumentNode } from 'graphql';
import { gatewayError, OperationRefused } from '../errors.ts';
import { extentOf, valueExtentOf } from './operation-extent.ts';
import type { DocumentExtent } from './operation-extent.ts';
import { defaultOperationLimits, hardLimits } from './operation-limits.ts';
import type { Exceeded, GuardMode, LimitName, OperationLimits } from './operation-limits.ts';

/** Keeps operations within limits, and counts those that are not. */
export interface LimitGuard {
  /** Parses a document that is within the limits. Throws {@link OperationRefused}. */
  parse(query: string): DocumentNode;
  /** To be called for each request: throws {@link OperationRefused} for variables that are too large. */
  checkVariables(variables: Readonly<Record<string, unknown>>): void;
  /** To be called for each request with its document: reports again what measuring let pass. */
  reportPassed(document: DocumentNode): void;
  /** Reports one thing more that is larger than allowed. */
  report(exceeded: Exceeded): void;
  readonly mode: GuardMode;
  /** How many requests exceeded which limit, refused or not. */
  readonly counts: ReadonlyMap<Exceeded['limit'], number>;
}

export interface LimitGuardOptions {
  readonly limits?: Partial<OperationLimits> | undefined;
  /** `enforce` unless given. */
  readonly mode?: GuardMode | undefined;
  /** Hears of each request that exceeds a limit, refused or not. */
  readonly onExceeded?: ((exceeded: Exceeded) => void) | undefined;
}

export function limitGuard({ limits, mode = 'enforce', onExceeded }: LimitGuardOptions = {}): LimitGuard {
  const allowed: OperationLimits = { ...defaultOperationLimits, ...limits };
  const counts = new Map<Exceeded['limit'], number>();
  const passed = new WeakMap<DocumentNode, readonly Exceeded[]>();

  const report = (exceeded: Exceeded): void => {
    counts.set(exceeded.limit, (counts.get(exceeded.limit) ?? 0) + 1);
    onExceeded?.(exceeded);
  };
  const ceilingOf = (limit: LimitName): number => {
    if (mode === 'enforce') return allowed[limit];
    return hardLimits.has(limit) ? Math.max(allowed[limit], defaultOperationLimits[limit]) : Infinity;
  };
  /** What exceeds a limit but passes. Throws what does not. */
  const check = (found: Partial<Record<LimitName, number>>): Exceeded[] => {
    const exceeded = limitNames
      .map((limit) => ({ limit, found: found[limit] ?? 0, allowed: allowed[limit], refused: false }))
      .filter((each) => each.found > each.allowed);
    const refused = exceeded.filter((each) => each.found > ceilingOf(each.limit));
    if (refused.length === 0) return exceeded;
    for (const each of refused) report({ ...each, refused: true });
    throw new OperationRefused(refused.map(tooLarge));
  };

  return {
    mode,
    counts,
    report,

    parse(query) {
      const exceeded = check({ maxCharacters: query.length });
      const maxTokens = ceilingOf('maxTokens');
      const parsed = parseDocument(query, maxTokens);
      exceeded.push(...check(parsed ? parsed.found : { maxTokens: maxTokens + 1 }));
      if (!parsed) throw new Error('a document with too many tokens passed');
      if (exceeded.length > 0) passed.set(parsed.document, exceeded);
      return parsed.document;
    },

    checkVariables(variables) {
      const { values, depth } = valueExtentOf(variables, ceilingOf('maxVariableDepth'));
      if (values <= allowed.maxVariableValues && depth <= allowed.maxVariableDepth) return;
      check({ maxVariableValues: values, maxVariableDepth: depth }).forEach(report);
    },

    reportPassed(document) {
      passed.get(document)?.forEach(report);
    },
  };
}

/** Undefined for a document with more tokens. */
function parseDocument(query: string, maxTokens: number): ParsedDocument | undefined {
  try {
    const document = parse(query, { maxTokens });
    return { document, found: { maxTokens: document.tokenCount ?? 0, ...namedByLimit(extentOf(document)) } };
  } catch (error) {
    if (!(error instanceof GraphQLError)) {
      // What else parsing throws is the end of the stack.
      throw new OperationRefused([gatewayError('OPERATION_TOO_LARGE', 'The document is nested too deeply.')]);
    }
    if (error.message.includes('tokens. Parsing aborted')) return undefined;
    throw new OperationRefused([
      gatewayError('GRAPHQL_PARSE_FAILED', error.message, {
        nodes: error.nodes ?? null,
        source: error.source ?? null,
        positions: error.positions ?? null,
      }),
    ]);
  }
}

interface ParsedDocument {
  readonly document: DocumentNode;
  readonly found: Partial<Record<LimitName, number>>;
}

function namedByLimit(extent: DocumentExtent): Partial<Record<LimitName, number>> {
  return {
    maxExpandedFields: extent.selections,
    maxDepth: extent.depth,
    maxAliases: extent.aliases,
    maxRootFields: extent.rootFields,
    maxDirectives: extent.directives,
    maxDirectivesPerPlace: extent.directivesPerPlace,
    maxFragments: extent.fragments,
  };
}

const limitNames = Object.keys(defaultOperationLimits) as LimitName[];

function tooLarge({ limit, found, allowed }: { limit: LimitName; found: number; allowed: number }): GraphQLError {
  const message = `${describe[limit](found)}; at most ${allowed} are allowed (${limit}).`;
  return gatewayError('OPERATION_TOO_LARGE', message, { extensions: { limit, found, allowed } });
}

const describe: Readonly<Record<LimitName, (found: number) => string>> = {
  maxCharacters: (found) => `The document has ${found} characters`,
  maxTokens: (found) => `The document has ${found} or more tokens`,
  maxExpandedFields: (found) => `The operation selects ${found} fields when its fragments are written out`,
  maxDepth: (found) => `The operation is ${found} levels deep when its fragments are written out`,
  maxAliases: (found) => `The operation has ${found} aliases when its fragments are written out`,
  maxRootFields: (found) => `The operation has ${found} root fields when its fragments are written out`,
  maxDirectives: (found) => `The document has ${found} directives`,
  maxDirectivesPerPlace: (found) => `The document has ${found} directives on one place`,
  maxFragments: (found) => `The document has ${found} fragments`,
  maxVariableValues: (found) => `The variables have ${found} values`,
  maxVariableDepth: (found) => `The variables have ${found} or more levels`,
};

import { getVariableValues, Kind, separateOperations } from 'graphql';
import type { DocumentNode, ExecutionResult, FragmentDefinitionNode, OperationDefinitionNode } from 'graphql';
import { BoundedCache } from '../bounded-cache.ts';
import { gatewayError, OperationRefused } from '../errors.ts';
import { conditionVariables, responseShape } from '../execute/response-shape.ts';
import type { SelectionShape } from '../execute/response-shape.ts';
import type { Supergraph } from '../supergraph/supergraph.ts';
import type { AuthorizationRules, Demand } from './authorization-rules.ts';
import type { Caller } from './caller.ts';
import type { LimitGuard } from './limit-guard.ts';
import { planKey } from '../plan/plan-key.ts';
import { restoreWithheld } from './restore-withheld.ts';
import { demandsOf, withholdFields } from './withhold-fields.ts';
import type { PermittedOperation } from './withhold-fields.ts';

export interface AuthorizationOptions {
  /**
   * Which of the named policies (`@policy`) a caller fulfils; none unless given. Asked for each operation that needs some.
   * If it throws, the operation fails.
   */
  readonly policies?: (caller: Caller, names: readonly string[]) => ReadonlySet<string> | Promise<ReadonlySet<string>>;
  /** Refuses an operation that asks for anything that its caller may not see, instead of answering null there. */
  readonly rejectUnauthorized?: boolean;
}

/** The operation that a caller gets answered instead of what it asked for. */
interface RestrictedOperation {
  readonly query: string;
  /** Makes each response of it the response of what was asked for. */
  readonly restore: (response: ExecutionResult) => ExecutionResult;
}

export interface Authorization {
  /**
   * Undefined if the caller may see everything that it asks for, or if the document has not the operation. Throws
   * {@link OperationRefused}, and what `validate` throws.
   */
  restrict(request: AuthorizedRequest): Promise<RestrictedOperation | undefined>;
}

/** Enforces the directives of authorization on the client's operation, before it is planned. */
export function createAuthorization(
  { apiSchema }: Supergraph,
  rules: AuthorizationRules,
  limits: LimitGuard,
  { policies = noPolicies, rejectUnauthorized = false }: AuthorizationOptions = {},
): Authorization {
  const cache = new BoundedCache<AuthorizedOperation | 'none'>(cacheCharacters);

  const read = (query: string, operationName: string | undefined): AuthorizedOperation | 'none' => {
    const whole = limits.parse(query);
    const operations = separateOperations(whole);
    const names = Object.keys(operations);
    const document = operations[operationName ?? (names.length === 1 ? (names[0] ?? '') : '')];
    const operation = document?.definitions.find((definition) => definition.kind === Kind.OPERATION_DEFINITION);
    if (!document || !operation) return 'none';
    return { document, operation, demands: demandsOf(document, apiSchema, rules), permitted: new Map() };
  };

  const permittedPart = (asked: AuthorizedOperation, denied: readonly Demand[]): PermittedPart => {
    const key = denied.map((demand) => asked.demands.indexOf(demand)).join();
    let part = asked.permitted.get(key);
    if (!part) {
      part = withholdFields(asked.document, apiSchema, rules, new Set(denied));
      if (asked.permitted.size < maxPartsPerOperation) asked.permitted.set(key, part);
    }
    return part;
  };

  const shapeOf = ({ document, operation }: AuthorizedOperation, part: PermittedPart, variables: Variables) => {
    if (part.shape) return part.shape;
    const { errors, coerced } = getVariableValues(apiSchema, operation.variableDefinitions ?? [], variables);
    if (errors) throw new OperationRefused(errors.map(({ message }) => gatewayError('BAD_USER_INPUT', message)));
    const fragments = new Map<string, FragmentDefinitionNode>();
    for (const definition of document.definitions) {
      if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
    }
    const { selectionSet } = operation;
    const shape = responseShape(
      apiSchema,
      fragments,
      selectionSet,
      coerced,
      ({ alias, name }) => (alias ?? name).value,
    );
    const roots = [operation, ...fragments.values()].map((node) => node.selectionSet);
    if (conditionVariables(roots).length === 0) part.shape = shape;
    return shape;
  };

  return {
    async restrict({ query, operationName, variables, caller, validate }) {
      const key = planKey(query, operationName);
      let asked = cache.get(key);
      if (!asked) cache.set(key, (asked = read(query, operationName)), key.length);
      if (asked === 'none' || asked.demands.length === 0) return undefined;
      const denied = await deniedTo(caller, asked.demands, policies);
      if (denied.length === 0) return undefined;

      await validate();
      const part = permittedPart(asked, denied);
      if (part.withheld.length === 0) return undefined;
      if (rejectUnauthorized || part.withholdsEvents) {
        const message = `The caller may not see ${part.withheld.slice(0, maxNamed).join(', ')}.`;
        throw new OperationRefused([gatewayError('UNAUTHORIZED_FIELD_OR_TYPE', message)]);
      }
      const rootType = apiSchema.getRootType(asked.operation.operation);
      if (!rootType) throw new Error(`no ${asked.operation.operation} type`);
      const shape = shapeOf(asked, part, variables);
      return { query: part.query, restore: (response) => restoreWithheld(response, apiSchema, rootType, shape) };
    },
  };
}

const cacheCharacters = 4_000_000;

/** Callers of ever new combinations of scopes get theirs worked out anew. */
const maxPartsPerOperation = 32;

/** Fields that a refusal names. */
const maxNamed = 20;

const noPolicies = (): ReadonlySet<string> => new Set();

async function deniedTo(
  caller: Caller,
  demands: readonly Demand[],
  policies: NonNullable<AuthorizationOptions['policies']>,
): Promise<Demand[]> {
  const names = demands.flatMap(({ kind, anyOf }) => (kind === 'policies' ? anyOf.flat() : []));
  const fulfilled = names.length > 0 ? await policies(caller, [...new Set(names)]) : noPolicies();
  const granted = {
    authenticated: () => caller.subject !== undefined,
    scopes: (name: string) => caller.scopes.has(name),
    policies: (name: string) => fulfilled.has(name),
  };
  return demands.filter(({ kind, anyOf }) =>
    kind === 'authenticated' ? !granted.authenticated() : !anyOf.some((all) => all.every(granted[kind])),
  );
}

interface AuthorizedRequest {
  readonly query: string;
  readonly operationName: string | undefined;
  readonly variables: Variables;
  readonly caller: Caller;
  /** Rejects with {@link OperationRefused} if the operation is not valid; asked only where something is to be left out. */
  readonly validate: () => Promise<unknown>;
}

type Variables = Readonly<Record<string, unknown>>;

interface AuthorizedOperation {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly demands: readonly Demand[];
  /** By the demands that a caller does not meet. */
  readonly permitted: Map<string, PermittedPart>;
}

type PermittedPart = PermittedOperation & {
  /** Of what was asked for; kept where no variable decides it. */
  shape?: SelectionShape;
};

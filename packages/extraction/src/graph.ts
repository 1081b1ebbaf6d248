import type { GraphQLSchema } from 'graphql';

/** What an extraction needs of the graph that it reads. */
export interface Graph {
  /** What a contract shows, by its label; undefined if it is not served any more. */
  schemaOf(contract: string | undefined): GraphQLSchema | undefined;
  /** Runs a query as its caller would, behind everybody who waits. Rejects only when `signal` aborts. */
  run(request: GraphRequest, signal: AbortSignal): Promise<GraphAnswer>;
  /** Asks a subgraph directly. Rejects with {@link GraphFault}, or when `signal` aborts. */
  ask(
    subgraph: string,
    query: string,
    variables: Readonly<Record<string, unknown>>,
    signal: AbortSignal,
  ): Promise<Readonly<Record<string, unknown>>>;
  /** Whether the graph lets a query be extracted at all, before it is looked at. */
  mayExtract(query: string): boolean;
  /** Whether somebody waits for an answer of the graph who should not. */
  isBusy(): boolean;
}

export interface GraphRequest {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly asker: KeptAsker;
}

/** Who has asked for an extraction and by which contract, in a form that can be kept. No token is. */
export interface KeptAsker {
  /** Undefined of the anonymous. */
  readonly subject?: string | undefined;
  /** The one whose contracts alone it may use; undefined if it may use all. */
  readonly audience?: string | undefined;
  readonly scopes: readonly string[];
  readonly sharingKey: string;
  readonly claims?: Readonly<Record<string, unknown>> | undefined;
  readonly contract?: string | undefined;
}

export type GraphAnswer =
  | {
      readonly data: Readonly<Record<string, unknown>> | null;
      readonly errors: readonly GraphProblem[];
      /** The subgraph that answers the root field; undefined if that is not one alone. */
      readonly subgraph: string | undefined;
      /** Whether the caller may not see all that it asks for. */
      readonly isPartial: boolean;
    }
  /** Not run at all. */
  | { readonly refused: readonly GraphProblem[] };

export interface GraphProblem {
  readonly message: string;
  readonly code: string | undefined;
}

/** The graph, or a part of it, does not answer as it should. */
export class GraphFault extends Error {
  constructor(
    readonly code: string | undefined,
    message: string,
  ) {
    super(message);
    this.name = 'GraphFault';
  }

  /** Whether the same may succeed later. */
  get mayPass(): boolean {
    return this.code === undefined || !LASTING.has(this.code);
  }
}

/** Whatever else is wrong may be over in a while. */
const LASTING = new Set([
  'BAD_USER_INPUT',
  'CURSOR_INVALID',
  'CURSOR_EXPIRED',
  'GRAPHQL_VALIDATION_FAILED',
  'GRAPHQL_PARSE_FAILED',
  'OPERATION_TOO_LARGE',
  'OPERATION_TOO_EXPENSIVE',
  'UNAUTHORIZED_FIELD_OR_TYPE',
  'EXTRACT_CONTRACT_GONE',
  'DOCUMENTS_WITHOUT_EVENTS',
  'EXTRACT_NOT_PAGEABLE',
]);

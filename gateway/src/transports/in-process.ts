import { createSourceEventStream, execute, GraphQLError, parse, validate } from 'graphql';
import type { DocumentNode, ExecutionResult, GraphQLErrorOptions, GraphQLSchema } from 'graphql';
import { fromByteText, toByteText } from '../byte-text.ts';
import { BoundedCache } from '../bounded-cache.ts';
import { SubgraphFault } from '../errors.ts';
import type { Asker, SubgraphRequest, SubgraphResult, SubgraphTransport } from './transport.ts';

/** What a subgraph in the same process offers; `@takt/subgraph-server` gives exactly this. */
export interface InProcessSubgraph {
  readonly name: string;
  readonly schema: GraphQLSchema;
  readonly sdl: string;
  /** A fresh context for one request or one event, so that what its loaders keep is never older than that. */
  createContext(asker?: Asker): object;
  /** Reasons why it could not answer everything now; none if it could. */
  readonly health?: () => Promise<readonly string[]>;
  /** What clients may learn of an error that was not made for them; undefined if nothing. */
  readonly faultOf?: (error: unknown) => GraphQLError | undefined;
  /** How its subscriptions tell places to resume from; they tell none without. */
  readonly places?: {
    /** Has what a subscription gives contain places besides events; called before the first of them is taken. */
    ask(source: object): void;
    /** Cursor of a place; undefined of an event. */
    cursorOf(given: unknown): string | undefined;
  };
}

/** Characters of query text whose parsed form is kept. */
const documentCacheCharacters = 4_000_000;

/**
 * Runs a subgraph's operations by graphql-js on its schema, without serialization. An error that a resolver did not
 * mean for clients (anything but a GraphQLError) goes to `onFault`; clients learn no more than where it happened, or, if
 * it was foreseen, what the subgraph says of it.
 */
export function inProcessTransport(
  subgraph: InProcessSubgraph,
  onFault: (subgraph: string, fault: Error, isForeseen: boolean) => void = logged,
): SubgraphTransport {
  const { schema, name } = subgraph;
  const documents = new BoundedCache<Prepared>(documentCacheCharacters);
  const closing = new AbortController();

  const prepare = (query: string): Prepared => {
    const cached = documents.get(query);
    if (cached) return cached;
    const document = parse(query, { noLocation: true });
    const errors = validate(schema, document);
    const prepared: Prepared = errors.length === 0 ? { document } : { refusal: { errors } };
    documents.set(query, prepared, query.length);
    return prepared;
  };

  const reveal = ({ data, errors }: ExecutionResult): SubgraphResult => ({
    data,
    errors: errors?.map((error) => {
      const { originalError, path, nodes } = error;
      if (!originalError || originalError instanceof GraphQLError) return error;
      onFault(name, originalError, subgraph.faultOf?.(originalError) !== undefined);
      return shown(originalError, { path: path ?? null, nodes: nodes ?? null });
    }),
  });

  const revealThrown = (error: unknown): GraphQLError => {
    if (error instanceof GraphQLError) return error;
    onFault(name, error instanceof Error ? error : new Error(String(error)), subgraph.faultOf?.(error) !== undefined);
    return shown(error, {});
  };

  const shown = (error: unknown, options: GraphQLErrorOptions): GraphQLError => {
    const { message, extensions } = subgraph.faultOf?.(error) ?? internal;
    return new GraphQLError(message, { ...options, extensions });
  };

  const argumentsOf = (document: DocumentNode, request: SubgraphRequest) => ({
    schema,
    document,
    variableValues: request.variables,
    operationName: request.operationName,
    contextValue: subgraph.createContext(request.asker),
  });

  const transport: SubgraphTransport = {
    async execute(request) {
      request.signal.throwIfAborted();
      const { document, refusal } = prepare(request.query);
      if (!document) return refusal;
      return reveal(await abortable(request.signal, execute(argumentsOf(document, request))));
    },

    async executeText({ operation, variables, signal, headers, asker }) {
      const parsed = JSON.parse(fromByteText(variables)) as Record<string, unknown>;
      const request = { ...operation, variables: parsed, signal, asker };
      const result = await transport.execute({ ...request, ...(headers && { headers }) });
      return toByteText(JSON.stringify(result));
    },

    async *subscribe(request) {
      const { document, refusal } = prepare(request.query);
      if (!document) {
        yield refusal;
        return;
      }
      const stop = AbortSignal.any([request.signal, closing.signal]);
      if (request.signal.aborted) return;
      if (closing.signal.aborted) throw shutDown(name);
      const source = await createSourceEventStream(argumentsOf(document, request));
      if (!(Symbol.asyncIterator in source)) {
        yield reveal(source);
        return;
      }
      if (request.tellPlaces) subgraph.places?.ask(source);
      const events = source[Symbol.asyncIterator]();
      const end = () => void events.return?.().catch(() => undefined);
      try {
        for (;;) {
          const event = await abortable(stop, events.next());
          if (event.done) return;
          const place = subgraph.places?.cursorOf(event.value);
          if (place !== undefined) yield { extensions: { place } };
          else yield reveal(await execute({ ...argumentsOf(document, request), rootValue: event.value }));
        }
      } catch (error) {
        if (stop.aborted && closing.signal.aborted && !request.signal.aborted) {
          throw shutDown(name);
        }
        if (!stop.aborted) throw revealThrown(error);
      } finally {
        end();
      }
    },

    sdl: () => Promise.resolve(subgraph.sdl),

    notReady: (signal) => Promise.resolve(subgraph.health ? abortable(signal, subgraph.health()) : []),

    close() {
      closing.abort();
      return Promise.resolve();
    },
  };
  return transport;
}

/** An outage makes each call fail: where in the program is of interest only for what nobody has foreseen. */
function logged(subgraph: string, fault: Error, isForeseen: boolean): void {
  console.error(`Subgraph ${subgraph}:`, isForeseen ? fault.message : fault);
}

function shutDown(name: string): SubgraphFault {
  return new SubgraphFault('SUBGRAPH_UNAVAILABLE', `Subgraph "${name}" is shutting down.`);
}

const internal = { message: 'Internal error of the subgraph.', extensions: { code: 'INTERNAL' } };

/** Settles as `promise` does, or rejects as soon as `signal` aborts. */
function abortable<T>(signal: AbortSignal, value: T | Promise<T>): T | Promise<T> {
  if (!(value instanceof Promise)) return value;
  return new Promise<T>((resolve, reject) => {
    const onAbort = () => reject(signal.reason as Error);
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    value.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}

type Prepared = { document: DocumentNode; refusal?: never } | { document?: never; refusal: SubgraphResult };

import { createSourceEventStream, execute, parse, validate } from 'graphql';
import type { DocumentNode, ExecutionResult, GraphQLSchema } from 'graphql';
import { BoundedCache } from '../bounded-cache.ts';
import { SubgraphFault } from '../errors.ts';
import type { SubgraphRequest, SubgraphResult, SubgraphTransport } from './transport.ts';

/** What a subgraph in the same process offers; `@takt/subgraph-server` gives exactly this. */
export interface InProcessSubgraph {
  readonly name: string;
  readonly schema: GraphQLSchema;
  readonly sdl: string;
  /** A fresh context for one request or one event, so that what its loaders keep is never older than that. */
  createContext(): object;
}

/** Characters of query text whose parsed form is kept. */
const documentCacheCharacters = 4_000_000;

/** Runs a subgraph's operations by graphql-js on its schema, without serialization. */
export function inProcessTransport(subgraph: InProcessSubgraph): SubgraphTransport {
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

  const argumentsOf = (document: DocumentNode, request: SubgraphRequest) => ({
    schema,
    document,
    variableValues: request.variables,
    operationName: request.operationName,
    contextValue: subgraph.createContext(),
  });

  return {
    async execute(request) {
      request.signal.throwIfAborted();
      const { document, refusal } = prepare(request.query);
      if (!document) return refusal;
      return abortable(
        request.signal,
        Promise.resolve<ExecutionResult>(execute(argumentsOf(document, request))),
      ) as Promise<SubgraphResult>;
    },

    async *subscribe(request) {
      const { document, refusal } = prepare(request.query);
      if (!document) {
        yield refusal;
        return;
      }
      const stop = AbortSignal.any([request.signal, closing.signal]);
      if (stop.aborted) return;
      const source = await createSourceEventStream(argumentsOf(document, request));
      if (!(Symbol.asyncIterator in source)) {
        yield source as SubgraphResult;
        return;
      }
      const events = source[Symbol.asyncIterator]();
      const end = () => void events.return?.().catch(() => undefined);
      try {
        for (;;) {
          const event = await abortable(stop, events.next());
          if (event.done) return;
          yield (await execute({ ...argumentsOf(document, request), rootValue: event.value })) as SubgraphResult;
        }
      } catch (error) {
        if (stop.aborted && closing.signal.aborted && !request.signal.aborted) {
          throw new SubgraphFault('SUBGRAPH_UNAVAILABLE', `Subgraph "${name}" is shutting down.`);
        }
        if (!stop.aborted) throw error;
      } finally {
        end();
      }
    },

    sdl: () => Promise.resolve(subgraph.sdl),

    close() {
      closing.abort();
      return Promise.resolve();
    },
  };
}

/** Settles as `promise` does, or rejects as soon as `signal` aborts. */
function abortable<T>(signal: AbortSignal, promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason as Error);
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}

type Prepared = { document: DocumentNode; refusal?: never } | { document?: never; refusal: SubgraphResult };

import { execute, parse, type GraphQLSchema } from 'graphql';
import { schemaOf, type WorldSubgraph } from './world.ts';

/** A subgraph that executes each request once, and answers the same request from memory ever after. */
export interface CannedSubgraph {
  /** The body of the answer to the body of a request. */
  answer(body: string): Promise<Buffer>;
  /** The response of a subscription to one event, as JSON text. */
  eventText(request: OperationRequest, event: number): Promise<string>;
}

export interface OperationRequest {
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>> | null;
  readonly operationName?: string | null;
}

/** Answers kept of one subgraph; beyond, it starts anew. */
const MAX_KEPT_BYTES = 512 * 2 ** 20;

export function cannedSubgraph(subgraph: WorldSubgraph): CannedSubgraph {
  const schema = schemaOf(subgraph);
  const kept = new Map<string, Buffer>();
  let keptBytes = 0;
  let event = -1;
  let eventTexts = new Map<string, Promise<string>>();

  return {
    async answer(body) {
      const known = kept.get(body);
      if (known) return known;
      const answer = Buffer.from(await responseText(schema, subgraph.root, JSON.parse(body) as OperationRequest));
      const bytes = 2 * body.length + answer.length;
      if (keptBytes + bytes > MAX_KEPT_BYTES) {
        kept.clear();
        keptBytes = 0;
      }
      keptBytes += bytes;
      kept.set(body, answer);
      return answer;
    },

    eventText(request, number) {
      if (number !== event) {
        event = number;
        eventTexts = new Map();
      }
      const key = JSON.stringify([request.query, request.variables]);
      const known = eventTexts.get(key);
      if (known) return known;
      const text = responseText(schema, rootOfEvent(subgraph.root, number), request);
      eventTexts.set(key, text);
      return text;
    },
  };
}

async function responseText(
  schema: GraphQLSchema,
  rootValue: Readonly<Record<string, unknown>>,
  { query, variables, operationName }: OperationRequest,
): Promise<string> {
  const document = parse(query, { noLocation: true });
  return JSON.stringify(
    await execute({
      schema,
      document,
      rootValue,
      variableValues: variables ?? {},
      operationName: operationName ?? null,
    }),
  );
}

/** The functions among the root fields learn which event they are to give. */
function rootOfEvent(root: WorldSubgraph['root'], event: number): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(root).map(([name, field]) => [
      name,
      typeof field === 'function' ? (args: object) => (field as (args: object) => unknown)({ ...args, event }) : field,
    ]),
  );
}

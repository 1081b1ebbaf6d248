import { execute, OperationTypeNode, parse, subscribe, validate } from 'graphql';
import type { DocumentNode, ExecutionResult, GraphQLSchema } from 'graphql';
import { composeSupergraph, httpTransport, inProcessTransport, loadSupergraph, SupergraphRefused } from '@takt/gateway';
import type { SubgraphTransport } from '@takt/gateway';
import { isCanonical, randomSpoil, spoiling } from '../../gateway/test-subgraphs/spoiled-answers.ts';
import type { Spoil } from '../../gateway/test-subgraphs/spoiled-answers.ts';
import { serveSubgraph } from '../../gateway/test-subgraphs/serve-subgraph.ts';
import { difference } from './compare.ts';
import { compilations, createGateways } from './compilations.ts';
import type { Compilation, Gateways } from './compilations.ts';
import { executableSubgraph, monolithSchema } from './executable.ts';
import { generateGraph } from './generate-graph.ts';
import { generateOperation } from './generate-operation.ts';
import type { RandomOperation } from './generate-operation.ts';
import type { Graph } from './graph-model.ts';
import { minimiseOperation } from './minimise-operation.ts';
import { printMonolith, printSubgraph } from './print-sdl.ts';
import { hash, randomFrom } from './random.ts';
import { Truth } from './truth.ts';

export type TransportKind = 'in-process' | 'http';

/** A graph as one schema and as a gateway over its subgraphs. */
export interface Pair {
  readonly seed: number;
  /** What is to be said when they differ. */
  readonly description: string;
  /** A valid random operation; the same for the same number. */
  operation(number: number): RandomOperation;
  /** The smallest operation that still differs, found by leaving out parts of one that does. */
  minimise(operation: RandomOperation, number: number): Promise<RandomOperation>;
  /** What the gateway plans. */
  plan(operation: RandomOperation): Promise<unknown>;
  /**
   * How the gateway's answer differs; undefined if it does not, or if the gateway says that it cannot plan it. The number
   * decides in which ways it is run, and what else the subgraphs answer when text and objects are held against each other.
   */
  differs(operation: RandomOperation, number: number): Promise<string | undefined>;
  /** How many operations were run on text, on objects and by the interpreter, and why. */
  readonly ways: ReadonlyMap<string, number>;
  close(): Promise<void>;
}

/** The graph of a seed, twice; or why its subgraphs do not compose. */
export async function createPair(seed: number, kind: TransportKind): Promise<Pair | { readonly refused: string }> {
  const graph = generateGraph(seed);
  const truth = new Truth(graph);
  const subgraphs = graph.subgraphs
    .filter(({ objects }) => objects.size > 0)
    .map((subgraph) => executableSubgraph(truth, subgraph));
  const served = kind === 'http' ? await Promise.all(subgraphs.map((each) => serveSubgraph(each))) : [];
  const sources =
    kind === 'http'
      ? served.map(({ name, url }) => ({ name, url, transport: httpTransport({ name, url }) }))
      : subgraphs.map((subgraph) => ({ name: subgraph.name, transport: inProcessTransport(subgraph, ignore) }));
  let spoil: Spoil = unspoiled;
  let asked = new Set<string>();
  const transports = new Map(
    sources.map(({ name, transport }): [string, SubgraphTransport] => [
      name,
      spoiling(
        askedOf(transport, (query) => asked.add(`${name} ${query}`)),
        (answer) => spoil(answer),
      ),
    ]),
  );
  const close = async (): Promise<void> => {
    await Promise.all(sources.map(({ transport }) => transport.close()));
    await Promise.all(served.map((subgraph) => subgraph.close()));
  };
  let gateways: Gateways;
  try {
    gateways = createGateways({
      supergraph: loadSupergraph(await composeSupergraph(sources, new AbortController().signal)),
      transports,
      overrideLabels: graph.overrideLabels,
    });
  } catch (error) {
    await close();
    if (error instanceof SupergraphRefused) return { refused: error.message };
    throw error;
  }
  const schema = monolithSchema(truth);
  const lenient = monolithSchema(truth, { lenient: true });
  const differsFromTruth = async (operation: RandomOperation, number: number): Promise<string | undefined> => {
    const document = parse(operation.query);
    const expected = await run(schema, document, operation, truth);
    let lenientResults: readonly ExecutionResult[] | undefined;
    const ways = isSubscription(document) ? 1 : number % 4 === 0 ? compilations.length : 2;
    for (const way of compilations.slice(0, ways)) {
      const actual = await through(gateways, way, document, operation, truth);
      const hasErrors = [...expected.results, ...actual.results].some(({ errors }) => errors);
      if (hasErrors) lenientResults ??= (await run(lenient, document, operation, truth)).results;
      const found = outcomeDiffers(graph, expected, lenientResults ?? [], actual);
      if (found !== undefined) return `compiled ${way}: ${found}`;
    }
    return undefined;
  };
  const differsIfSpoiled = async (operation: RandomOperation, spoilSeed: number): Promise<string | undefined> => {
    const spoilOfSeed = randomSpoil(spoilSeed);
    let isSpelledAlike = true;
    spoil = (answer) => {
      const spoiled = spoilOfSeed(answer);
      isSpelledAlike &&= isCanonical(spoiled);
      return spoiled;
    };
    asked = new Set();
    const onText = await gateways.text(operation, 'always');
    const askedOnText = asked;
    asked = new Set();
    const onObjects = await gateways.text(operation, 'checked');
    spoil = unspoiled;
    // Compiled for values that nest or not, they may ask in other words, and other answers were spoiled then.
    const isOnlyAsked = (one: Set<string>, other: Set<string>) => [...one].some((each) => !other.has(each));
    if (isOnlyAsked(asked, askedOnText) && isOnlyAsked(askedOnText, asked)) return undefined;
    // What is interpreted takes other calls of transports, which are not spoiled.
    if (asked.size === 0 || askedOnText.size === 0) return undefined;
    if (onText === undefined || onObjects === undefined) return undefined;
    // Errors of fetches that run at the same time come in any order.
    const text = isSpelledAlike && !onText.startsWith('{"errors"') ? onText : withSortedErrors(onText);
    const objects = text === onText ? onObjects : withSortedErrors(onObjects);
    return text === objects ? undefined : `spoiled\n  on text    ${text}\n  on objects ${onObjects}`;
  };
  const pair: Pair = {
    seed,
    description: [
      ...graph.subgraphs.map((subgraph) => `# ${subgraph.name}\n${printSubgraph(graph, subgraph)}`),
      `# as one schema\n${printMonolith(graph)}`,
    ].join('\n\n'),
    minimise: (operation, number) =>
      minimiseOperation(schema, operation, async (smaller) => (await pair.differs(smaller, number)) !== undefined),
    ways: gateways.ways,
    plan: async (operation) => (await gateways.first.prepare(operation)).planned.plan,
    operation: (number) => validOperation(schema, seed, number),
    async differs(operation, number) {
      if (await gateways.isNotPlanned(operation)) return undefined;
      const found = await differsFromTruth(operation, number);
      return found === undefined && operation.query.startsWith('query') ? differsIfSpoiled(operation, number) : found;
    },
    close,
  };
  return pair;
}

function outcomeDiffers(
  graph: Graph,
  expected: Outcome,
  faults: readonly ExecutionResult[],
  actual: Outcome,
): string | undefined {
  // One schema gives up at the first field that takes the whole data with it; a plan may have gone on by then.
  const gaveUp = expected.results.some(({ data }) => data === null) && actual.happened.startsWith(expected.happened);
  if (expected.happened !== actual.happened && !gaveUp) {
    return `mutations\n  expected ${expected.happened}\n  actual   ${actual.happened}`;
  }
  if (expected.results.length !== actual.results.length) return `${actual.results.length} results`;
  for (const [index, result] of expected.results.entries()) {
    const found = difference(result, faults[index], actual.results[index] ?? {}, (name) => mayBeUnasked(graph, name));
    if (found !== undefined) return found;
  }
  return undefined;
}

interface Outcome {
  readonly results: readonly ExecutionResult[];
  readonly happened: string;
}

function validOperation(schema: GraphQLSchema, seed: number, number: number): RandomOperation {
  for (let attempt = 0; ; attempt++) {
    const random = randomFrom(hash(`${seed} ${number} ${attempt}`));
    const kinds = ['query', 'query', 'query', 'query'] as ('query' | 'mutation' | 'subscription')[];
    if (schema.getMutationType()) kinds.push('mutation');
    if (schema.getSubscriptionType()) kinds.push('subscription');
    const operation = generateOperation(schema, random, random.pick(kinds));
    if (validate(schema, parse(operation.query)).length === 0) return operation;
  }
}

async function run(
  schema: GraphQLSchema,
  document: DocumentNode,
  { variables }: RandomOperation,
  truth: Truth,
): Promise<Outcome> {
  const args = { schema, document, variableValues: variables };
  return recording(truth, async () => {
    const results = isSubscription(document) ? await subscribe(args) : await execute(args);
    return Symbol.asyncIterator in results ? collect(results) : [results];
  });
}

async function through(
  gateways: Gateways,
  way: Compilation,
  document: DocumentNode,
  operation: RandomOperation,
  truth: Truth,
): Promise<Outcome> {
  return recording(truth, async () =>
    isSubscription(document) ? collect(gateways.first.subscribe(operation)) : [await gateways.run(operation, way)],
  );
}

function isSubscription({ definitions }: DocumentNode): boolean {
  return definitions.some((each) => 'operation' in each && each.operation === OperationTypeNode.SUBSCRIPTION);
}

async function recording(truth: Truth, give: () => Promise<readonly ExecutionResult[]>): Promise<Outcome> {
  truth.happened.length = 0;
  const results = await give();
  return { results, happened: truth.happened.join(' ') };
}

async function collect(events: AsyncIterable<ExecutionResult>): Promise<ExecutionResult[]> {
  const results: ExecutionResult[] = [];
  for await (const event of events) results.push(event);
  return results;
}

function withSortedErrors(text: string): string {
  const { errors, ...rest } = JSON.parse(text) as ExecutionResult;
  return JSON.stringify({ ...rest, errors: errors?.map((error) => JSON.stringify(error)).sort() });
}

function mayBeUnasked({ objects, abstractTypes }: Graph, name: string): boolean {
  const [owner = '', field = ''] = name.split('.');
  if (abstractTypes.get(owner)?.added.has(field)) return true;
  return objects.get(owner)?.fields.get(field)?.isInput ?? false;
}

function askedOf(transport: SubgraphTransport, onAsked: (query: string) => void): SubgraphTransport {
  return {
    ...transport,
    executeText: (request) => {
      onAsked(request.operation.query);
      return transport.executeText(request);
    },
  };
}

const unspoiled: Spoil = (answer) => answer;
const ignore = (): void => undefined;

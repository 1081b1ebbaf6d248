import { createHash } from 'node:crypto';
import { ApolloGateway, LocalGraphQLDataSource, type GraphQLDataSource } from '@apollo/gateway';
import type { System } from '@takt/cli';
import { createGateway, inProcessTransport, loadSupergraph, type SubgraphTransport } from '@takt/gateway';
import type { Domain } from '@takt/subgraph-server';
import { GraphQLError, parse, validate, type ExecutionResult, type GraphQLFormattedError } from 'graphql';

/** Contenders that are to be compared with each other; the first is ours. */
export interface ContenderGroup {
  readonly title: string;
  readonly contenders: readonly Contender[];
}

interface Contender {
  readonly name: string;
  /** Runs the request and writes the answer's data as JSON. Throws if there are errors. */
  readonly answer: () => Promise<string>;
}

export interface Request {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

/**
 * Our gateway and stock `@apollo/gateway` over the same supergraph and the same domains in this process. `whole`: with
 * the subgraphs' own work; `gateway alone`: the subgraphs' answers are recorded ones, parsed anew for each fetch.
 */
export async function inProcessContenders(system: System, request: Request): Promise<ContenderGroup[]> {
  const { sdl } = system.gateway.supergraph;
  const domains = [...system.domains.values()];
  const transports = new Map(domains.map((domain) => [domain.name, inProcessTransport(domain)]));
  const recorded = new Map([...transports].map(([name, transport]) => [name, recordedTransport(transport)]));
  const local = new Map(domains.map((domain) => [domain.name, localDataSource(domain)]));
  return [
    {
      title: 'In-process, subgraphs included',
      contenders: [
        takt('Takt', sdl, transports, request),
        await apollo('@apollo/gateway, LocalGraphQLDataSource', sdl, local, request),
        await apollo('@apollo/gateway, our transports', sdl, dataSources(transports), request),
      ],
    },
    {
      title: 'In-process, gateway alone over recorded answers',
      contenders: [
        takt('Takt, recorded', sdl, recorded, request),
        await apollo('@apollo/gateway, recorded', sdl, dataSources(recorded), request),
      ],
    },
  ];
}

function takt(
  name: string,
  sdl: string,
  transports: ReadonlyMap<string, SubgraphTransport>,
  request: Request,
): Contender {
  const gateway = createGateway({ supergraph: loadSupergraph(sdl), transports });
  const options = { signal: new AbortController().signal };
  return {
    name,
    async answer() {
      const response = await gateway.run(await gateway.prepare(request), options);
      const [, data] = /^\{"data":(.*)\}$/s.exec(response) ?? [];
      if (data === undefined) throw new Error(`The flagship query failed: ${response.slice(0, 500)}`);
      return data;
    },
  };
}

/** Without a server around it: the document is parsed and validated once, the plan is cached, as Apollo Server does. */
async function apollo(
  name: string,
  supergraphSdl: string,
  sources: ReadonlyMap<string, GraphQLDataSource>,
  { query, variables }: Request,
): Promise<Contender> {
  // It would send measurements to its maker.
  process.env['APOLLO_TELEMETRY_DISABLED'] = 'true';
  const gateway = new ApolloGateway({
    supergraphSdl,
    buildService: ({ name: subgraph }) => present(sources.get(subgraph), subgraph),
    logger: { debug: ignore, info: ignore, warn: ignore, error: ignore },
  });
  const { schema, executor } = await gateway.load();
  const document = parse(query);
  const [invalid] = validate(schema, document);
  if (invalid) throw invalid;
  const queryHash = createHash('sha256').update(query).digest('hex');
  type RequestContext = Parameters<typeof executor>[0];
  const requestContext = () =>
    ({
      request: { query, variables },
      document,
      queryHash,
      schema,
      context: {},
      metrics: {},
    }) as unknown as RequestContext;
  return { name, answer: async () => dataOf(await executor(requestContext())) };
}

/** Apollo's own way to a schema in the same process; each fetch gets its own context, as with our transport. */
function localDataSource(domain: Domain): GraphQLDataSource {
  const source = new LocalGraphQLDataSource(domain.schema);
  return { process: (options) => source.process({ ...options, context: domain.createContext() }) };
}

function dataSources(transports: ReadonlyMap<string, SubgraphTransport>): Map<string, GraphQLDataSource> {
  const { signal } = new AbortController();
  const dataSource = (transport: SubgraphTransport): GraphQLDataSource => ({
    process: async ({ request: { query = '', variables = {}, operationName } }) => {
      const { data, errors } = await transport.execute({ query, variables, operationName, signal });
      return { ...(data !== undefined && { data }), ...(errors && { errors: errors.map(formatted) }) };
    },
  });
  return new Map([...transports].map(([name, transport]) => [name, dataSource(transport)]));
}

function formatted(error: GraphQLError | GraphQLFormattedError): GraphQLFormattedError {
  return error instanceof GraphQLError ? error.toJSON() : error;
}

/** Answers as the transport did when it was asked the same for the first time. */
function recordedTransport(transport: SubgraphTransport): SubgraphTransport {
  const answers = new Map<string, Map<string, string>>();
  return {
    ...transport,
    async execute(request) {
      const byVariables = answers.get(request.query) ?? new Map<string, string>();
      answers.set(request.query, byVariables);
      const key = JSON.stringify(request.variables);
      const answer = byVariables.get(key) ?? JSON.stringify(await transport.execute(request));
      byVariables.set(key, answer);
      return JSON.parse(answer) as Awaited<ReturnType<SubgraphTransport['execute']>>;
    },
    async executeText(request) {
      const { query } = request.operation;
      const byVariables = answers.get(query) ?? new Map<string, string>();
      answers.set(query, byVariables);
      const answer = byVariables.get(request.variables) ?? (await transport.executeText(request));
      byVariables.set(request.variables, answer);
      return answer;
    },
  };
}

function dataOf({ data, errors }: ExecutionResult): string {
  if (errors) throw new Error(`The flagship query failed: ${errors.map(({ message }) => message).join('; ')}`);
  return JSON.stringify(data);
}

function present<Of>(value: Of | undefined, name: string): Of {
  if (value === undefined) throw new Error(`There is no subgraph ${name}.`);
  return value;
}

function ignore(): void {
  // Apollo's logger tells of nothing that the answers do not.
}

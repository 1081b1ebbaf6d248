import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { loadSupergraph } from '@takt/gateway';
import {
  execute,
  getNamedType,
  getNullableType,
  isEnumType,
  isListType,
  isObjectType,
  parse,
  type GraphQLFieldResolver,
  type GraphQLNamedType,
  type GraphQLSchema,
} from 'graphql';

/**
 * The subgraphs of the project's supergraph over made data, in a process of their own, each at a path of one server: lists
 * of three, `connectors` of 200. A request is executed once and answered from memory from then on. Tells its parent its
 * port and ends with it.
 */
const supergraph = loadSupergraph(
  readFileSync(fileURLToPath(new URL('../../schema/supergraph.graphql', import.meta.url)), 'utf8'),
);
const schemas = new Map<string, GraphQLSchema>();
for (const { name } of supergraph.subgraphs) {
  const schema = supergraph.subgraphSchema(name);
  if (schema) schemas.set(`/${name}`, schema);
}
const kept = new Map<string, Promise<Buffer>>();

const server = createServer((request, response) => {
  answer(request).then(
    (body) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length });
      response.end(body);
    },
    (error: unknown) => {
      response.writeHead(500, { 'content-type': 'text/plain' });
      response.end(String(error));
    },
  );
});
server.keepAliveTimeout = 600_000;
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));
process.once('disconnect', () => process.exit());

async function answer(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks).toString();
  const { url = '' } = request;
  let known = kept.get(url + body);
  if (!known) kept.set(url + body, (known = executed(url, body)));
  return known;
}

async function executed(url: string, body: string): Promise<Buffer> {
  const schema = schemas.get(url);
  if (!schema) throw new Error(`There is no subgraph at ${url}.`);
  const { query, variables } = JSON.parse(body) as { query: string; variables?: Record<string, unknown> };
  const document = parse(query, { noLocation: true });
  return Buffer.from(
    JSON.stringify(await execute({ schema, document, fieldResolver: made, variableValues: variables ?? {} })),
  );
}

const made: GraphQLFieldResolver<unknown, unknown> = (parent, { representations }, _context, info) => {
  if (Array.isArray(representations)) return representations as unknown[];
  const type = getNullableType(info.returnType);
  const one = () => valueOf(getNamedType(type), parent, info.fieldName);
  if (!isListType(type)) return one();
  return Array.from({ length: info.fieldName === 'connectors' ? 200 : 3 }, one);
};

function valueOf(type: GraphQLNamedType, parent: unknown, fieldName: string): unknown {
  if (isObjectType(type)) return {};
  if (isEnumType(type)) return type.getValue('DEGRADED') ? 'DEGRADED' : type.getValues()[0]?.name;
  const own = (parent as Readonly<Record<string, unknown>> | undefined)?.[fieldName];
  return own ?? VALUES[type.name] ?? `${fieldName} 1`;
}

const VALUES: Readonly<Record<string, unknown>> = {
  Int: 7,
  Float: 7.5,
  Boolean: true,
  Date: '2026-11-02',
  DateTime: '2026-11-02T06:00:00Z',
};

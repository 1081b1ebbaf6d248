import type { IncomingMessage } from 'node:http';
import { BodyTooLarge, readBody } from '@takt/serving';
import { namesDocument } from '../trusted/document-of.ts';
import { RequestRefused } from './request-refused.ts';

/** One GraphQL request as GraphQL over HTTP has it. */
export interface RequestParameters {
  /** May be absent only where `documentId` or `extensions` name a registered document. */
  readonly query: string | undefined;
  readonly documentId?: string | undefined;
  readonly operationName?: string | null | undefined;
  readonly variables?: Readonly<Record<string, unknown>> | null | undefined;
  readonly extensions?: Readonly<Record<string, unknown>> | null | undefined;
}

/** Reads a POST; an array is a batch of at most `maxBatch` requests. Throws {@link RequestRefused}. */
export async function parametersOfBody(
  request: IncomingMessage,
  limits: { readonly maxBodyBytes: number; readonly maxBatch: number },
): Promise<RequestParameters | readonly RequestParameters[]> {
  const { headers } = request;
  if (headers['content-encoding'] !== undefined) throw unsupported('Compressed requests are not accepted.');
  if (!isJson(headers['content-type'])) {
    throw unsupported('A POST needs the content type application/json, in UTF-8.');
  }
  const body = parsed(await textOf(request, limits.maxBodyBytes), 'The body');
  if (!Array.isArray(body)) return checked(body);
  if (body.length > limits.maxBatch || limits.maxBatch <= 1) {
    const most = limits.maxBatch <= 1 ? 'batches are not accepted' : `at most ${limits.maxBatch} are allowed`;
    throw new RequestRefused(400, 'BATCH_TOO_LARGE', `The body is a batch of ${body.length} requests; ${most}.`);
  }
  if (body.length === 0) throw malformed('The body is an empty batch.');
  return body.map(checked);
}

/** Reads a GET. Throws {@link RequestRefused}. */
export function parametersOfUrl(url: string): RequestParameters {
  const start = url.indexOf('?');
  const search = new URLSearchParams(start < 0 ? '' : url.slice(start + 1));
  const single = (name: string): string | undefined => {
    const values = search.getAll(name);
    if (values.length > 1) throw malformed(`The parameter "${name}" is given ${values.length} times.`);
    return values[0] === '' ? undefined : values[0];
  };
  const json = (name: string): unknown => {
    const text = single(name);
    return text === undefined ? undefined : parsed(text, `The parameter "${name}"`);
  };
  return checked({
    query: single('query'),
    documentId: single('documentId'),
    operationName: single('operationName'),
    variables: json('variables'),
    extensions: json('extensions'),
  });
}

async function textOf(request: IncomingMessage, maxBytes: number): Promise<string> {
  try {
    return await readBody(request, maxBytes);
  } catch (error) {
    if (error instanceof BodyTooLarge) {
      const message = `The body is larger than ${maxBytes} bytes.`;
      throw new RequestRefused(413, 'BAD_REQUEST', message, { connection: 'close' });
    }
    if (error instanceof TypeError) throw malformed('The body is not UTF-8.');
    throw error;
  }
}

function isJson(contentType: string | undefined): boolean {
  return contentType === 'application/json' || jsonInUtf8.test(contentType ?? '');
}

const jsonInUtf8 = /^\s*application\/json\s*(;\s*charset\s*=\s*"?utf-8"?\s*)?$/i;

function parsed(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw malformed(`${what} is not JSON.`);
  }
}

function checked(value: unknown): RequestParameters {
  if (!isObject(value)) throw malformed(`A request is a JSON object, and this is ${kindOf(value)}.`);
  const { query, operationName, variables } = value;
  const documentId = value['documentId'] ?? undefined;
  const extensions = objectOrNothing('extensions', value['extensions']);
  if (documentId !== undefined && typeof documentId !== 'string') {
    throw malformed(`"documentId" must be a string, and is ${kindOf(documentId)}.`);
  }
  if (typeof query !== 'string' && (query != null || !namesDocument({ documentId, extensions }))) {
    throw malformed(`"query" must be a string, and is ${kindOf(query)}.`);
  }
  if (operationName !== undefined && operationName !== null && typeof operationName !== 'string') {
    throw malformed(`"operationName" must be a string, and is ${kindOf(operationName)}.`);
  }
  return {
    query: typeof query === 'string' ? query : undefined,
    documentId,
    operationName,
    variables: objectOrNothing('variables', variables),
    extensions,
  };
}

function objectOrNothing(name: string, value: unknown): Readonly<Record<string, unknown>> | null | undefined {
  if (value === undefined || value === null || isObject(value)) return value;
  throw malformed(`"${name}" must be an object, and is ${kindOf(value)}.`);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function kindOf(value: unknown): string {
  if (value === undefined) return 'missing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

function malformed(message: string): RequestRefused {
  return new RequestRefused(400, 'BAD_REQUEST', message);
}

function unsupported(message: string): RequestRefused {
  return new RequestRefused(415, 'BAD_REQUEST', message, { accept: 'application/json' });
}

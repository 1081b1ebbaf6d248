import { TaktConnectionError, type GraphqlError } from './errors.ts';

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly data?: unknown;
  readonly errors?: readonly GraphqlError[] | undefined;
}

/** GraphQL over HTTP. Throws {@link TaktConnectionError} if there is no answer, or one that is not GraphQL. */
export async function postedTo(
  url: string,
  headers: Readonly<Record<string, string>>,
  body: object,
  signal: AbortSignal,
): Promise<HttpAnswer> {
  const { response, text } = await fetched(url, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json', accept: 'application/graphql-response+json' },
    body: JSON.stringify(body),
    signal,
  });
  const { data, errors } = parsed(text);
  if (data === undefined && !Array.isArray(errors)) {
    throw new TaktConnectionError(`${url} does not answer as a gateway: ${response.status} ${text.slice(0, 200)}`);
  }
  return { status: response.status, headers: response.headers, data, errors };
}

async function fetched(url: string, init: RequestInit): Promise<{ response: Response; text: string }> {
  try {
    const response = await fetch(url, init);
    return { response, text: await response.text() };
  } catch (cause) {
    throw new TaktConnectionError(`There is no connection to ${url}.`, { cause });
  }
}

function parsed(text: string): Pick<HttpAnswer, 'data' | 'errors'> {
  try {
    return Object(JSON.parse(text)) as Pick<HttpAnswer, 'data' | 'errors'>;
  } catch {
    return {};
  }
}

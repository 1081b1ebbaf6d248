import { createReadStream } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import type { ExtractService } from './extract-service.ts';
import type { KeptAsker } from './graph.ts';

/**
 * Answers `GET` and `HEAD` of `/extracts/ID/FILE` for who started the extract; a part of it where `Range` asks for one,
 * so that a download can be resumed. The entity tag is the file's digest.
 */
export type Downloads = (request: IncomingMessage, response: ServerResponse, asker: KeptAsker) => Promise<void>;

export function downloads(extracts: Pick<ExtractService, 'file'>): Downloads {
  return async (request, response, asker) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      refuse(response, 405, 'A file is downloaded by GET.', { allow: 'GET, HEAD' });
      return;
    }
    const [, id = '', name = ''] = /^\/extracts\/([0-9a-f]{32})\/([a-z.]{1,40})$/.exec(pathOf(request)) ?? [];
    const file = id === '' ? undefined : await extracts.file(asker, id, name);
    if (!file) {
      refuse(response, 404, 'There is no such file of yours. It may have expired: extracts says what there is.');
      return;
    }
    const etag = `"${file.sha256}"`;
    const headers = {
      'content-type': file.mediaType,
      'content-disposition': `attachment; filename="${file.name}"`,
      'accept-ranges': 'bytes',
      'cache-control': 'private, no-cache',
      'x-content-type-options': 'nosniff',
      etag,
    };
    const { range, 'if-range': ifRange, 'if-none-match': ifNoneMatch } = request.headers;
    if (ifNoneMatch === etag) {
      response.writeHead(304, headers).end();
      return;
    }
    const part = ifRange === undefined || ifRange === etag ? rangeOf(range, file.bytes) : undefined;
    if (part === 'unsatisfiable') {
      refuse(response, 416, `The file has ${file.bytes} bytes.`, { 'content-range': `bytes */${file.bytes}` });
      return;
    }
    const { from, to } = part ?? { from: 0, to: file.bytes - 1 };
    response.writeHead(part ? 206 : 200, {
      ...headers,
      'content-length': to - from + 1,
      ...(part && { 'content-range': `bytes ${from}-${to}/${file.bytes}` }),
    });
    if (request.method === 'HEAD' || to < from) {
      response.end();
      return;
    }
    await pipeline(createReadStream(file.path, { start: from, end: to }), response).catch((error: unknown) => {
      // The client has gone, or the file expired: it sees that the answer is not whole.
      response.destroy(error instanceof Error ? error : undefined);
    });
  };
}

/** One range of RFC 9110; undefined for the whole file, also if several are asked for. */
function rangeOf(
  header: string | undefined,
  bytes: number,
): { readonly from: number; readonly to: number } | 'unsatisfiable' | undefined {
  const [all, first = '', last = ''] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? '') ?? [];
  if (all === undefined || (first === '' && last === '')) return undefined;
  const from = first === '' ? Math.max(0, bytes - Number(last)) : Number(first);
  const to = first === '' || last === '' ? bytes - 1 : Math.min(bytes - 1, Number(last));
  if (first !== '' && last !== '' && Number(last) < Number(first)) return undefined;
  return from > to ? 'unsatisfiable' : { from, to };
}

function refuse(
  response: ServerResponse,
  status: number,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  const body = JSON.stringify({ errors: [{ message }] });
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers }).end(body);
}

function pathOf({ url = '' }: IncomingMessage): string {
  return url.split('?', 1)[0] ?? '';
}

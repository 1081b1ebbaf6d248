import { randomUUID } from 'node:crypto';
import type { HttpRequest } from '@takt/backing-system-http';
import type { Reply } from './session.ts';

/**
 * One change set, all or nothing, as `multipart/mixed`
 * (https://www.odata.org/documentation/odata-version-2-0/batch-processing/): of both versions.
 */
export function batchRequest(service: string, requests: readonly HttpRequest[]): HttpRequest {
  const [batch, changes] = [`batch_${randomUUID()}`, `changeset_${randomUUID()}`];
  const parts = requests.map(({ method, path = '', headers = {}, body = '' }, index) => {
    const within = service === '' ? path : path.slice(service.length + 1);
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
    return [
      `--${changes}`,
      'Content-Type: application/http',
      'Content-Transfer-Encoding: binary',
      `Content-ID: ${index + 1}`,
      '',
      `${method} ${within} HTTP/1.1`,
      ...lines,
      '',
      String(body),
    ].join('\r\n');
  });
  const body = [
    `--${batch}`,
    `Content-Type: multipart/mixed; boundary=${changes}`,
    '',
    ...parts,
    `--${changes}--`,
    `--${batch}--`,
    '',
  ].join('\r\n');
  const headers = { 'content-type': `multipart/mixed; boundary=${batch}` };
  return { method: 'POST', path: service === '' ? '$batch' : `${service}/$batch`, headers, body };
}

/** The answers within, in order: one for each request, or the one that undid all. Undefined if they cannot be read. */
export function batchReplies(contentType: string | undefined, text: string): readonly Reply[] | undefined {
  const parts = partsOf(contentType, text);
  return parts?.flatMap(({ headers, body }) => {
    const nested = /multipart\/mixed/i.test(headers['content-type'] ?? '');
    return (nested ? batchReplies(headers['content-type'], body) : undefined) ?? replyOf(body) ?? [];
  });
}

interface Part {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

function partsOf(contentType: string | undefined, text: string): readonly Part[] | undefined {
  const [, quoted, plain] = /boundary=(?:"([^"]{1,200})"|([^;\s]{1,200}))/i.exec(contentType ?? '') ?? [];
  const boundary = quoted ?? plain;
  if (boundary === undefined) return undefined;
  const pieces = `\n${text}`.split(new RegExp(`\\r?\\n--${escape(boundary)}`));
  return pieces
    .slice(1)
    .filter((piece) => !piece.startsWith('--'))
    .map((piece) => partOf(piece));
}

function partOf(text: string): Part {
  const clean = text.replace(/^\r?\n/, '');
  const [, head = '', body = ''] = /^([\s\S]*?)\r?\n\r?\n([\s\S]*)$/.exec(clean) ?? [undefined, clean, ''];
  const lines = head.split(/\r?\n/).map((line): [string, string] => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()];
  });
  return { headers: Object.fromEntries(lines), body };
}

function replyOf(http: string): Reply | undefined {
  const [, status, rest = ''] = /^\s*HTTP\/\d(?:\.\d)? (\d{3})[^\r\n]*\r?\n([\s\S]*)$/.exec(http) ?? [];
  if (status === undefined) return undefined;
  const { headers, body } = partOf(rest);
  return { status: Number(status), headers, text: body };
}

function escape(text: string): string {
  return text.replaceAll(/[^A-Za-z0-9_]/g, '\\$&');
}

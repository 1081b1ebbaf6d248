import type { ErpReply, ErpRequest } from './erp-service.ts';

/** The requests of a `multipart/mixed` body, change sets unfolded. Throws RangeError. */
export function readBatch(contentType: string, body: string): readonly ErpRequest[] {
  const boundary = /boundary=([^;\s]+)/.exec(contentType)?.[1];
  if (boundary === undefined) throw new RangeError('A batch has a boundary.');
  const parts = body.split(`--${boundary}`).slice(1, -1);
  return parts.flatMap((part) => {
    const [head, rest] = halves(part.trimStart());
    const nested = /content-type:\s*(multipart\/mixed[^\r\n]*)/i.exec(head)?.[1];
    return nested === undefined ? [readRequest(rest)] : readBatch(nested, rest);
  });
}

export function writeBatch(replies: readonly ErpReply[]): ErpReply {
  const failed = replies.find(({ status }) => status >= 300);
  const changes = (failed ? [failed] : replies).map(({ status, body }) =>
    [
      failed ? '--batch' : '--changes',
      'Content-Type: application/http',
      'Content-Transfer-Encoding: binary',
      '',
      `HTTP/1.1 ${status} ${status < 300 ? 'OK' : 'Bad Request'}`,
      'Content-Type: application/json',
      '',
      body,
    ].join('\r\n'),
  );
  const lines = failed
    ? [...changes, '--batch--', '']
    : ['--batch', 'Content-Type: multipart/mixed; boundary=changes', '', ...changes, '--changes--', '--batch--', ''];
  return { status: 202, headers: { 'content-type': 'multipart/mixed; boundary=batch' }, body: lines.join('\r\n') };
}

function readRequest(text: string): ErpRequest {
  const [head, body] = halves(text.trimStart());
  const [first = '', ...lines] = head.split(/\r?\n/);
  const [, method, url] = /^([A-Z]+) (\S+) HTTP/.exec(first) ?? [];
  if (method === undefined || url === undefined) throw new RangeError(`Malformed part: ${first.slice(0, 100)}`);
  const headers = lines.map((line) => [
    line.slice(0, line.indexOf(':')).toLowerCase(),
    line.slice(line.indexOf(':') + 1).trim(),
  ]);
  return { method, url, headers: Object.fromEntries(headers) as ErpRequest['headers'], body: body.trim() };
}

function halves(text: string): [string, string] {
  const [, head = text, body = ''] = /^([\s\S]*?)\r?\n\r?\n([\s\S]*)$/.exec(text) ?? [];
  return [head, body];
}

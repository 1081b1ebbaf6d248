import type { RequestListener } from 'node:http';
import { expect, test } from 'vitest';
import { answering } from '../../test-subgraphs/answering.ts';

const signal = new AbortController().signal;

const ready =
  (status: number, body: string): RequestListener =>
  (request, response) =>
    response.writeHead(request.url === '/health/ready' ? status : 500).end(body);

test.each<[string, RequestListener, string[]]>([
  ['that is ready has no reasons', ready(200, '{"status":"ready"}'), []],
  ['with nothing at that place has none', ready(404, 'not here'), []],
  [
    'that is not gives its own',
    ready(503, '{"reasons":["The store is away.","So is the log."]}'),
    ['The store is away.', 'So is the log.'],
  ],
  ['that gives no reasons has one all the same', ready(503, '{}'), ['It is not ready.']],
  ['that answers no JSON has one all the same', ready(503, '<h1>'), ['It is not ready.']],
  [
    'that says too much has one all the same',
    ready(503, JSON.stringify({ reasons: ['x'.repeat(70_000)] })),
    ['It is not ready.'],
  ],
])('a subgraph over HTTP %s', async (_, answer, reasons) => {
  const transport = await answering(answer);
  expect(await transport.notReady?.(signal)).toEqual(reasons);
});

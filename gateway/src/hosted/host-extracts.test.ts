import { createServer } from 'node:http';
import { expect, it } from 'vitest';
import { listen } from '../../test-subgraphs/listen.ts';
import { hostExtracts } from './host-extracts.ts';

it('lets pages of allowed origins download, and no others', async () => {
  const extracts = await hostExtracts({
    folder: undefined,
    gateway: () => undefined,
    mayExtract: () => true,
    cors: ['https://plan.example'],
  });
  const port = await listen(createServer((request, response) => void extracts.handle(request, response)));
  const ask = async (method: string, origin: string) => {
    const headers = {
      origin,
      'access-control-request-method': 'GET',
      'access-control-request-headers': 'authorization',
    };
    const response = await fetch(`http://127.0.0.1:${port}/extracts/${'0'.repeat(32)}/extract.csv`, {
      method,
      headers,
    });
    const [readable, wanted] = ['origin', 'headers'].map((of) => response.headers.get(`access-control-allow-${of}`));
    return { status: response.status, readable, wanted };
  };
  expect(await ask('OPTIONS', 'https://plan.example')).toEqual({
    status: 204,
    readable: 'https://plan.example',
    wanted: 'authorization',
  });
  expect(await ask('GET', 'https://plan.example')).toEqual({
    status: 404,
    readable: 'https://plan.example',
    wanted: null,
  });
  expect(await ask('OPTIONS', 'https://evil.example')).toEqual({ status: 405, readable: null, wanted: null });
  expect(await ask('GET', 'https://evil.example')).toEqual({ status: 404, readable: null, wanted: null });
});

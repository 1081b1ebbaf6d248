import { readFile } from 'node:fs/promises';
import { parseUsageReport, type UsageReport } from '@takt/gateway';
import { askEveryGateway } from './admin-gateway.ts';
import { UsageError } from './usage-error.ts';

/** What consumers run, from a file, or from a gateway by its URL. Throws {@link UsageError} if there is none. */
export async function readUsage(place: string): Promise<UsageReport> {
  const text = /^https?:/.test(place) ? await fromGateway(place) : await fromFile(place);
  try {
    return parseUsageReport(text);
  } catch (error) {
    throw new UsageError(`${place}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function fromFile(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => {
    throw new UsageError(`There is no file ${path}. A gateway is given by its URL: --gateway http://127.0.0.1:4000`);
  });
}

async function fromGateway(url: string): Promise<string> {
  const { status, text } = await askEveryGateway(url, '/usage', 'GET');
  if (status === 200) return text;
  throw new UsageError(`The gateway at ${url} does not tell what is used (${status}): ${text.slice(0, 300)}`);
}

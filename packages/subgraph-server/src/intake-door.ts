import { randomBytes, timingSafeEqual } from 'node:crypto';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { IntakeBusyError, type InboundMessage, type Intake, type Outcome } from '@takt/intake';
import { openOperationsDoor } from './operations-door.ts';
import type { Operations } from './operations.ts';

/**
 * Lets other processes of the same owner send messages into a domain that this process has open: `POST
 * /intake/<domain>` with the bearer token that lies, readable by the owner alone, in the domain's folder. Whoever has it
 * may also do what {@link openOperationsDoor} offers.
 */
export interface IntakeDoor {
  /** Answers true if the request was for the intake; the response is then taken care of. */
  readonly handle: (request: IncomingMessage, response: ServerResponse) => boolean;
  /** Tells other processes where to knock: writes `process.json` into each domain's folder. */
  announce(url: string): Promise<void>;
  close(): Promise<void>;
}

const ADDRESS_FILE = 'process.json';
const MAX_BODY_BYTES = 32 * 1024 * 1024;
const KNOCK_TIMEOUT_MS = 2_000;

export function openIntakeDoor(
  domains: readonly { name: string; directory: string; intake: Intake; operations?: Operations }[],
): IntakeDoor {
  const token = randomBytes(24).toString('base64url');
  const intakes = new Map(domains.map(({ name, intake }) => [`/intake/${name}`, intake]));
  const operations = openOperationsDoor(
    domains.flatMap(({ name, operations }) => (operations ? { name, operations } : [])),
    (request) => isAuthorized(request, token),
  );
  return {
    handle(request, response) {
      if (operations.handle(request, response)) return true;
      const intake = intakes.get(request.url ?? '');
      if (!intake) return false;
      void serve(request, response, intake, token);
      return true;
    },
    async announce(url) {
      for (const { name, directory } of domains) {
        const address = join(directory, ADDRESS_FILE);
        const content = JSON.stringify({ pid: process.pid, url: `${url}/intake/${name}`, token });
        await writeFile(`${address}.new`, content, { mode: 0o600 });
        await rename(`${address}.new`, address);
      }
    },
    async close() {
      await operations.close();
      for (const { directory } of domains) await rm(join(directory, ADDRESS_FILE), { force: true });
    },
  };
}

/** The intake of a domain that another process has open; undefined if none has. */
export async function knock(directory: string): Promise<Intake | undefined> {
  const door = await doorOf(directory);
  return door && remoteIntake(door);
}

/** Where the process that has a domain open takes messages; undefined if there is none or it does not answer. */
export async function doorOf(directory: string): Promise<{ url: string; token: string } | undefined> {
  let address: { pid: number; url: string; token: string };
  try {
    address = JSON.parse(await readFile(join(directory, ADDRESS_FILE), 'utf8')) as typeof address;
    process.kill(address.pid, 0);
  } catch {
    return undefined;
  }
  const answer = await fetch(address.url, {
    headers: { authorization: `Bearer ${address.token}` },
    signal: AbortSignal.timeout(KNOCK_TIMEOUT_MS),
  }).catch(() => undefined);
  await answer?.body?.cancel();
  return answer?.status === 204 ? address : undefined;
}

function remoteIntake({ url, token }: { url: string; token: string }): Intake {
  return {
    async receive(messages) {
      const response = await fetch(url, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/cloudevents-batch+json' },
        body: JSON.stringify(messages),
      });
      if (response.status === 429) throw new IntakeBusyError(messages.length);
      if (!response.ok)
        throw new Error(`The running Takt process refused the messages: ${response.status} ${await response.text()}`);
      return (await response.json()) as Outcome[];
    },
  };
}

async function serve(request: IncomingMessage, response: ServerResponse, intake: Intake, token: string): Promise<void> {
  const answer = (status: number, body?: unknown) => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(body === undefined ? undefined : JSON.stringify(body));
  };
  try {
    if (!isAuthorized(request, token)) {
      answer(401, { error: 'The token is in process.json in the data directory.' });
    } else if (request.method === 'GET') {
      answer(204);
    } else if (request.method !== 'POST') {
      answer(405, { error: 'POST a JSON array of CloudEvents.' });
    } else {
      const messages = await readJson(request);
      if (Array.isArray(messages)) answer(200, await intake.receive(messages as InboundMessage[]));
      else answer(400, { error: 'The body must be a JSON array of CloudEvents.' });
    }
  } catch (error) {
    if (error instanceof IntakeBusyError) answer(429, { error: error.message });
    else if (error instanceof BadBodyError) answer(error.status, { error: error.message });
    else {
      console.error('Messages could not be stored:', error);
      answer(500, { error: 'The messages could not be stored. See the log of the process.' });
    }
  }
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) throw new BadBodyError(413, `At most ${MAX_BODY_BYTES} bytes at once.`);
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    throw new BadBodyError(400, 'The body is not JSON.');
  }
}

function isAuthorized({ headers }: IncomingMessage, token: string): boolean {
  const [a, b] = [Buffer.from(headers.authorization ?? ''), Buffer.from(`Bearer ${token}`)];
  return a.length === b.length && timingSafeEqual(a, b);
}

class BadBodyError extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

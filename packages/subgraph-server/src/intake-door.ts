import { randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { StoreUnavailableError } from '@takt/document-store';
import { BodyTooLarge, readBody } from '@takt/serving';
import { IntakeBusyError, IntakeUnavailableError, type InboundMessage, type Intake, type Outcome } from '@takt/intake';
import { openOperationsDoor } from './operations-door.ts';
import type { Operations } from './operations.ts';

/**
 * Lets other processes of the same owner send messages into a domain that this process has open: `POST
 * /intake/<domain>` with the bearer token that lies, readable by the owner alone, in the domain's folder. Whoever has it
 * may also do what {@link openOperationsDoor} offers.
 */
export interface IntakeDoor {
  readonly token: string;
  /** Answers true if the request was for the intake; the response is then taken care of. */
  readonly handle: (request: IncomingMessage, response: ServerResponse) => boolean;
  /** Tells other processes where to knock: writes `process.json` into each domain's folder. */
  announce(url: string): Promise<void>;
  /** Tells them no longer, unless another process has announced itself meanwhile. */
  close(): Promise<void>;
}

/** Where a door is, and what shows that one may enter. */
export interface DoorAddress {
  readonly url: string;
  readonly token: string;
}

/** There is no such door any more, or it broke while a call was under way: whether that was done nobody knows. */
export class DoorClosedError extends Error {
  constructor(reason: string, cause?: unknown) {
    super(`The running Takt process does not answer: ${reason}`, { cause });
    this.name = 'DoorClosedError';
  }
}

/** Another process writes for this domain. */
export class NotTheWriterError extends Error {
  constructor() {
    super('Another process writes for this domain now.');
    this.name = 'NotTheWriterError';
  }
}

const ADDRESS_FILE = 'process.json';
const MAX_BODY_BYTES = 32 * 1024 * 1024;
/** Of all bodies that are being read or whose messages wait for their end; one alone is taken whatever its size. */
const MAX_HELD_BYTES = 64 * 1024 * 1024;
const KNOCK_TIMEOUT_MS = 2_000;
/** Characters of an answer that is not a door's. */
const MAX_REASON = 200;

export function openIntakeDoor(
  domains: readonly { name: string; directory: string; intake: Intake; operations?: () => Operations }[],
): IntakeDoor {
  const token = randomBytes(24).toString('base64url');
  const held = { bytes: 0 };
  const intakes = new Map(domains.map(({ name, intake }) => [`/intake/${name}`, intake]));
  const operations = openOperationsDoor(
    domains.flatMap(({ name, operations }) => (operations ? { name, operations } : [])),
    (request) => isAuthorized(request, token),
  );
  return {
    token,
    handle(request, response) {
      if (operations.handle(request, response)) return true;
      const intake = intakes.get(request.url ?? '');
      if (!intake) return false;
      void serve(request, response, intake, { token, held });
      return true;
    },
    async announce(url) {
      for (const { name, directory } of domains) {
        const address = join(directory, ADDRESS_FILE);
        const content = JSON.stringify({ pid: process.pid, url: `${url}/intake/${name}`, token });
        await writeFile(`${address}.${process.pid}`, content, { mode: 0o600 });
        await rename(`${address}.${process.pid}`, address);
      }
    },
    async close() {
      await operations.abort();
      for (const { directory } of domains) {
        await withdraw(join(directory, ADDRESS_FILE), token);
      }
    },
  };
}

/** The intake of a domain that another process has open; undefined if none has. */
export async function knock(directory: string): Promise<Intake | undefined> {
  const door = await doorOf(directory);
  return door && remoteIntake(door);
}

/** Where the process that has a domain open takes messages; undefined if there is none or it does not answer. */
export async function doorOf(directory: string): Promise<DoorAddress | undefined> {
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

/** Takes the address away if it has this token. What another process puts there in between is put back. */
async function withdraw(address: string, token: string): Promise<void> {
  const isOwn = async (file: string) => (await readFile(file, 'utf8').catch(absent)).includes(token);
  if (!(await isOwn(address))) return;
  const taken = `${address}.${randomUUID()}`;
  const isGone = await rename(address, taken).then(
    () => false,
    () => true,
  );
  if (isGone) return;
  // A link replaces nothing: who has announced itself after that stays.
  if (!(await isOwn(taken))) await link(taken, address).catch(() => undefined);
  await rm(taken, { force: true });
}

function absent(error: NodeJS.ErrnoException): string {
  if (error.code === 'ENOENT') return '';
  throw error;
}

/**
 * The intake behind a door. Throws {@link DoorClosedError} if nobody answers who may take messages, and when `signal`
 * aborts.
 */
export function remoteIntake({ url, token }: DoorAddress, signal?: AbortSignal): Intake {
  return {
    async receive(messages) {
      let status: number;
      let text: string;
      try {
        const response = await fetch(url, {
          method: 'POST',
          headers: { authorization: `Bearer ${token}`, 'content-type': 'application/cloudevents-batch+json' },
          body: JSON.stringify(messages),
          ...(signal && { signal }),
        });
        ({ status } = response);
        text = await response.text();
      } catch (error) {
        throw new DoorClosedError(error instanceof Error ? error.message : String(error), error);
      }
      if (status === 200) return JSON.parse(text) as Outcome[];
      if (status === 429) throw new IntakeBusyError(messages.length);
      if (status === 503) throw new IntakeUnavailableError(reasonIn(text));
      if (status === 421 || status === 401) throw new DoorClosedError(text);
      throw new Error(`The running Takt process refused the messages: ${status} ${text}`);
    },
  };
}

/** Something in between, e.g. a proxy, may answer in its own words. */
function reasonIn(text: string): string {
  try {
    const answer = JSON.parse(text) as { reason?: unknown } | null;
    if (typeof answer?.reason === 'string') return answer.reason;
  } catch {
    // Not an answer of a door.
  }
  return text.slice(0, MAX_REASON) || 'Its door answers 503.';
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  intake: Intake,
  { token, held }: { readonly token: string; readonly held: { bytes: number } },
): Promise<void> {
  const answer = (status: number, body?: unknown, headers: Record<string, string> = {}) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
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
      const bytes = Number(request.headers['content-length'] ?? MAX_BODY_BYTES);
      if (held.bytes > 0 && held.bytes + bytes > MAX_HELD_BYTES) {
        throw new BadBodyError(429, `More than ${MAX_HELD_BYTES} bytes are waiting.`);
      }
      held.bytes += bytes;
      try {
        const messages = await readJson(request);
        if (Array.isArray(messages)) answer(200, await intake.receive(messages as InboundMessage[]));
        else answer(400, { error: 'The body must be a JSON array of CloudEvents.' });
      } finally {
        held.bytes -= bytes;
      }
    }
  } catch (error) {
    if (error instanceof IntakeBusyError) answer(429, { error: error.message });
    else if (error instanceof NotTheWriterError) answer(421, { error: error.message });
    else if (error instanceof IntakeUnavailableError || error instanceof StoreUnavailableError) {
      const reason = error instanceof IntakeUnavailableError ? error.reason : error.message;
      answer(503, { error: error.message, reason }, { 'retry-after': '1' });
    } else if (error instanceof BadBodyError) {
      answer(error.status, { error: error.message }, { connection: 'close' });
      request.resume();
    } else {
      console.error('Messages could not be stored:', error);
      answer(500, { error: 'The messages could not be stored. See the log of the process.' });
    }
  }
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const text = await readBody(request, MAX_BODY_BYTES).catch((error: unknown) => {
    if (error instanceof BodyTooLarge) throw new BadBodyError(413, `At most ${MAX_BODY_BYTES} bytes at once.`);
    if (error instanceof TypeError) throw new BadBodyError(400, error.message);
    throw error;
  });
  try {
    return JSON.parse(text);
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

import { isDeepStrictEqual } from 'node:util';
import { EXCHANGE_CHARACTERS, type Answer, type Connector, type Exchange } from '@takt/backing-system';
import { busyOrDown, HttpReplyTooLargeError, HttpUnreachableError, type HttpRequest } from '@takt/backing-system-http';
import type { CloudEvent } from '@takt/event-log';
import type { CrossReferences, Mapping } from '@takt/mapping';
import { batchReplies, batchRequest } from './batch.ts';
import { fill, findPath, pathOf, readCall, type CallRequest, type Entity } from './call.ts';
import { encode } from './literals.ts';
import { normalise } from './normalise.ts';
import { errorWords, NonsenseError, readPage } from './page.ts';
import { headerOf, type Reply, type Session } from './session.ts';
import type { Settings } from './settings.ts';

interface Options {
  readonly session: Session;
  readonly settings: Settings;
  readonly mapping: Mapping;
  readonly crossReferences: CrossReferences;
  readonly system: string;
}

/**
 * Writes commands as the mapping's `call` says. One that was taken before, and whose answer was lost, is found by reading
 * first: a PATCH whose fields are as they should be, or what `doneIf` says, is APPLIED and not sent again.
 */
export class CommandSender implements Connector {
  readonly #options: Options;

  constructor(options: Options) {
    this.#options = options;
  }

  async send(command: CloudEvent, signal: AbortSignal): Promise<Answer & { readonly exchange?: Exchange }> {
    const said: string[] = [];
    const heard: string[] = [];
    const answer = await this.#offer(command, { said, heard }, signal).catch((error: unknown) => {
      signal.throwIfAborted();
      return answerOf(error);
    });
    if (said.length === 0) return answer;
    const exchange = { sent: clip(said.join('\n')), answered: clip(heard.join('\n')) };
    return { ...answer, exchange };
  }

  close(): Promise<void> {
    return this.#options.session.close();
  }

  async #offer(command: CloudEvent, log: Log, signal: AbortSignal): Promise<Answer> {
    const { mapping, crossReferences, system, settings } = this.#options;
    const { id: key, time } = command;
    const context = { system, document: { key, time, receivedAt: time }, crossReferences };
    let requests: readonly CallRequest[];
    try {
      const call = await mapping.command(command, context);
      if (call === undefined) return { kind: 'REFUSED', reason: `${mapping.name} says nothing of ${command.type}.` };
      requests = readCall(call);
    } catch (error) {
      if (error instanceof RangeError) return { kind: 'REFUSED', reason: error.message };
      throw error;
    }
    return settings.batch && requests.length > 1
      ? this.#offerAtOnce(requests, log, signal)
      : this.#offerInOrder(requests, log, signal);
  }

  async #offerInOrder(requests: readonly CallRequest[], log: Log, signal: AbortSignal): Promise<Answer> {
    let answer: Answer = { kind: 'APPLIED' };
    for (const [index, request] of requests.entries()) {
      const next = await this.#offerOne(request, log, signal);
      if (next.kind !== 'APPLIED' && next.kind !== 'TAKEN') {
        if (index === 0 || next.kind !== 'REFUSED') return next;
        return { kind: 'REFUSED', reason: `${index} of ${requests.length} were done, then: ${next.reason}` };
      }
      if (next.kind === 'TAKEN') answer = next;
    }
    return answer;
  }

  async #offerOne(request: CallRequest, log: Log, signal: AbortSignal): Promise<Answer> {
    for (let attempt = 1; ; attempt += 1) {
      const prepared = await this.#prepare(request, log, signal);
      if ('answer' in prepared) return prepared.answer;
      const reply = await this.#write(prepared.request, serviceOf(request), log, signal);
      if (reply.status !== CHANGED || attempt > 1) return readAnswer(reply);
    }
  }

  async #offerAtOnce(requests: readonly CallRequest[], log: Log, signal: AbortSignal): Promise<Answer> {
    for (let attempt = 1; ; attempt += 1) {
      const prepared: HttpRequest[] = [];
      for (const request of requests) {
        const one = await this.#prepare(request, log, signal);
        if ('request' in one) prepared.push(one.request);
        else if (one.answer.kind !== 'APPLIED') return one.answer;
      }
      const [first] = requests;
      const service = first ? serviceOf(first) : '';
      if (prepared.length === 0) return { kind: 'APPLIED' };
      const whole = await this.#write(batchRequest(service, prepared), service, log, signal);
      if (whole.status >= 300) return readAnswer(whole);
      const replies = batchReplies(headerOf(whole, 'content-type'), whole.text) ?? [];
      const failed = replies.find(({ status }) => status >= 300);
      if (failed?.status === CHANGED && attempt === 1) continue;
      if (failed) return readAnswer(failed);
      if (replies.length === prepared.length) {
        return { kind: replies.some(({ status }) => status === 202) ? 'TAKEN' : 'APPLIED' };
      }
      return { kind: 'WRONG', reason: `It answered ${replies.length} of the ${prepared.length} requests of a batch.` };
    }
  }

  /** Reads what must be read first, and answers the request as it goes out, or why it need not. */
  async #prepare(request: CallRequest, log: Log, signal: AbortSignal): Promise<Prepared> {
    const { settings } = this.#options;
    const { version, timeZone = 'UTC' } = settings;
    const { method, path, key, ifMatch = false, doneIf } = request;
    const find = request.find ?? (ifMatch || doneIf !== undefined ? { path, ...(key && { key }) } : undefined);
    const found = find && (await this.#find(findPath(find, version), log, signal));
    if (found && 'answer' in found) return found;
    const entity = found?.entity;
    const wanted = doneIf ?? (method === 'PATCH' || method === 'MERGE' ? request.body : undefined);
    if (entity && (wanted === 'FOUND' || (wanted && hasAll(entity, encode(wanted, version, timeZone))))) {
      return { answer: { kind: 'APPLIED' } };
    }
    if (find && !entity && doneIf !== 'FOUND') {
      return { answer: { kind: 'REFUSED', reason: `It knows nothing at ${findPath(find, version)}.` } };
    }
    const etag = found?.etag;
    if (ifMatch && etag === undefined) throw new NonsenseError('It gave no ETag of what is to be changed.');
    const body = request.body && encode(fill(request.body, entity), version, timeZone);
    const headers = {
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(ifMatch && etag !== undefined && { 'if-match': etag }),
    };
    const text = body === undefined ? {} : { body: JSON.stringify(body) };
    return { request: { method: method as 'PATCH', path: pathOf(request, version, entity), headers, ...text } };
  }

  async #find(path: string, log: Log, signal: AbortSignal): Promise<Found> {
    const reply = await this.#options.session.send({ method: 'GET', path }, signal);
    log.said.push(`GET ${path}`);
    log.heard.push(`HTTP ${reply.status}`);
    if (reply.status === 404) return {};
    if (reply.status >= 300) return { answer: readAnswer(reply) };
    const [entity] = readPage(reply.text).entries;
    if (entity === undefined) return {};
    if (typeof entity !== 'object' || entity === null) throw new NonsenseError('What it found is no entity.');
    const found = entity as Entity;
    return { entity: found, etag: etagOf(found) ?? headerOf(reply, 'etag') };
  }

  async #write(request: HttpRequest, service: string, log: Log, signal: AbortSignal): Promise<Reply> {
    const reply = await this.#options.session.write(request, service === '' ? '' : `${service}/`, signal);
    log.said.push(`${request.method} ${request.path ?? ''}\n${String(request.body ?? '')}`);
    log.heard.push(`HTTP ${reply.status}\n${reply.text}`);
    return reply;
  }
}

/** What a reply to a request that changes something says of it. */
function readAnswer(reply: Reply): Answer {
  const { status, text } = reply;
  const words = errorWords(text);
  const unavailable = busyOrDown(status, headerOf(reply, 'retry-after'), new Date());
  if (unavailable)
    return words === undefined ? unavailable : { ...unavailable, reason: `${unavailable.reason} ${words}` };
  if (status === CHANGED || status === LOCKED) {
    const reason = words ?? (status === CHANGED ? 'What is to be changed changes all the time.' : 'It is locked.');
    return { kind: 'BUSY', reason, retryAfterMs: LOCKED_MS };
  }
  if (status >= 400) return { kind: 'REFUSED', reason: words ?? `It answered HTTP ${status} and gave no reason.` };
  if (status < 200 || status >= 300) return { kind: 'WRONG', reason: `HTTP ${status}.` };
  if (words !== undefined) return { kind: 'WRONG', reason: `HTTP ${status}, and yet an error: ${words}` };
  if (/^\s*</.test(text)) return { kind: 'WRONG', reason: `HTTP ${status} with a page instead of data.` };
  return { kind: status === 202 ? 'TAKEN' : 'APPLIED' };
}

function answerOf(error: unknown): Answer {
  if (error instanceof NonsenseError) return { kind: 'WRONG', reason: error.reason };
  if (error instanceof HttpReplyTooLargeError) return { kind: 'WRONG', reason: error.message };
  if (error instanceof HttpUnreachableError) return { kind: 'DOWN', reason: error.message };
  const { name, message } = error as Error;
  if (name === 'MappingError') return { kind: 'REFUSED', reason: message.slice(0, 1_000) };
  if (error instanceof RangeError) return { kind: 'REFUSED', reason: message };
  // A body that breaks off.
  if ('code' in (error as Error))
    return { kind: 'DOWN', reason: `It broke off: ${String((error as NodeJS.ErrnoException).code)}` };
  throw error;
}

/** Whether an entity has all these values already: decimals by their value, all else as it is written. */
function hasAll(entity: Entity, wanted: unknown): boolean {
  const [is, should] = [normalise(entity), normalise(wanted)] as Entity[];
  return Object.entries(should ?? {}).every(([field, value]) => isSame(is?.[field], value));
}

function isSame(left: unknown, right: unknown): boolean {
  const [is, should] = [plainDecimal(left), plainDecimal(right)];
  if (is !== undefined && should !== undefined) return is === should;
  return isDeepStrictEqual(left, right);
}

function plainDecimal(value: unknown): string | undefined {
  const [, sign, whole, decimals = ''] = /^(-?)0*(\d+)(?:\.(\d*?)0*)?$/.exec(String(value)) ?? [];
  return whole === undefined ? undefined : `${sign ?? ''}${whole}.${decimals}`;
}

function etagOf(entity: Entity): string | undefined {
  const metadata = entity.__metadata as Entity | undefined;
  const etag = entity['@odata.etag'] ?? entity['@etag'] ?? metadata?.etag;
  // Goes into a header.
  return typeof etag === 'string' && /^[\x20-\x7e]{1,500}$/.test(etag) ? etag : undefined;
}

/** SAP has many services below one endpoint: the first step of the path, if there are two. */
function serviceOf({ path }: CallRequest): string {
  return path.includes('/') ? path.slice(0, path.indexOf('/')) : '';
}

function clip(text: string): string {
  return text.slice(0, EXCHANGE_CHARACTERS);
}

interface Log {
  readonly said: string[];
  readonly heard: string[];
}
type Prepared = { readonly request: HttpRequest } | { readonly answer: Answer };
type Found = { readonly entity?: Entity; readonly etag?: string | undefined } | { readonly answer: Answer };

const CHANGED = 412;
const LOCKED = 423;
const LOCKED_MS = 2_000;

import { openHealths, type Health } from '@takt/backing-system';
import type { Collection, Conditions, DocumentStore } from '@takt/document-store';
import { CHECKPOINTS, type KeptCheckpoint } from './checkpoints.ts';
import {
  INTEGRATION_MESSAGES,
  INTEGRATION_RESULTS,
  type IntegrationMessage,
  type IntegrationStatus,
  type RecordResult,
  type RecordResults,
} from './integration-message.ts';
import { RawStore } from './raw.ts';

/** What the exchange keeps, for whoever shows it: in any process that has the store open. */
export interface IntegrationReader {
  /** A page of messages in order of arrival. */
  messages(query: MessageQuery): Promise<MessagePage>;
  message(id: string): Promise<FoundMessage | undefined>;
  /** One store read; in the order asked. */
  messagesById(ids: readonly string[]): Promise<(FoundMessage | undefined)[]>;
  /** What became of the parts of a message, in the order of its records. Empty for a message that is not there. */
  results(id: string, query: ResultQuery): Promise<ResultPage>;
  /** Text of a document as it came, from a byte on; undefined for a message that is not there. */
  raw(id: string, query: RawQuery): Promise<RawText | undefined>;
  /** How far the receiver of a system has read, by name. */
  checkpoints(system: string): Promise<readonly KeptCheckpoint[]>;
  /** By system; none for those of which nothing is known. */
  healths(systems: readonly string[]): Promise<ReadonlyMap<string, Health>>;
  /** Messages that wait to be read. */
  waiting(system: string): Promise<number>;
}

export interface MessageFilter {
  readonly system?: string | undefined;
  readonly status?: IntegrationStatus | readonly IntegrationStatus[] | undefined;
  readonly direction?: IntegrationMessage['direction'] | undefined;
  readonly correlationId?: string | undefined;
  /** The document's own, or of one of its records. */
  readonly documentNumber?: string | undefined;
  /** `Noun:id` */
  readonly entity?: string | undefined;
}

export interface MessageQuery {
  readonly filter?: MessageFilter | undefined;
  /** Oldest first unless set. */
  readonly newestFirst?: boolean | undefined;
  readonly first: number;
  /** `arrival` of the last message of the page before. */
  readonly after?: number | undefined;
}

/** A message without its body: that is what {@link IntegrationReader.raw} reads. */
export type FoundMessage = Omit<IntegrationMessage, 'body'> & { readonly id: string };

export interface MessagePage {
  readonly messages: readonly FoundMessage[];
  readonly hasNextPage: boolean;
}

export interface ResultQuery {
  readonly first: number;
  /** `at` of the last result of the page before. */
  readonly after?: ResultPlace | undefined;
  /** Only those that ended so. */
  readonly statuses?: readonly RecordResult['status'][] | undefined;
}

/** Where a result is kept: part of the message's results and index in it. */
export type ResultPlace = readonly [part: number, index: number];

export interface ResultPage {
  readonly results: readonly (RecordResult & { readonly at: ResultPlace })[];
  readonly hasNextPage: boolean;
}

export interface RawQuery {
  /** In bytes; the beginning unless given. */
  readonly offset?: number | undefined;
  /** At most so many bytes. */
  readonly limit: number;
}

export interface RawText {
  /** UTF-8; what is none reads as U+FFFD. */
  readonly text: string;
  readonly mediaType: string;
  /** Of the whole document. */
  readonly bytes: number;
  /** Where to go on; undefined at the end. */
  readonly nextOffset?: number | undefined;
}

export async function openIntegrationReader(store: DocumentStore): Promise<IntegrationReader> {
  const messages = await store.collection(INTEGRATION_MESSAGES);
  const results = await store.collection(INTEGRATION_RESULTS);
  const checkpoints = await store.collection(CHECKPOINTS);
  const healths = await openHealths(store);
  const raw = await RawStore.open(store);

  async function messagesById(ids: readonly string[]): Promise<(FoundMessage | undefined)[]> {
    const found = await messages.getMany(ids);
    return found.map((stored) => stored && shown(stored.id, stored.document));
  }

  return {
    messagesById,
    message: async (id) => (await messagesById([id]))[0],
    messages: (query) => findMessages(messages, results, query),
    results: async (id, query) => {
      const [message] = await messages.getMany([id]);
      return message ? pageOfResults(results, id, message.document.round, query) : { results: [], hasNextPage: false };
    },
    async raw(id, { offset = 0, limit }) {
      const [message] = await messages.getMany([id]);
      if (!message) return undefined;
      const { bytes, body, mediaType } = message.document;
      const taken: Buffer[] = [];
      let length = 0;
      for await (const chunk of raw.read({ id, bytes, body }, offset)) {
        taken.push(chunk);
        length += chunk.length;
        if (length >= limit) break;
      }
      const end = characterEnd(Buffer.concat(taken), Math.min(length, limit));
      const text = Buffer.concat(taken).subarray(0, end).toString('utf8');
      return { text, mediaType, bytes, nextOffset: offset + end < bytes && end > 0 ? offset + end : undefined };
    },
    async checkpoints(system) {
      const page = await checkpoints.page({ where: { system }, orderBy: ['name'], first: MAX_CHECKPOINTS });
      return page.entries.map(({ document }) => document);
    },
    async healths(systems) {
      const found = systems.length === 0 ? [] : await healths.getMany(systems);
      return new Map(found.flatMap((stored) => (stored ? [[stored.id, stored.document] as const] : [])));
    },
    waiting: (system) => messages.count({ system, status: 'RECEIVED' }),
  };
}

const MAX_CHECKPOINTS = 1000;

/**
 * Document numbers and entities stand in messages and in results: both are read in order of arrival, which no two
 * messages share, and merged.
 */
async function findMessages(
  messages: Collection<IntegrationMessage>,
  results: Collection<RecordResults>,
  { filter = {}, newestFirst = false, first, after }: MessageQuery,
): Promise<MessagePage> {
  const { documentNumber, entity, system, status, direction, correlationId } = filter;
  const statuses = typeof status === 'string' ? [status] : status;
  const plain: Conditions<IntegrationMessage> = {
    ...(system !== undefined && { system }),
    ...(statuses !== undefined && { status: { in: statuses } }),
    ...(direction !== undefined && { direction }),
    ...(correlationId !== undefined && { correlationId }),
  };
  const ofParts: Conditions<RecordResults> = {
    ...(documentNumber !== undefined && { documentNumbers: documentNumber }),
    ...(entity !== undefined && { entities: entity }),
  };
  const where = { ...plain, ...ofParts } as Conditions<IntegrationMessage>;
  const found = new Map<number, FoundMessage>();
  const whole = await messages.page({
    where: { ...where, ...arrivals(after, newestFirst) },
    orderBy: ['arrival'],
    descending: newestFirst,
    first: first + 1,
  });
  for (const { id, document } of whole.entries) found.set(document.arrival, shown(id, document));
  if (documentNumber !== undefined || entity !== undefined) {
    const keeps = (message: IntegrationMessage) =>
      (system === undefined || message.system === system) &&
      (statuses === undefined || statuses.includes(message.status)) &&
      (direction === undefined || message.direction === direction) &&
      (correlationId === undefined || message.correlationId === correlationId);
    let from = after;
    for (let more = true, kept = 0; more && kept <= first;) {
      const page = await results.page({
        where: { ...ofParts, ...arrivals(from, newestFirst) },
        orderBy: ['arrival'],
        descending: newestFirst,
        first: PARTS_TOGETHER,
      });
      from = page.entries.at(-1)?.document.arrival;
      more = page.hasNextPage;
      const ids = [...new Set(page.entries.map(({ document }) => document.message))];
      for (const stored of ids.length > 0 ? await messages.getMany(ids) : []) {
        if (!stored || !keeps(stored.document)) continue;
        found.set(stored.document.arrival, shown(stored.id, stored.document));
        kept += 1;
      }
    }
  }
  const sorted = [...found.values()].sort((a, b) => (newestFirst ? b.arrival - a.arrival : a.arrival - b.arrival));
  return { messages: sorted.slice(0, first), hasNextPage: sorted.length > first };
}

const PARTS_TOGETHER = 100;

function arrivals(after: number | undefined, newestFirst: boolean): { arrival?: { from?: number; to?: number } } {
  if (after === undefined) return {};
  return { arrival: newestFirst ? { to: after } : { from: after + 1 } };
}

async function pageOfResults(
  results: Collection<RecordResults>,
  message: string,
  round: number,
  { first, after, statuses }: ResultQuery,
): Promise<ResultPage> {
  const found: (RecordResult & { readonly at: ResultPlace })[] = [];
  let from = after?.[0] ?? 0;
  let past = after?.[1] ?? -1;
  while (found.length <= first) {
    const { entries } = await results.page({
      where: { message, round, part: { from }, ...(statuses && { statuses: { in: statuses } }) },
      orderBy: ['part'],
      first: 1,
    });
    const entry = entries[0];
    if (!entry) break;
    const { part, results: all } = entry.document;
    if (part !== from) past = -1;
    all.forEach((result, index) => {
      if (index > past && (!statuses || statuses.includes(result.status))) found.push({ ...result, at: [part, index] });
    });
    from = part + 1;
    past = -1;
  }
  return { results: found.slice(0, first), hasNextPage: found.length > first };
}

function shown(id: string, { body: _, ...message }: IntegrationMessage): FoundMessage {
  return { id, ...message };
}

/** Where the last whole character before `end` ends. */
function characterEnd(bytes: Buffer, end: number): number {
  for (let back = 1; back <= 3 && back <= end; back += 1) {
    const byte = bytes[end - back] ?? 0;
    if ((byte & 0xc0) === 0x80) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return length > back && end > back ? end - back : end;
  }
  return end;
}

import type { Stored } from '@takt/document-store';
import type { Clock, Handling } from '@takt/intake';
import { toUSVString } from 'node:util';
import type { Backlog } from './backlog.ts';
import type { Ends } from './ends.ts';
import type { Exchange } from './exchange.ts';
import { clipped } from './ids.ts';
import { HANDLINGS_KEPT, type IntegrationMessage } from './integration-message.ts';
import type { Journal } from './journal.ts';

/** What was asked of a message cannot be done; nothing was changed. */
export class MessageHandlingError extends Error {
  constructor(
    readonly code: 'UNKNOWN_MESSAGE' | 'NOT_FAILED' | 'OUTBOUND_MESSAGE' | 'UNKNOWN_INSTANCE' | 'BAD_HANDLING',
    message: string,
  ) {
    super(message);
    this.name = 'MessageHandlingError';
  }
}

export interface HandlerOptions {
  readonly journal: Journal;
  readonly ends: Ends;
  /** Of an instance that takes in reports. */
  readonly backlog: (system: string) => Backlog | undefined;
  readonly clock: Clock;
  /** Aborts when the exchange closes: nobody waits for room any more. */
  readonly closing: AbortSignal;
}

/** What people do about messages that were refused or could not be read. Throws {@link MessageHandlingError}. */
export function messageHandler(options: HandlerOptions): Pick<Exchange, 'retry' | 'discard'> {
  const { journal, ends, backlog, clock, closing } = options;
  return {
    async retry(id, input) {
      const handling = handlingOf('RETRIED', input, clock);
      const stored = await failed(journal, id);
      const waiting = backlog(stored.document.system);
      if (!waiting) {
        throw new MessageHandlingError(
          'UNKNOWN_INSTANCE',
          `No instance ${stored.document.system} takes in reports now.`,
        );
      }
      const room = await waiting.reserve(stored.document.bytes, true, closing);
      const again = { status: 'RECEIVED', round: stored.document.round + 1 } as const;
      const message = handled({ ...withoutEnd(stored.document), ...again }, handling);
      try {
        await replace(journal, stored, message);
      } catch (fault) {
        room.release();
        throw fault;
      }
      waiting.add({ id, message, isRedo: false }, room);
    },
    async discard(id, input) {
      const handling = handlingOf('DISCARDED', input, clock);
      const stored = await failed(journal, id);
      await replace(journal, stored, handled({ ...stored.document, status: 'DISCARDED' }, handling));
      ends.tell(id);
    },
  };
}

async function failed(journal: Journal, id: string): Promise<Stored<IntegrationMessage>> {
  const stored = await journal.find(id);
  if (!stored) throw new MessageHandlingError('UNKNOWN_MESSAGE', `There is no message ${clipped(id)}.`);
  const { direction, status } = stored.document;
  if (direction !== 'INBOUND') {
    throw new MessageHandlingError('OUTBOUND_MESSAGE', `The message ${clipped(id)} is a command to a system.`);
  }
  if (status !== 'REJECTED' && status !== 'DEAD_LETTERED') {
    const reason = `The message ${clipped(id)} is ${status}, neither REJECTED nor DEAD_LETTERED.`;
    throw new MessageHandlingError('NOT_FAILED', reason);
  }
  return stored;
}

async function replace(journal: Journal, stored: Stored<IntegrationMessage>, message: IntegrationMessage) {
  if (await journal.replace(stored, message)) return;
  throw new MessageHandlingError('NOT_FAILED', `The message ${clipped(stored.id)} is being handled by somebody else.`);
}

function withoutEnd(message: IntegrationMessage): IntegrationMessage {
  const rest: { -readonly [field in keyof IntegrationMessage]: IntegrationMessage[field] } = { ...message };
  delete rest.endedAt;
  delete rest.parsedAt;
  delete rest.refusal;
  return rest;
}

function handled(message: IntegrationMessage, handling: Handling): IntegrationMessage {
  return { ...message, handling: [...(message.handling ?? []), handling].slice(-HANDLINGS_KEPT) };
}

function handlingOf(
  action: Handling['action'],
  { by, reason }: Omit<Handling, 'action' | 'at'>,
  clock: Clock,
): Handling {
  assertText('Who decided it (by)', by, MAX_BY);
  assertText('Why (reason)', reason, MAX_REASON);
  return { action, by, reason, at: clock().toISOString() };
}

function assertText(name: string, text: unknown, longest: number): void {
  const isText = typeof text === 'string' && text.trim() !== '' && text.length <= longest && toUSVString(text) === text;
  if (!isText) throw new MessageHandlingError('BAD_HANDLING', `${name} must be said in 1 to ${longest} characters.`);
}

const MAX_BY = 200;
const MAX_REASON = 1000;

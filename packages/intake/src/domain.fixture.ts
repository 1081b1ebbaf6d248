import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLmdbStore } from '@takt/document-store';
import type { Collection, DocumentStore } from '@takt/document-store';
import { openEmbeddedLog } from '@takt/event-log';
import type { CloudEvent, EventLog } from '@takt/event-log';
import type { Governed } from './aggregate.ts';
import { inboundMessage } from './inbound-message.ts';
import type { MessageInput } from './inbound-message.ts';
import { openIntake } from './intake.ts';
import type { IntakeOptions, OpenIntake } from './intake.ts';
import type { InboundMessage } from './intake-port.ts';
import { tank } from './tank.fixture.ts';
import type { TankState } from './tank.fixture.ts';

/** A domain of tanks in a directory of its own, that can be closed, crashed and opened again. */
export interface TankDomain {
  readonly directory: string;
  readonly store: DocumentStore;
  readonly log: EventLog;
  readonly intake: OpenIntake;
  readonly tanks: Collection<Governed<TankState>>;
}

export const NOON = '2026-01-05T12:00:00.000Z';

export async function openTanks(
  options: Partial<IntakeOptions> & { readonly directory?: string } = {},
): Promise<TankDomain> {
  const { directory = await mkdtemp(join(tmpdir(), 'takt-intake-')), ...more } = options;
  const store = await openLmdbStore({ directory: join(directory, 'documents') });
  const log = await openEmbeddedLog({ directory: join(directory, 'events') });
  const intake = await openIntake({
    store,
    log,
    aggregates: [tank],
    clock: () => new Date(NOON),
    ...more,
  });
  return { directory, store, log, intake, tanks: await store.collection<Governed<TankState>>(tank.collection) };
}

export async function closeTanks({ intake, store, log }: TankDomain): Promise<void> {
  await intake.close();
  await store.close();
  await log.close();
}

export async function removeTanks(domain: TankDomain): Promise<void> {
  await closeTanks(domain);
  await rm(domain.directory, { recursive: true, force: true });
}

export function fill(id: string, tankName: string, litres: number, more: Partial<MessageInput> = {}): InboundMessage {
  return message({ id, type: 'FillTank', data: { tank: tankName, litres }, ...more });
}

export function gauge(id: string, tankName: string, litres: number, more: Partial<MessageInput> = {}): InboundMessage {
  return message({ id, type: 'TankGauged', data: { tank: tankName, litres }, ...more });
}

export function message(input: Omit<MessageInput, 'source'> & { readonly source?: string }): InboundMessage {
  return inboundMessage({ source: 'mes/hall-1', ...input }, () => new Date(NOON));
}

/** All events of the log, once `count` are there. */
export async function published({ log }: TankDomain, count: number): Promise<CloudEvent[]> {
  const events: CloudEvent[] = [];
  if (count === 0) return events;
  for await (const { event } of log.follow(0, AbortSignal.timeout(10_000))) {
    events.push(event);
    if (events.length === count) break;
  }
  return events;
}

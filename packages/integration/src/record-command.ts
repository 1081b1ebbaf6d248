import { createHash } from 'node:crypto';
import type { CommandSettled } from './exchange.ts';
import { clipped, integrationId } from './ids.ts';
import { INLINE_BYTES } from './integration-message.ts';
import type { Journal } from './journal.ts';
import { CHUNK_BYTES, CHUNKS_TOGETHER, type RawStore } from './raw.ts';

/** Keeps a command to a system as a message like those that come from there. */
export async function recordCommand(journal: Journal, raw: RawStore, settled: CommandSettled): Promise<void> {
  const { system, connector, entity, command, settlement, exchange, enqueuedAt, settledAt, wrongAnswers } = settled;
  const id = integrationId(system, command.id);
  const bytes = Buffer.from(JSON.stringify(command));
  const isSmall = bytes.length <= INLINE_BYTES;
  if (!isSmall) await writeRaw(raw, id, bytes);
  const { kind, reason = 'It gave no reason.' } = settlement;
  await journal.add(id, {
    system,
    connector,
    direction: 'OUTBOUND',
    key: command.id,
    correlationId: command.correlationid,
    name: command.type,
    mediaType: 'application/cloudevents+json',
    bytes: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    documentNumbers: command.subject === undefined ? [] : [command.subject],
    entities: command.subject === undefined ? [] : [`${entity}:${command.subject}`],
    status: kind === 'REFUSED' ? 'REJECTED' : kind,
    time: command.time,
    receivedAt: enqueuedAt,
    endedAt: settledAt,
    records: 1,
    counts: {
      applied: kind === 'APPLIED' ? 1 : 0,
      duplicate: 0,
      rejected: kind === 'REFUSED' ? 1 : 0,
      deadLettered: 0,
    },
    ...(kind === 'REFUSED' && { refusal: { code: 'REFUSED', reason: clipped(reason) } }),
    ...(exchange && {
      exchange: { sent: clipped(exchange.sent, MAX_EXCHANGE), answered: clipped(exchange.answered, MAX_EXCHANGE) },
    }),
    attempts: wrongAnswers + 1,
    round: 1,
    ...(isSmall && { body: bytes.toString('base64') }),
  });
}

async function writeRaw(raw: RawStore, id: string, bytes: Buffer): Promise<void> {
  const chunks = Array.from({ length: Math.ceil(bytes.length / CHUNK_BYTES) }, (_, index) =>
    bytes.subarray(index * CHUNK_BYTES, (index + 1) * CHUNK_BYTES),
  );
  for (let from = 0; from < chunks.length; from += CHUNKS_TOGETHER) {
    await raw.write(id, from, chunks.slice(from, from + CHUNKS_TOGETHER));
  }
}

const MAX_EXCHANGE = 8_000;

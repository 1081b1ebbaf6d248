import { Type } from '@sinclair/typebox';
import type { CloudEvent } from '@takt/event-log';
import { ConfirmationSchema } from './events.ts';
import { identifier, instant, text } from './messages.ts';
import type { ProductionOrder, WriteBack } from './order.ts';
import { without } from './without.ts';

const about = { id: identifier, sku: identifier, location: identifier };

/** Data of the commands that tell the owner of an order what became of it here. */
export const WriteBackCommands = {
  /** Release it for production. */
  ApplyOrderRelease: Type.Object(about, { additionalProperties: false }),
  ApplyConfirmation: Type.Object(
    { ...about, ...Type.Omit(ConfirmationSchema, ['writeBack']).properties },
    { additionalProperties: false },
  ),
  ApplyConfirmationReversal: Type.Object(
    { ...about, confirmation: identifier, reason: text, reversedAt: instant },
    { additionalProperties: false },
  ),
};

/** The command for a write-back; the same whenever it is asked for. Undefined if its confirmation is kept no more. */
export function writeBackCommand(
  order: ProductionOrder,
  { number, kind, confirmation: wanted }: WriteBack,
  correlationId?: string,
): CloudEvent | undefined {
  const { id, sku, location } = order;
  const command = `production-orders/${id}/write-back/${number}`;
  const about = { id, sku, location };
  const envelope = (type: keyof typeof WriteBackCommands, time: string, data: object): CloudEvent => ({
    specversion: '1.0',
    id: command,
    source: 'takt/production-orders',
    type,
    subject: id,
    time,
    datacontenttype: 'application/json',
    dataschema: `${type}.v1`,
    correlationid: correlationId ?? command,
    cause: 'REPORTED',
    data,
  });
  const confirmation = order.confirmations.find((each) => each.confirmation === wanted);
  if (kind === 'RELEASE') return envelope('ApplyOrderRelease', order.scheduledStart, about);
  if (!confirmation) return undefined;
  if (kind === 'CONFIRMATION') {
    const said = without(confirmation, 'reversal', 'writeBack');
    return envelope('ApplyConfirmation', confirmation.confirmedAt, { ...about, ...said });
  }
  const { reason, reversedAt } = confirmation.reversal ?? {};
  if (reason === undefined || reversedAt === undefined) return undefined;
  return envelope('ApplyConfirmationReversal', reversedAt, { ...about, confirmation: wanted, reason, reversedAt });
}

import { readInventoryEdifact } from './edifact/inventory.ts';
import { readOrderEdifact } from './edifact/order-response.ts';
import { readScheduleEdifact } from './edifact/schedule.ts';
import { readShipNoticeEdifact } from './edifact/ship-notice.ts';
import type { Message } from './envelope.ts';
import { ProblemError, type Head, type Line, type Problem, type Transaction } from './record.ts';
import { readInventoryX12 } from './x12/inventory.ts';
import { readOrderX12 } from './x12/order.ts';
import { readScheduleX12 } from './x12/schedule.ts';
import { readShipNoticeX12 } from './x12/ship-notice.ts';

/** What a message says; or why none of it can be used. */
export type ReadMessage =
  | { readonly kind: 'READ'; readonly head: Head; readonly lines: readonly Line[] }
  | { readonly kind: 'REFUSED'; readonly problem: Problem }
  | { readonly kind: 'UNSUPPORTED' }
  /** It answers what we sent: acknowledgements.ts reads it. */
  | { readonly kind: 'ACKNOWLEDGEMENT' };

export function readMessage(message: Message): ReadMessage {
  if (ACKNOWLEDGEMENTS.has(message.type)) return { kind: 'ACKNOWLEDGEMENT' };
  const read = READERS[message.type];
  if (read === undefined) return { kind: 'UNSUPPORTED' };
  try {
    return { kind: 'READ', ...read(message) };
  } catch (error) {
    if (error instanceof ProblemError) return { kind: 'REFUSED', problem: error.problem };
    throw error;
  }
}

const ACKNOWLEDGEMENTS = new Set(['997', '999', 'CONTRL']);

const READERS: Readonly<Record<string, (message: Message) => Transaction>> = {
  '830': readScheduleX12,
  '862': readScheduleX12,
  '850': readOrderX12,
  '855': readOrderX12,
  '865': readOrderX12,
  '856': readShipNoticeX12,
  '846': readInventoryX12,
  DELFOR: readScheduleEdifact,
  DELJIT: readScheduleEdifact,
  ORDERS: readOrderEdifact,
  ORDRSP: readOrderEdifact,
  DESADV: readShipNoticeEdifact,
  INVRPT: readInventoryEdifact,
};

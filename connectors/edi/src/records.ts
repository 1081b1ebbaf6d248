import { DocumentRejectedError } from '@takt/backing-system';
import type { SourceRecord } from '@takt/mapping';
import { readAcknowledgement } from './partner-acknowledgement.ts';
import type { ReadDocument } from './read-document.ts';
import type { LineData } from './record.ts';

/** What was found out about an interchange when it came in, and cannot be found out from its text alone. */
export interface Noted {
  readonly cumulativeMismatches: readonly { readonly place: string; readonly reason: string }[];
}

/**
 * One record for each line of each message, of the message's type: `{...head, standard, message, interchange, line}`
 * (record.ts). A line that is wrong is a fault and leaves the others alone; so is a message that cannot be used, or that
 * nobody here reads. Throws DocumentRejectedError if the envelopes are wrong.
 */
export function* recordsOf(document: ReadDocument, noted: Noted): Generator<SourceRecord> {
  const { interchange, messages, refusal } = document;
  if (refusal) throw new DocumentRejectedError(refusal.code, refusal.reason);
  const { standard, control, preparedAt } = interchange;
  const [sender, receiver] = [interchange.sender.id, interchange.receiver.id];
  for (const { place, reason } of noted.cumulativeMismatches)
    yield { place, fault: { code: 'CUMULATIVE_MISMATCH', reason } };
  for (const { message, read } of messages) {
    const { type, version } = message;
    const place = message.segments[0]?.place ?? '';
    if (read.kind === 'UNSUPPORTED') {
      yield { place, fault: { code: 'UNSUPPORTED_MESSAGE', reason: `Nobody here reads ${type.slice(0, 20)}.` } };
    } else if (read.kind === 'REFUSED') {
      yield { place: read.problem.segment.place, fault: { code: read.problem.kind, reason: read.problem.reason } };
    } else if (read.kind === 'ACKNOWLEDGEMENT') {
      for (const each of readAcknowledgement(message)) {
        if (!each.isAccepted)
          yield { place: each.segment.place, fault: { code: 'REFUSED_BY_PARTNER', reason: each.reason } };
      }
    } else {
      const head = {
        ...read.head,
        standard,
        message: { type, version, control: message.control },
        interchange: { control, sender, receiver, preparedAt },
      };
      for (const [index, line] of read.lines.entries()) {
        const at = line.segment.place;
        if ('problem' in line) {
          const { kind, reason, segment } = line.problem;
          yield { place: segment.place, fault: { code: kind, reason } };
        } else
          yield {
            place: at,
            type,
            data: { ...head, line: { index: index + 1, ...line.data } },
            documentNumbers: numbersOf(read.head.number, line.data),
          };
      }
    }
  }
}

function numbersOf(number: string, { order }: LineData): string[] {
  return order === undefined || order.number === number ? [number] : [number, order.number];
}

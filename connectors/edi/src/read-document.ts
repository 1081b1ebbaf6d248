import type { Message } from './envelope.ts';
import { readInterchange, type Interchange } from './interchange.ts';
import { readMessage, type ReadMessage } from './read-message.ts';

/** An interchange and what its messages say; messages are not read if its envelopes are wrong. */
export interface ReadDocument {
  readonly interchange: Interchange;
  readonly messages: readonly { readonly message: Message; readonly read: ReadMessage }[];
  /** Why nothing of it may be used. */
  readonly refusal?: Refusal | undefined;
}

interface Refusal {
  readonly code:
    | 'NOT_AN_INTERCHANGE'
    | 'TRUNCATED'
    | 'UNEXPECTED_SEGMENT'
    | 'REFERENCE_MISMATCH'
    | 'COUNT_MISMATCH'
    | 'CONTROL_NUMBER_REPEATED'
    | 'TEST_INTERCHANGE';
  readonly reason: string;
}

export interface ReadOptions {
  /** Its control number was another interchange's before. */
  readonly isRepeated: boolean;
  /** Whether those are taken that say they are tests. */
  readonly takesTests: boolean;
}

/** Pure, and never throws for what is in the text. */
export function readDocument(text: string, { isRepeated, takesTests }: ReadOptions): ReadDocument {
  const interchange = readInterchange(text);
  const refusal = refusalOf(interchange, isRepeated, takesTests);
  if (refusal) return { interchange, messages: [], refusal };
  const messages = interchange.groups.flatMap((group) =>
    group.messages.map((message) => ({ message, read: readMessage(message) })),
  );
  return { interchange, messages };
}

function refusalOf(interchange: Interchange, isRepeated: boolean, takesTests: boolean): Refusal | undefined {
  const [fault, ...others] = interchange.faults;
  if (fault) {
    const { segment, message, reason } = fault;
    const where = segment ? `${segment.place} at character ${segment.offset + 1}` : 'beginning';
    const within = message ? `, message ${message.control}` : '';
    const more = others.length > 0 ? ` And ${others.length} more.` : '';
    return { code: CODES[fault.kind], reason: `${where}${within}: ${reason}${more}` };
  }
  const { sender, control, isTest, header } = interchange;
  const name = `${header?.place ?? ''}: interchange ${control} of ${sender.id}`;
  if (isRepeated) return { code: 'CONTROL_NUMBER_REPEATED', reason: `${name} came before with other content.` };
  if (isTest && !takesTests) return { code: 'TEST_INTERCHANGE', reason: `${name} says that it is a test.` };
  return undefined;
}

const CODES = {
  DELIMITERS: 'NOT_AN_INTERCHANGE',
  TRUNCATED: 'TRUNCATED',
  UNEXPECTED: 'UNEXPECTED_SEGMENT',
  REFERENCE: 'REFERENCE_MISMATCH',
  COUNT: 'COUNT_MISMATCH',
} as const;

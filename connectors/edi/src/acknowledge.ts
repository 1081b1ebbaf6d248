import { acknowledgeEdifact } from './acknowledge-edifact.ts';
import { acknowledgeX12 } from './acknowledge-x12.ts';
import type { ReadDocument } from './read-document.ts';

/** Number and time of an acknowledgement of ours. */
export interface Issue {
  readonly control: number;
  readonly at: Date;
}

/**
 * Writes what a partner is answered, by the rules of syntax: whether domains apply what it says is not their business.
 * Undefined for what cannot be answered, or is an answer itself. Pure: the same issue gives the same bytes.
 */
export function acknowledgementOf(document: ReadDocument): ((issue: Issue) => string) | undefined {
  const { interchange, messages } = document;
  const { standard, sender, control } = interchange;
  if (standard === undefined || sender.id === '' || control === '') return undefined;
  const isAnswer = messages.length > 0 && messages.every(({ read }) => read.kind === 'ACKNOWLEDGEMENT');
  // Envelopes that are wrong leave messages unread: nobody answers an answer, however it is wrapped.
  const looksLikeAnswer = interchange.groups.some(
    ({ code, messages: inside }) => code === 'FA' || inside.some(({ type }) => type === 'CONTRL'),
  );
  if (isAnswer || looksLikeAnswer || isOnlyTa1(document)) return undefined;
  return standard === 'X12' ? acknowledgeX12(document) : acknowledgeEdifact(document);
}

function isOnlyTa1({ interchange, refusal }: ReadDocument): boolean {
  return refusal === undefined && interchange.groups.length === 0;
}

/** Problems told of one message: more say nothing new. */
export const PROBLEMS_ANSWERED = 100;

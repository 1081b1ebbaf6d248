import { isLess, plus, ZERO } from './schedules.ts';
import type { Answer, Reply } from './record.ts';

/** An answer as coded, and what its code means. */
export type CodedAnswer = Answer & { readonly means: Reply['confirmation'] };

/**
 * What the answers to one order line come to: all of a kind, that kind; some accepted and some not, PARTIAL. What is promised
 * is the sum of what is accepted, on the last of its days; of a backorder alone, what is backordered.
 */
export function replyOf(answers: readonly CodedAnswer[]): Reply | undefined {
  const accepted = answers.filter(
    ({ means }) => means === 'ACCEPTED' || means === 'ACCEPTED_WITH_CHANGE' || means === 'PARTIAL',
  );
  const backordered = answers.filter(({ means }) => means === 'BACKORDERED');
  const [first] = answers;
  if (first === undefined) return undefined;
  if (accepted.length === 0 && backordered.length === 0) {
    const isRejected = answers.some(({ means }) => means === 'REJECTED');
    return { confirmation: isRejected ? 'REJECTED' : 'PENDING', reason: `Answered ${codes(answers)}.` };
  }
  const promised = accepted.length > 0 ? accepted : backordered;
  const told = {
    committed: sumOf(promised),
    committedOn:
      promised
        .map(({ date }) => date ?? '')
        .sort()
        .at(-1) || undefined,
    reason: `Answered ${codes(answers)}.`,
  };
  if (accepted.length === 0) return { confirmation: 'BACKORDERED', ...told };
  const isPart = accepted.length < answers.length || accepted.some(({ means }) => means === 'PARTIAL');
  if (isPart) return { confirmation: 'PARTIAL', ...told };
  const isChanged = accepted.some(({ means }) => means === 'ACCEPTED_WITH_CHANGE');
  return { confirmation: isChanged ? 'ACCEPTED_WITH_CHANGE' : 'ACCEPTED', ...told };
}

/** Undefined unless each of them tells a quantity. */
function sumOf(answers: readonly CodedAnswer[]): string | undefined {
  let sum = ZERO;
  for (const { quantity } of answers) {
    if (quantity === undefined) return undefined;
    sum = plus(sum, quantity);
  }
  return isLess(ZERO, sum) ? sum : undefined;
}

function codes(answers: readonly CodedAnswer[]): string {
  return [...new Set(answers.map(({ code }) => code))].join(', ');
}

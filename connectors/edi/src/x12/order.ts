import type { Message } from '../envelope.ts';
import type { Head, LineData, Reply, Transaction } from '../record.ts';
import { replyOf, type CodedAnswer } from '../reply.ts';
import type { Segment } from '../segment.ts';
import { amount, date, fail, quoted, readLines, required, requiredAmount, sections, text } from '../values.ts';
import { asideOf, orderOf, pairsOf, partiesOf } from './elements.ts';

/** 850, purchase order; 855, its acknowledgement; 865, that of its change. Throws ProblemError. */
export function readOrderX12({ type, segments }: Message): Transaction {
  const { begins, line } = type === '850' ? BEGINS[850] : type === '855' ? BEGINS[855] : BEGINS[865];
  const { head: before, parts } = sections(segments.slice(1, -1), line, ['CTT']);
  const begin = before.find(({ tag }) => tag === begins);
  if (begin === undefined) return fail(segments[0] as Segment, 'MISSING_SEGMENT', `There is no ${begins} in it`);
  const number = required(begin, 3);
  const head: Head = {
    number,
    purpose: text(begin, 1),
    order: number,
    release: text(begin, 4 + (type === '855' ? 1 : 0)),
    date: date(begin, type === '850' ? 5 : type === '855' ? 4 : 6),
    parties: partiesOf(before),
  };
  const whole = type === '850' ? undefined : OF_ALL[required(begin, 2)];
  if (parts.length === 0 && type !== '855') fail(begin, 'MISSING_SEGMENT', `No ${line} follows it`);
  return { head, lines: readLines(parts, (part, first) => lineOf(part, first, number, whole)) };
}

const BEGINS = {
  850: { begins: 'BEG', line: 'PO1' },
  855: { begins: 'BAK', line: 'PO1' },
  865: { begins: 'BCA', line: 'POC' },
} as const;

/** X12 element 587, where lines do not answer themselves. */
const OF_ALL: Readonly<Record<string, Reply['confirmation']>> = {
  AC: 'ACCEPTED_WITH_CHANGE',
  AD: 'ACCEPTED',
  AE: 'ACCEPTED_WITH_CHANGE',
  AK: 'PENDING',
  AT: 'ACCEPTED',
  RD: 'REJECTED',
  RF: 'REJECTED',
  RJ: 'REJECTED',
  RO: 'REJECTED',
};

const KNOWN = new Set(['PO1', 'POC', 'ACK', 'N1']);

function lineOf(
  part: readonly Segment[],
  first: Segment,
  order: string,
  whole: Reply['confirmation'] | undefined,
): LineData {
  const isChange = first.tag === 'POC';
  const { item, line } = pairsOf(first, isChange ? 8 : 6);
  const number = text(first, 1);
  const ordered = amount(first, isChange ? 3 : 2);
  const answers = part.filter(({ tag }) => tag === 'ACK').map(answerOf);
  const units = part.filter(({ tag }) => tag === 'ACK').map((ack) => text(ack, 3));
  const unit = text(first, isChange ? 5 : 3) ?? units.find(Boolean);
  const other = part.find((each) => each.tag === 'ACK' && (text(each, 3) ?? unit) !== unit);
  if (other) fail(other, 'CONTRADICTION', `The line is in ${unit ?? ''}, its answer is not`, 3);
  return {
    number,
    order: orderOf(order, line ?? number),
    item,
    unit,
    ordered,
    answers: answers.map(({ code, quantity, date: on }) => ({ code, quantity, date: on })),
    reply: replyOf(answers) ?? (whole && { confirmation: whole }),
    aside: asideOf(part, KNOWN),
  };
}

function answerOf(ack: Segment): CodedAnswer {
  const code = required(ack, 1);
  const means = MEANINGS[code] ?? fail(ack, 'BAD_CODE', `${quoted(code)} is no line item status`, 1);
  const quantity = text(ack, 2) === undefined ? undefined : requiredAmount(ack, 2);
  return { code, means, quantity, date: date(ack, 5) };
}

/** X12 element 668. Another price is no change of what is supplied when. */
const MEANINGS: Readonly<Record<string, Reply['confirmation']>> = {
  AC: 'ACCEPTED',
  AR: 'ACCEPTED',
  BP: 'PARTIAL',
  DR: 'ACCEPTED_WITH_CHANGE',
  IA: 'ACCEPTED',
  IB: 'BACKORDERED',
  IC: 'ACCEPTED_WITH_CHANGE',
  ID: 'REJECTED',
  IE: 'ACCEPTED',
  IF: 'PENDING',
  IH: 'PENDING',
  IP: 'ACCEPTED',
  IQ: 'ACCEPTED_WITH_CHANGE',
  IR: 'REJECTED',
  IS: 'ACCEPTED_WITH_CHANGE',
  IW: 'PENDING',
  R1: 'REJECTED',
  R2: 'REJECTED',
  R3: 'REJECTED',
  R4: 'REJECTED',
  R5: 'REJECTED',
  R6: 'REJECTED',
  SP: 'ACCEPTED',
};

import type { Message } from '../envelope.ts';
import type { Head, LineData, Reply, Transaction } from '../record.ts';
import { replyOf, type CodedAnswer } from '../reply.ts';
import type { Segment } from '../segment.ts';
import { fail, quoted, readLines, requiredAmount, sections, text } from '../values.ts';
import { asideOf, dated, dayOf, documentNumber, itemOf, orderOf, partiesOf, reference } from './elements.ts';

/** ORDRSP, purchase order response, and ORDERS, the order itself. Throws ProblemError. */
export function readOrderEdifact({ type, segments }: Message): Transaction {
  const body = segments.slice(0, -1);
  const { bgm, number } = documentNumber(body);
  const { head: before, parts } = sections(body, 'LIN', ['UNS', 'CNT']);
  const isReply = type === 'ORDRSP';
  const head: Head = {
    number,
    purpose: text(bgm, 3),
    date: dated(before, ['137']),
    order: isReply ? reference(before, ['ON'])?.number : number,
    parties: partiesOf(before),
  };
  const whole = isReply ? OF_ALL[text(bgm, 3) ?? ''] : undefined;
  return { head, lines: readLines(parts, (part, lin) => lineOf(part, lin, head, isReply, whole)) };
}

/** 1225, where lines do not say what is done with them. */
const OF_ALL: Readonly<Record<string, Reply['confirmation']>> = {
  '27': 'REJECTED',
  '29': 'ACCEPTED',
  '12': 'PENDING',
  '34': 'ACCEPTED',
};

const KNOWN = new Set(['LIN', 'PIA', 'QTY', 'DTM', 'RFF', 'NAD']);

function lineOf(
  part: readonly Segment[],
  lin: Segment,
  head: Head,
  isReply: boolean,
  whole: Reply['confirmation'] | undefined,
): LineData {
  const quantities = part.filter(({ tag }) => tag === 'QTY');
  const units = [...new Set(quantities.flatMap((qty) => text(qty, 1, 3) ?? []))];
  if (units.length > 1) fail(lin, 'CONTRADICTION', `Its quantities are in ${units.join(' and ')}`);
  const order = quantities.find((qty) => qty.value(1) === '21');
  const ordered = order && requiredAmount(order, 1, 2);
  const answers = isReply ? answersOf(part, lin, whole, ordered) : [];
  return {
    number: text(lin, 1),
    order: orderOf(part, head.order, text(lin, 1)),
    item: itemOf(part),
    unit: units[0] ?? 'PCE',
    ordered,
    answers: answers.map(({ code, quantity, date }) => ({ code, quantity, date })),
    reply: replyOf(answers),
    aside: asideOf(part, KNOWN),
  };
}

/** Each quantity that is promised is an answer, with the day behind it or else of the line. */
function answersOf(
  part: readonly Segment[],
  lin: Segment,
  whole: Reply['confirmation'] | undefined,
  ordered: string | undefined,
): CodedAnswer[] {
  const code = text(lin, 2) ?? '';
  const told = code === '' ? whole : MEANINGS[code];
  if (told === undefined) {
    return fail(
      lin,
      'BAD_CODE',
      code === '' ? 'Neither it nor BGM says what is answered' : `${quoted(code)} is no action`,
      2,
    );
  }
  const day = dated(part, [...PROMISED]);
  const answers: (CodedAnswer & { date?: string | undefined })[] = [];
  for (const segment of part) {
    if (segment.tag === 'QTY') {
      const means = segment.value(1) === '83' ? 'BACKORDERED' : ANSWERING.has(segment.value(1)) ? told : undefined;
      if (means) answers.push({ code: code || 'BGM', means, quantity: requiredAmount(segment, 1, 2) });
    } else if (segment.tag === 'DTM' && PROMISED.has(segment.value(1))) {
      const last = answers.at(-1);
      if (last && last.date === undefined) answers[answers.length - 1] = { ...last, date: dayOf(segment).from };
    }
  }
  if (answers.length > 0) return answers.map((each) => ({ ...each, date: each.date ?? day }));
  return [{ code: code || 'BGM', means: told, quantity: told === 'REJECTED' ? undefined : ordered, date: day }];
}

/** 1229. */
const MEANINGS: Readonly<Record<string, Reply['confirmation']>> = {
  '2': 'REJECTED',
  '3': 'ACCEPTED_WITH_CHANGE',
  '4': 'PENDING',
  '5': 'ACCEPTED',
  '6': 'ACCEPTED_WITH_CHANGE',
  '7': 'REJECTED',
  '10': 'REJECTED',
};
/** 6063: despatch, to be delivered, committed. */
const ANSWERING = new Set(['12', '66', '113']);
/** 2005: delivery as scheduled, as promised, estimated; as requested, where it is repeated. */
const PROMISED = new Set(['67', '69', '17', '2']);

import { PROBLEMS_ANSWERED, type Issue } from './acknowledge.ts';
import { isUsed, problemsOf } from './acknowledge-x12.ts';
import type { Message } from './envelope.ts';
import type { Partner } from './interchange.ts';
import type { ReadDocument } from './read-document.ts';
import type { ReadMessage } from './read-message.ts';
import type { Problem } from './record.ts';
import { writeEdifact, type EdifactText, type SegmentText } from './write.ts';

/**
 * CONTRL (ISO 9735, syntax version 3): action 4 for the interchange where its envelopes are wrong, else 7, and 4 for each
 * message of which nothing is used. Codes are of data element 0085.
 */
export function acknowledgeEdifact(document: ReadDocument): (issue: Issue) => string {
  const { interchange, messages, refusal } = document;
  const { sender, receiver, control: reference } = interchange;
  const [code, tag] = interchangeError(document);
  const uci: SegmentText = ['UCI', reference, party(sender), party(receiver), ...(refusal ? ['4', code, tag] : ['7'])];
  const inGroups = interchange.groups.filter(({ header }) => header !== undefined);
  const body: SegmentText[] = [];
  if (!refusal && inGroups.length === 0) {
    for (const { message, read } of messages) body.push(...ofMessage(message, read));
  } else if (!refusal) {
    const reads = new Map(messages.map(({ message, read }) => [message, read]));
    for (const group of inGroups) {
      const [from, to] = [group.header?.value(2) ?? '', group.header?.value(3) ?? ''];
      body.push(['UCF', group.control, from, to, '7']);
      for (const message of group.messages) body.push(...ofMessage(message, reads.get(message)));
    }
  }
  return issued({
    sender: receiver,
    receiver: sender,
    isTest: interchange.isTest && refusal?.code !== 'TEST_INTERCHANGE',
    messages: [{ type: 'CONTRL', version: 'D:3:UN', control: '1', segments: [uci, ...body] }],
  });
}

/** Holds on to nothing but its answer: the document may be large, and its end far away. */
function issued(answer: Omit<EdifactText, 'control' | 'at'>) {
  return ({ control, at }: Issue): string => writeEdifact({ ...answer, control: String(control), at });
}

function party({ id, qualifier }: Partner): string | string[] {
  return qualifier === '' ? id : [id, qualifier];
}

function interchangeError({ interchange, refusal }: ReadDocument): [code: string, tag: string] {
  if (refusal?.code === 'CONTROL_NUMBER_REPEATED') return ['26', 'UNB'];
  if (refusal?.code === 'TEST_INTERCHANGE') return ['25', 'UNB'];
  const [fault] = interchange.faults;
  if (!fault) return ['18', 'UNB'];
  const code = { DELIMITERS: '22', TRUNCATED: '13', UNEXPECTED: '15', REFERENCE: '28', COUNT: '29' }[fault.kind];
  const missing = { INTERCHANGE: 'UNZ', GROUP: 'UNE', MESSAGE: 'UNT' }[fault.level];
  return [code, fault.kind === 'TRUNCATED' ? missing : (fault.segment?.tag.slice(0, 3) ?? 'UNB')];
}

function ofMessage(message: Message, read: ReadMessage | undefined): SegmentText[] {
  if (read === undefined || read.kind === 'ACKNOWLEDGEMENT') return [];
  const problems = problemsOf(read);
  if (read.kind === 'READ' && problems.length === 0) return [];
  const unh = message.segments[0];
  const identifier = [1, 2, 3, 4].map((component) => unh?.value(2, component) ?? '');
  const isRefused = read.kind === 'UNSUPPORTED' || !isUsed(read);
  const ucm: SegmentText = [
    'UCM',
    message.control,
    identifier,
    isRefused ? '4' : '7',
    ...(read.kind === 'UNSUPPORTED' ? ['17'] : []),
  ];
  return [ucm, ...problems.slice(0, PROBLEMS_ANSWERED).flatMap((problem) => ofProblem(problem, message))];
}

function ofProblem({ segment, element, component, kind }: Problem, message: Message): SegmentText[] {
  const position = String(segment.number - (message.segments[0]?.number ?? 1) + 1);
  const code = CODES[kind];
  if (element === undefined) return [['UCS', position, code]];
  // 0098 counts the tag as the first.
  const place = component === undefined ? [String(element + 1)] : [String(element + 1), String(component)];
  return [
    ['UCS', position],
    ['UCD', code, place],
  ];
}

const CODES: Readonly<Record<Problem['kind'], string>> = {
  MISSING_ELEMENT: '13',
  MISSING_SEGMENT: '13',
  BAD_DATE: '12',
  BAD_CODE: '12',
  BAD_NUMBER: '37',
  CONTRADICTION: '12',
};

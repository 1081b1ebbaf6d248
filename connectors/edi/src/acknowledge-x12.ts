import { PROBLEMS_ANSWERED, type Issue } from './acknowledge.ts';
import type { EnvelopeFault, Group, Message } from './envelope.ts';
import type { ReadDocument } from './read-document.ts';
import type { ReadMessage } from './read-message.ts';
import type { Problem } from './record.ts';
import { writeX12, type MessageText, type SegmentText, type X12Text } from './write.ts';

/**
 * TA1 for what is wrong with the interchange, else a 997 for each group (999 where the group is of 005010X, an
 * implementation guide). One count or reference that is wrong makes all of it unusable, so all of it is rejected.
 */
export function acknowledgeX12(document: ReadDocument): (issue: Issue) => string {
  const { interchange, refusal } = document;
  const { sender, receiver, header, groups } = interchange;
  const ta1 = interchangeCode(document);
  const told: SegmentText[] = [];
  if (ta1 !== undefined || interchange.wantsAcknowledgement) {
    const [date, time] = [header?.plain(9) ?? '', header?.plain(10) ?? ''];
    told.push(['TA1', interchange.control, date, time, ta1 === undefined ? 'A' : 'R', ta1 ?? '000']);
  }
  const answered = ta1 === undefined ? groups.filter(({ code }) => code !== 'FA') : [];
  const reads = new Map(document.messages.map(({ message, read }) => [message, read]));
  const version = groups[0]?.header?.value(8);
  return issued({
    sender: receiver,
    receiver: sender,
    version: version !== undefined && /^\d{6}/.test(version) ? version : '004010',
    isTest: interchange.isTest && refusal?.code !== 'TEST_INTERCHANGE',
    acknowledgements: told,
    messages: answered.map((group, index) => ofGroup(group, document, reads, String(index + 1).padStart(4, '0'))),
  });
}

/** Holds on to nothing but its answer: the document may be large, and its end far away. */
function issued(answer: Omit<X12Text, 'control' | 'at' | 'groups'> & { readonly messages: readonly MessageText[] }) {
  return ({ control, at }: Issue): string => {
    const { messages, ...envelope } = answer;
    const number = String(control);
    const groups = messages.length === 0 ? [] : [{ code: 'FA', control: number, messages }];
    return writeX12({ ...envelope, control: number, at, groups });
  };
}

/** TA105; undefined unless the fault is of the interchange itself. */
function interchangeCode({ interchange, refusal }: ReadDocument): string | undefined {
  if (refusal?.code === 'CONTROL_NUMBER_REPEATED') return '025';
  if (refusal?.code === 'TEST_INTERCHANGE') return '020';
  const fault = interchange.faults.find(({ level, kind }) => level === 'INTERCHANGE' || kind === 'TRUNCATED');
  return (
    fault && { DELIMITERS: '022', TRUNCATED: '023', UNEXPECTED: '022', REFERENCE: '001', COUNT: '021' }[fault.kind]
  );
}

type Reads = ReadonlyMap<Message, ReadMessage>;

function ofGroup(group: Group, document: ReadDocument, reads: Reads, control: string): MessageText {
  const version = group.header?.value(8) ?? '';
  const is999 = version.startsWith('005010X');
  const { faults } = document.interchange;
  const answers = group.messages.map((message) => ofMessage(message, document, reads.get(message), is999));
  const accepted = answers.filter(({ code }) => code === 'A' || code === 'E').length;
  const received = group.messages.length;
  const worst = accepted === 0 ? 'R' : accepted < received ? 'P' : answers.some(({ code }) => code === 'E') ? 'E' : 'A';
  const codes = faults
    .filter((fault) => fault.level === 'GROUP' && fault.group === group)
    .map(({ kind }) => (kind === 'COUNT' ? '5' : '4'));
  return {
    type: is999 ? '999' : '997',
    control,
    segments: [
      is999 ? ['AK1', group.code, group.control, version] : ['AK1', group.code, group.control],
      ...answers.flatMap(({ segments }) => segments),
      ['AK9', worst, statedCount(group, faults, received), String(received), String(accepted), ...codes],
    ],
  };
}

/** AK902 repeats GE01, as it was told. */
function statedCount(group: Group, faults: readonly EnvelopeFault[], received: number): string {
  const fault = faults.find((each) => each.level === 'GROUP' && each.group === group && each.kind === 'COUNT');
  const told = fault?.segment?.value(1) ?? '';
  return /^\d{1,6}$/.test(told) ? told : String(received);
}

function ofMessage(
  message: Message,
  { refusal, interchange }: ReadDocument,
  read: ReadMessage | undefined,
  is999: boolean,
): { code: string; segments: SegmentText[] } {
  const [third, fifth] = is999 ? ['IK3', 'IK5'] : ['AK3', 'AK5'];
  const begin: SegmentText = ['AK2', message.type.slice(0, 3), message.control];
  if (refusal) {
    const own = interchange.faults
      .filter((fault) => fault.message === message)
      .map(({ kind }) => (kind === 'COUNT' ? '4' : '3'));
    return { code: 'R', segments: [begin, [fifth, 'R', ...own]] };
  }
  if (read === undefined || read.kind === 'UNSUPPORTED') return { code: 'R', segments: [begin, [fifth, 'R', '1']] };
  const problems = problemsOf(read);
  const code = problems.length === 0 ? 'A' : isUsed(read) ? 'E' : 'R';
  const told = problems
    .slice(0, PROBLEMS_ANSWERED)
    .flatMap((problem) => ofProblem(problem, message, third, is999 ? 'IK4' : 'AK4'));
  return { code, segments: [begin, ...told, code === 'A' ? [fifth, 'A'] : [fifth, code, '5']] };
}

export function problemsOf(read: ReadMessage): Problem[] {
  if (read.kind === 'REFUSED') return [read.problem];
  return read.kind === 'READ' ? read.lines.flatMap((line) => ('problem' in line ? [line.problem] : [])) : [];
}

/** Whether anything of it is used. */
export function isUsed(read: ReadMessage): boolean {
  return read.kind === 'READ' && (read.lines.length === 0 || read.lines.some((line) => 'data' in line));
}

function ofProblem(problem: Problem, message: Message, third: string, fourth: string): SegmentText[] {
  const { segment, element, component, kind } = problem;
  const position = segment.number - (message.segments[0]?.number ?? 1) + 1;
  const isElement = element !== undefined;
  const head: SegmentText = [
    third,
    segment.tag.slice(0, 3),
    String(position),
    '',
    isElement ? '8' : kind === 'MISSING_SEGMENT' ? '3' : '2',
  ];
  if (!isElement) return [head];
  const code = {
    MISSING_ELEMENT: '1',
    BAD_DATE: '8',
    BAD_NUMBER: '6',
    BAD_CODE: '7',
    MISSING_SEGMENT: '1',
    CONTRADICTION: '7',
  }[kind];
  const place = component !== undefined && component > 1 ? [String(element), String(component)] : String(element);
  const bad = segment.value(element, component).slice(0, 99);
  return [head, bad === '' ? [fourth, place, '', code] : [fourth, place, '', code, bad]];
}

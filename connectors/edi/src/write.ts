import type { Syntax } from './segment.ts';

/** Tag and elements; an element of several components is a list. */
export type SegmentText = readonly [tag: string, ...elements: (string | readonly string[])[]];

export interface MessageText {
  readonly type: string;
  readonly control: string;
  /** Of EDIFACT: version, release and agency, `D:96A:UN` unless set. */
  readonly version?: string;
  /** Without header and trailer. */
  readonly segments: readonly SegmentText[];
}

interface Envelope {
  readonly sender: { readonly qualifier: string; readonly id: string };
  readonly receiver: { readonly qualifier: string; readonly id: string };
  readonly control: string;
  readonly at: Date;
  readonly isTest?: boolean;
  readonly syntax?: Syntax;
}

export interface X12Text extends Envelope {
  /** ISA12 and GS08: `00401` and `004010` unless set. */
  readonly version?: string;
  /** Stand between ISA and the first group. */
  readonly acknowledgements?: readonly SegmentText[];
  readonly groups: readonly {
    readonly code: string;
    readonly control: string;
    readonly messages: readonly MessageText[];
  }[];
}

export interface EdifactText extends Envelope {
  /** Syntax identifier and version, `UNOC:3` unless set. */
  readonly level?: string;
  readonly messages: readonly MessageText[];
}

export const X12_SYNTAX: Syntax = { element: '*', component: '>', terminator: '~' };
export const EDIFACT_SYNTAX: Syntax = { element: '+', component: ':', terminator: "'", release: '?' };

/** An interchange with counts and references that are right, one segment a line. */
export function writeX12(text: X12Text): string {
  const { sender, receiver, control, at, isTest = false, syntax = X12_SYNTAX, version = '004010', groups } = text;
  const { element, component, repetition = 'U' } = syntax;
  const [date, time] = stamps(at);
  const isa = [
    ...['ISA', '00', ' '.repeat(10), '00', ' '.repeat(10)],
    ...[sender.qualifier.padEnd(2), sender.id.padEnd(15), receiver.qualifier.padEnd(2), receiver.id.padEnd(15)],
    ...[date.slice(2), time, repetition, version.slice(0, 5), control.padStart(9, '0')],
    ...['0', isTest ? 'T' : 'P', component],
  ];
  const body = groups.flatMap((group): SegmentText[] => [
    ['GS', group.code, sender.id, receiver.id, date, time, group.control, 'X', version],
    ...group.messages.flatMap(({ type, control: own, segments }): SegmentText[] => [
      ['ST', type, own],
      ...segments,
      ['SE', String(segments.length + 2), own],
    ]),
    ['GE', String(group.messages.length), group.control],
  ]);
  const rest: SegmentText[] = [
    ...(text.acknowledgements ?? []),
    ...body,
    ['IEA', String(groups.length), control.padStart(9, '0')],
  ];
  return isa.join(element) + endOf(syntax) + writeSegments(rest, syntax);
}

/** As writeX12; UNA is written unless the delimiters are the default. */
export function writeEdifact(text: EdifactText): string {
  const { sender, receiver, control, at, isTest = false, syntax = EDIFACT_SYNTAX, level = 'UNOC:3', messages } = text;
  const { component, element, release = ' ', repetition = ' ', terminator } = syntax;
  const isDefault = `${component}${element}${release}${terminator}` === ":+?'";
  const una = isDefault ? '' : `UNA${component}${element}.${release}${repetition}${terminator}${breakOf(syntax)}`;
  const [date, time] = stamps(at);
  const party = ({ qualifier, id }: Envelope['sender']) => (qualifier === '' ? id : [id, qualifier]);
  const unb: SegmentText = [
    ...(['UNB', level.split(':'), party(sender), party(receiver), [date.slice(2), time], control] as const),
    ...(isTest ? ['', '', '', '', '', '1'] : []),
  ];
  const body = messages.flatMap(({ type, control: own, version = 'D:96A:UN', segments }): SegmentText[] => [
    ['UNH', own, [type, ...version.split(':')]],
    ...segments,
    ['UNT', String(segments.length + 2), own],
  ]);
  return una + writeSegments([unb, ...body, ['UNZ', String(messages.length), control]], syntax);
}

/** X12 cannot say its own delimiters: they become spaces there. */
export function writeSegments(segments: readonly SegmentText[], syntax: Syntax): string {
  const { element, component, terminator, repetition, release } = syntax;
  const special = new Set([element, component, terminator, repetition, release].filter((each) => each !== undefined));
  const said = (text: string) => {
    let safe = '';
    for (const character of text)
      safe += !special.has(character) ? character : release === undefined ? ' ' : release + character;
    return safe;
  };
  const end = endOf(syntax);
  let text = '';
  for (const [tag, ...elements] of segments) {
    const written = elements.map((each) => (typeof each === 'string' ? said(each) : each.map(said).join(component)));
    while (written.at(-1) === '') written.pop();
    text += [tag, ...written].join(element) + end;
  }
  return text;
}

function endOf(syntax: Syntax): string {
  return syntax.terminator + breakOf(syntax);
}

function breakOf({ terminator }: Syntax): string {
  return terminator === '\n' || terminator === '\r' ? '' : '\n';
}

/** CCYYMMDD and HHMM, UTC. */
function stamps(at: Date): [string, string] {
  const iso = at.toISOString();
  return [iso.slice(0, 10).replaceAll('-', ''), iso.slice(11, 16).replace(':', '')];
}

import type { Syntax } from './segment.ts';

export type Standard = 'X12' | 'EDIFACT';

export interface Start {
  readonly standard: Standard;
  readonly syntax: Syntax;
  /** Where its first segment begins: behind UNA. */
  readonly from: number;
}

/**
 * How an interchange is written, from its first characters: positions in ISA are fixed (X12.5), UNA states five characters
 * and a reserved one (ISO 9735). Answers what is wrong with them as a text.
 */
export function readStart(text: string): Start | string {
  const from = /^[\s\0\uFEFF]*/.exec(text)?.[0].length ?? 0;
  const tag = text.slice(from, from + 3);
  if (tag === 'ISA') return startOfX12(text, from);
  if (tag === 'UNA' || tag === 'UNB') return startOfEdifact(text, from, tag === 'UNA');
  return 'It begins with neither ISA, UNA nor UNB.';
}

/** Lengths of ISA01 to ISA16. */
const ISA_LENGTHS = [2, 10, 2, 10, 2, 15, 2, 15, 6, 4, 1, 5, 9, 1, 1, 1];
const ISA_CHARACTERS = 106;

function startOfX12(text: string, from: number): Start | string {
  const isa = text.slice(from, from + ISA_CHARACTERS);
  if (isa.length < ISA_CHARACTERS) return `ISA ends after ${isa.length} of ${ISA_CHARACTERS} characters.`;
  const element = isa.charAt(3);
  let at = 3;
  for (const [index, length] of ISA_LENGTHS.entries()) {
    const name = `ISA${String(index + 1).padStart(2, '0')}`;
    if (isa[at] !== element) return `${name} does not begin at its place, character ${at + 2} of ISA.`;
    const end = at + 1 + length;
    if (isa.slice(at + 1, end).includes(element)) return `${name} is shorter than ${length} characters.`;
    at = end;
  }
  // ISA11 was the standards identifier, U, before 00402.
  const told = isa.charAt(82);
  const repetition = isa.slice(84, 89) >= '00402' && isDelimiter(told) ? told : undefined;
  const syntax = { element, component: isa.charAt(104), terminator: isa.charAt(105), repetition };
  return fault(syntax) ?? { standard: 'X12', syntax, from };
}

function startOfEdifact(text: string, from: number, hasUna: boolean): Start | string {
  const una = hasUna ? text.slice(from + 3, from + 9) : ":+.? '";
  if (una.length < 6) return 'UNA ends before its six characters.';
  const [component = '', element = '', , release = ' ', reserved = ' ', terminator = ''] = una;
  const behind = hasUna ? from + 9 : from;
  const unb = behind + (/^\s*/.exec(text.slice(behind, behind + 100))?.[0].length ?? 0);
  if (text.slice(unb, unb + 3) !== 'UNB') return 'No UNB follows UNA.';
  // S001 0002: from version 4 on the reserved character repeats elements.
  const version =
    text
      .slice(unb + 3, unb + 40)
      .split(element)[1]
      ?.split(component)[1] ?? '';
  const repeats = version >= '4' ? (hasUna ? reserved : '*') : ' ';
  const syntax = {
    element,
    component,
    terminator,
    release: release === ' ' ? undefined : release,
    repetition: repeats === ' ' ? undefined : repeats,
  };
  return fault(syntax) ?? { standard: 'EDIFACT', syntax, from: behind };
}

function fault({ element, component, terminator, repetition, release }: Syntax): string | undefined {
  const all = [element, component, terminator, repetition, release].filter((each) => each !== undefined);
  if (new Set(all).size < all.length) return `Two delimiters are the same: ${JSON.stringify(all.join(''))}.`;
  const bad = all.find((each) => !isDelimiter(each));
  return bad === undefined ? undefined : `${JSON.stringify(bad)} cannot be a delimiter.`;
}

function isDelimiter(character: string): boolean {
  return character.length === 1 && !/[A-Za-z0-9 \uFFFD]/.test(character);
}

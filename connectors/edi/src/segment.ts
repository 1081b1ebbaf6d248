/** Characters that an interchange has between its parts. */
export interface Syntax {
  readonly component: string;
  readonly element: string;
  readonly terminator: string;
  readonly repetition?: string | undefined;
  /** Takes its meaning from the character after it; X12 has none. */
  readonly release?: string | undefined;
}

/** One segment. Elements, components and repeats count from 1, as the standards count them: FST01 is `value(1)`. */
export class Segment {
  readonly tag: string;
  #elements: readonly string[] | undefined;

  constructor(
    /** Counts from 1 within its interchange. */
    readonly number: number,
    /** Characters before it in its interchange. */
    readonly offset: number,
    /** Without its terminator. */
    readonly text: string,
    readonly syntax: Syntax,
    /** False of a last one that may have been cut off. */
    readonly isTerminated = true,
  ) {
    const end = text.indexOf(syntax.element);
    this.tag = end < 0 ? text.trimEnd() : text.slice(0, end);
  }

  /** Empty if it is not there. */
  value(element: number, component = 1, repeat = 1): string {
    const raw = this.#raw()[element];
    if (raw === undefined || raw === '') return '';
    const { repetition, component: separator, release } = this.syntax;
    const repeated = repetition === undefined ? raw : split(raw, repetition, release)[repeat - 1];
    return released(split(repeated ?? '', separator, release)[component - 1] ?? '', release);
  }

  /** The whole element, for those that state delimiters themselves. */
  plain(element: number): string {
    return released(this.#raw()[element] ?? '', this.syntax.release);
  }

  /** How many elements follow the tag. */
  get length(): number {
    return this.#raw().length - 1;
  }

  /** All there is: elements, each with its repeats, each with its components. */
  all(): string[][][] {
    const { repetition, component, release } = this.syntax;
    return this.#raw()
      .slice(1)
      .map((raw) =>
        (repetition === undefined ? [raw] : split(raw, repetition, release)).map((repeat) =>
          split(repeat, component, release).map((each) => released(each, release)),
        ),
      );
  }

  /** For people. */
  get place(): string {
    return `segment ${this.number} (${this.tag.length <= 12 ? this.tag : `${this.tag.slice(0, 12)}…`})`;
  }

  #raw(): readonly string[] {
    return (this.#elements ??= split(this.text, this.syntax.element, this.syntax.release));
  }
}

/**
 * Cuts an interchange into segments, from `from` on, in one pass. White space between segments is nobody's. What is behind
 * the last terminator counts as a segment too: whether it is whole, the envelope says.
 */
export function tokenize(text: string, syntax: Syntax, from = 0): Segment[] {
  const { terminator, release } = syntax;
  const segments: Segment[] = [];
  for (let start = skipBlank(text, from, terminator); start < text.length;) {
    const end = segmentEnd(text, start, terminator, release);
    segments.push(new Segment(segments.length + 1, start, text.slice(start, end), syntax, end < text.length));
    start = skipBlank(text, end + 1, terminator);
  }
  return segments;
}

function segmentEnd(text: string, start: number, terminator: string, release: string | undefined): number {
  let end = text.indexOf(terminator, start);
  if (release === undefined) return end < 0 ? text.length : end;
  for (; end >= 0; end = text.indexOf(terminator, end + 1)) {
    let first = end;
    while (first > start && text[first - 1] === release) first -= 1;
    if ((end - first) % 2 === 0) return end;
  }
  return text.length;
}

/** Control characters as well: NUL and SUB are what old systems fill files up with. */
function skipBlank(text: string, from: number, terminator: string): number {
  let at = from;
  while (at < text.length && (text.charCodeAt(at) <= 0x20 || text[at] === terminator)) at += 1;
  return at;
}

function split(text: string, separator: string, release: string | undefined): string[] {
  if (release === undefined || !text.includes(release)) return text.split(separator);
  const parts: string[] = [];
  let from = 0;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (character === release) at += 1;
    else if (character === separator) {
      parts.push(text.slice(from, at));
      from = at + 1;
    }
  }
  parts.push(text.slice(from));
  return parts;
}

function released(text: string, release: string | undefined): string {
  if (release === undefined || !text.includes(release)) return text;
  let plain = '';
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === release) at += 1;
    plain += text[at] ?? '';
  }
  return plain;
}

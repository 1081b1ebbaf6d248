import { LIMITS, tooLarge } from './limits.ts';
import { FormatError } from './row.ts';

/**
 * Finds where the elements of one array begin and end, in text that comes in pieces, and judges nothing else: whether an
 * element is JSON shows when it is parsed, and whether all around is when that is, with `[]` in the array's place.
 *
 * AROUND → at the `[` to which the path leads → ELEMENTS → at its `]` → AROUND, in which no second such array may come.
 */
export class JsonScanner {
  /** That was reached. */
  line = 1;
  readonly #path: readonly string[];
  #state: 'AROUND' | 'ELEMENTS' = 'AROUND';
  #hasArray = false;
  #around = '';
  /** Brackets that are open; within ELEMENTS those of the element. */
  #depth = 0;
  /** Names of the members that lead to where it is, as far as the path goes; undefined within an array. */
  readonly #names: (string | undefined)[] = [];
  #element = '';
  #elementLine = 0;
  #elements = 0;
  #inString = false;
  #escaped = false;
  /** Where in `#around` the last string began. */
  #stringStart = 0;
  #lastString = '';

  constructor(path: readonly string[]) {
    this.#path = path;
  }

  /** Elements that end in this piece. */
  *read(text: string): Generator<{ readonly text: string; readonly line: number }> {
    let from = 0;
    for (let at = 0; at < text.length; at += 1) {
      if (this.#inString) {
        at = this.#skipString(text, at);
        if (!this.#inString && this.#state === 'AROUND') {
          this.#keep(text.slice(from, at + 1));
          from = at + 1;
          this.#lastString = this.#around.slice(this.#stringStart);
        }
        continue;
      }
      const code = text.charCodeAt(at);
      if (code === NEWLINE) this.line += 1;
      if (code <= SPACE) continue;
      if (this.#state === 'ELEMENTS') {
        if (this.#depth === 0 && (code === COMMA || code === CLOSE_ARRAY)) {
          this.#keep(text.slice(from, at));
          from = at + 1;
          const element = this.#endElement(code === CLOSE_ARRAY);
          if (element) yield element;
          continue;
        }
        if (this.#elementLine === 0) this.#elementLine = this.line;
        if (code === QUOTE) this.#inString = true;
        else if (code === OPEN_OBJECT || code === OPEN_ARRAY) this.#depth += 1;
        else if (code === CLOSE_OBJECT || code === CLOSE_ARRAY) this.#close();
      } else if (code === QUOTE) {
        this.#keep(text.slice(from, at));
        from = at;
        this.#stringStart = this.#around.length;
        this.#inString = true;
      } else if (code === COLON) {
        if (this.#depth > 0 && this.#depth <= this.#path.length)
          this.#names[this.#depth - 1] = nameOf(this.#lastString);
      } else if (code === OPEN_OBJECT || code === OPEN_ARRAY) {
        const isIt = code === OPEN_ARRAY && this.#isAtPath();
        this.#depth += 1;
        if (this.#depth <= this.#path.length) this.#names[this.#depth - 1] = undefined;
        if (isIt) {
          this.#keep(text.slice(from, at + 1));
          from = at + 1;
          this.#begin();
        }
      } else if (code === CLOSE_OBJECT || code === CLOSE_ARRAY) this.#close();
    }
    this.#keep(text.slice(from));
  }

  /** What is around the array, `[]` in its place. Throws FormatError if the text ends before it is complete. */
  end(): { readonly around: string; readonly hasArray: boolean } {
    if (this.#state === 'ELEMENTS' || this.#inString || this.#depth > 0) {
      const where = this.#state === 'ELEMENTS' ? `, after ${this.#elements} whole records` : '';
      throw new FormatError('MALFORMED', `line ${this.line}: the document ends in the middle${where}.`);
    }
    return { around: this.#around, hasArray: this.#hasArray };
  }

  #keep(text: string): void {
    if (this.#state === 'ELEMENTS') {
      if (this.#element.length + text.length > LIMITS.row) {
        throw tooLarge(
          `record ${this.#elements + 1} (line ${this.#elementLine || this.line})`,
          'the record',
          LIMITS.row,
        );
      }
      this.#element += text;
    } else {
      if (this.#around.length + text.length > LIMITS.document) {
        throw tooLarge(`line ${this.line}`, 'what is not in the array of records', LIMITS.document);
      }
      this.#around += text;
    }
  }

  /** Answers where the string's closing quote is, or the text's last character. */
  #skipString(text: string, from: number): number {
    for (let at = from; at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      if (this.#escaped) this.#escaped = false;
      else if (code === BACKSLASH) this.#escaped = true;
      else if (code === QUOTE) {
        this.#inString = false;
        return at;
      }
    }
    return text.length - 1;
  }

  #isAtPath(): boolean {
    return this.#depth === this.#path.length && this.#path.every((name, index) => this.#names[index] === name);
  }

  #begin(): void {
    if (this.#hasArray) {
      throw new FormatError('MALFORMED', `line ${this.line}: the array of records comes a second time.`);
    }
    this.#hasArray = true;
    this.#state = 'ELEMENTS';
    this.#depth = 0;
  }

  #endElement(isLast: boolean): { readonly text: string; readonly line: number } | undefined {
    const text = this.#element;
    const line = this.#elementLine;
    this.#element = '';
    this.#elementLine = 0;
    const isEmpty = line === 0;
    if (isEmpty && !(isLast && this.#elements === 0)) {
      throw new FormatError(
        'MALFORMED',
        `line ${this.line}: record ${this.#elements + 1} is missing before a comma or bracket.`,
      );
    }
    if (isLast) {
      this.#state = 'AROUND';
      this.#depth = this.#path.length;
      this.#keep(']');
    }
    if (isEmpty) return undefined;
    this.#elements += 1;
    return { text, line };
  }

  #close(): void {
    this.#depth -= 1;
    if (this.#depth < 0) throw new FormatError('MALFORMED', `line ${this.line}: a bracket is closed that is not open.`);
  }
}

function nameOf(text: string): string | undefined {
  try {
    return String(JSON.parse(text.trim()));
  } catch {
    return undefined;
  }
}

const NEWLINE = 10;
const SPACE = 32;
const QUOTE = 34;
const COMMA = 44;
const COLON = 58;
const OPEN_ARRAY = 91;
const BACKSLASH = 92;
const CLOSE_ARRAY = 93;
const OPEN_OBJECT = 123;
const CLOSE_OBJECT = 125;

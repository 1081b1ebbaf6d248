/** One interchange of a file, or what is between two of them. */
export interface Piece {
  readonly from: number;
  readonly to: number;
}

/**
 * Cuts a file into interchanges without reading them, so that one that is broken does not take others with it. The text has
 * one character for each byte (latin1). What is neither white space nor an interchange is a piece of its own.
 */
export function splitInterchanges(text: string): Piece[] {
  const starts = [...text.matchAll(START)].map(({ index }) => index);
  const bounds = starts[0] === 0 ? starts : [0, ...starts];
  const pieces: Piece[] = [];
  for (const [index, from] of bounds.entries()) {
    const to = bounds[index + 1] ?? text.length;
    const end = endOf(text, from, to);
    pieces.push({ from, to: end }, { from: end, to });
  }
  return pieces.filter(({ from, to }) => SOMETHING.test(text.slice(from, to)));
}

/**
 * A whole ISA by its fixed positions, UNB behind UNA, or UNB with the default delimiters. None can be data within an
 * interchange that has the same delimiters. Found in the middle of a segment too, where an interchange was cut off and another one
 * follows.
 */
const START =
  /ISA([^A-Za-z0-9\s])..\1.{10}\1..\1.{10}\1..\1.{15}\1..\1.{15}\1.{6}\1.{4}\1.\1.{5}\1.{9}\1.\1.\1|UNA.{6}\s{0,9}UNB|(?<!UNA.{6}\s{0,9})UNB\+UN[A-Z]{2}:\d/gs;
// eslint-disable-next-line no-control-regex -- NUL and SUB are what old systems fill files up with.
const SOMETHING = /[^\s\0\x1a\xef\xbb\xbf]/;

function endOf(text: string, from: number, to: number): number {
  const isX12 = text.startsWith('ISA', from);
  const hasUna = text.startsWith('UNA', from);
  if (!isX12 && !hasUna && !text.startsWith('UNB', from)) return to;
  const element = isX12 ? text.charAt(from + 3) : hasUna ? text.charAt(from + 4) : '+';
  const terminator = isX12 ? text.charAt(from + 105) : hasUna ? text.charAt(from + 8) : "'";
  const trailer = text.slice(from, to).lastIndexOf(`${isX12 ? 'IEA' : 'UNZ'}${element}`);
  if (trailer < 0) return to;
  const end = text.indexOf(terminator, from + trailer);
  return end < 0 || end >= to ? to : end + 1;
}

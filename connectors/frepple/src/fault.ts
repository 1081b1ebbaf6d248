/** One thing that is wrong with an import. Any fault means that nothing of the import is used. */
export interface Fault {
  readonly file: string;
  /** Which record: its place in the file, counted from 1, its model and its natural key where it has one. */
  readonly record?: string;
  readonly field?: string;
  /** What is wrong, and what would be right. Never contains a line break. */
  readonly problem: string;
}

/** One line. */
export function formatFault({ file, record, field, problem }: Fault): string {
  return printable([file, record, field, problem].filter((part) => part !== undefined).join(': '));
}

/** For a terminal: what a file holds must not move its cursor. */
export function printable(line: string): string {
  return line.replace(/\p{Cc}/gu, '\uFFFD');
}

/** A value as it may stand in a message: on one line and short. */
export function excerpt(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'an object';
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length <= LONGEST_EXCERPT ? text : `${text.slice(0, LONGEST_EXCERPT)}…`;
}

const LONGEST_EXCERPT = 80;

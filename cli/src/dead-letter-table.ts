import { createHash } from 'node:crypto';
import type { InboundMessage, InboxEntry } from '@takt/intake';

/** A dead letter and where it lies. */
export interface FoundLetter {
  readonly domain: string;
  /** Under which the inbox keeps it. */
  readonly key: string;
  readonly entry: InboxEntry;
}

/** Short enough to type: the beginning of a digest of the key. */
export function shortKey(key: string): string {
  return createHash('sha256').update(key).digest('hex').slice(0, SHORT);
}

/** One line a letter, none longer than `width` characters. */
export function formatTable(letters: readonly FoundLetter[], width: number): string {
  const rows = letters.map(({ domain, key, entry }) => {
    const { type, subject } = messageOf(entry);
    return [shortKey(key), domain, type, subject ?? '', entry.receivedAt, ...refusalOf(entry)].map(onOneLine);
  });
  const columns = HEAD.map((title, column) =>
    Math.min(MOST[column] ?? Infinity, Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0))),
  );
  const line = (row: readonly string[]) =>
    cut(
      row
        .map((cell, column) => cut(cell, columns[column] ?? 0).padEnd(columns[column] ?? 0))
        .join('  ')
        .trimEnd(),
      width,
    );
  return [HEAD, ...rows].map((row) => `${line(row)}\n`).join('');
}

/** Everything that is known of a letter. */
export function formatLetter({ domain, key, entry }: FoundLetter): string {
  const [code, reason] = refusalOf(entry);
  const lines = [
    `Key       ${shortKey(key)}  (${printable(key)})`,
    `Domain    ${domain}`,
    `Status    ${entry.status}`,
    `Received  ${entry.receivedAt}`,
    `Why       ${code}: ${printable(reason)}`,
    ...(entry.handling ?? []).map(
      ({ action, by, reason, at }) => `${action.padEnd(9)} ${at} by ${printable(by)}: ${printable(reason)}`,
    ),
    'Message, as it came:',
    pretty(entry.raw),
  ];
  return `${lines.join('\n')}\n`;
}

function refusalOf({ outcome }: InboxEntry): [code: string, reason: string] {
  return outcome && 'refusal' in outcome ? [outcome.refusal.code, outcome.refusal.reason] : ['', ''];
}

function messageOf({ raw, outcome }: InboxEntry): { type: string; subject: string | undefined } {
  const { type, subject } = Object(JSON.parse(raw)) as Partial<InboundMessage>;
  return { type: type ?? '', subject: outcome?.documentId ?? subject };
}

/** JSON text with an indent; control characters stay escaped. */
function pretty(raw: string): string {
  return JSON.stringify(JSON.parse(raw), null, 2);
}

function onOneLine(text: string): string {
  return printable(text).replace(/\s+/g, ' ');
}

/** What senders wrote must not steer the terminal. */
function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}]/gu, ' ');
}

function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`;
}

const HEAD = ['KEY', 'DOMAIN', 'TYPE', 'SUBJECT', 'RECEIVED', 'CODE', 'REASON'];
const MOST = [8, 20, 26, 20, 24, 20];
const SHORT = 8;

export type ParsedJson =
  | { readonly ok: true; readonly value: unknown }
  /** The problem says line and column, both counted from 1. */
  | { readonly ok: false; readonly problem: string };

/** Parses JSON (RFC 8259; a byte order mark is let pass) and, unlike the engine, always tells where it goes wrong. */
export function parseJson(text: string): ParsedJson {
  const json = text.startsWith('\uFEFF') ? text.slice(1) : text;
  try {
    return { ok: true, value: JSON.parse(json) };
  } catch {
    const offset = firstOffence(json);
    const before = json.slice(0, offset).split('\n');
    const place = `line ${String(before.length)}, column ${String((before.at(-1)?.length ?? 0) + 1)}`;
    if (json.slice(offset).trim() === '')
      return { ok: false, problem: `The JSON ends too early, at ${place}: the file seems truncated` };
    return { ok: false, problem: `Not JSON from ${place} on: ${JSON.stringify(json.slice(offset, offset + 20))}` };
  }
}

type Expected = 'value' | 'value or ]' | 'key' | 'key or }' | ':' | ', or end' | 'nothing more';

/** Offset of the first token that the grammar does not allow, or the length of the text if it ends too early. */
function firstOffence(text: string): number {
  const open: ('{' | '[')[] = [];
  let expected: Expected = 'value';
  let offset = 0;
  const afterValue = (): Expected => (open.length === 0 ? 'nothing more' : ', or end');
  for (;;) {
    BLANK.lastIndex = offset;
    offset += BLANK.exec(text)?.[0].length ?? 0;
    TOKEN.lastIndex = offset;
    const token = TOKEN.exec(text)?.[0];
    if (token === undefined) return offset;
    const inside = open.at(-1);
    const isKey = token.startsWith('"') && expected.startsWith('key');
    if (isKey) expected = ':';
    else if (token === ':' && expected === ':') expected = 'value';
    else if (token === ',' && expected === ', or end') expected = inside === '{' ? 'key' : 'value';
    else if (token === '}' && inside === '{' && (expected === ', or end' || expected === 'key or }')) {
      open.pop();
      expected = afterValue();
    } else if (token === ']' && inside === '[' && (expected === ', or end' || expected === 'value or ]')) {
      open.pop();
      expected = afterValue();
    } else if (!expected.startsWith('value') || PUNCTUATION.test(token)) return offset;
    else if (token === '{' || token === '[') {
      open.push(token);
      expected = token === '{' ? 'key or }' : 'value or ]';
    } else expected = afterValue();
    offset = TOKEN.lastIndex;
  }
}

const BLANK = /[ \t\r\n]*/y;
const TOKEN =
  /[{}[\],:]|"[^"\\\p{Cc}]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\p{Cc}]*)*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/uy;
const PUNCTUATION = /^[}\],:]$/;

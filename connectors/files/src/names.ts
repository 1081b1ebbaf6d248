import { createHash } from 'node:crypto';
import { extname } from 'node:path';

/** Names of what is not finished, or is not meant for anybody, or says that another file is finished. */
export function isIgnored(name: string): boolean {
  return /^\.|^~\$|~$|\.(?:tmp|temp|part|partial|filepart|crdownload|swp|done)$/i.test(name);
}

export function markerOf(name: string): string {
  return `${name}.done`;
}

/** Why nothing with such a name may be touched; a server can call its files what it likes. */
export function unsafeName(name: string): string | undefined {
  if (name === '' || /[/\\]/.test(name) || name === '..' || name === '.') return 'It leads out of its folder.';
  // eslint-disable-next-line no-control-regex
  if (/[\u0000-\u001f\u007f]/.test(name)) return 'It has control characters.';
  if (name.includes('\ufffd')) return 'It is no UTF-8.';
  return Buffer.byteLength(name) > 255 ? 'It is too long.' : undefined;
}

/** Whether a name is as one of the patterns says: `*` stands for anything. Upper and lower case are the same. */
export function matcher(patterns = '*'): (name: string) => boolean {
  const all = patterns.split(',').map((pattern) => pattern.trim().toLowerCase().split('*'));
  return (name) => all.some((parts) => isLike(name.toLowerCase(), parts));
}

function isLike(name: string, [first = '', ...others]: readonly string[]): boolean {
  const last = others.pop();
  if (last === undefined) return name === first;
  if (!name.startsWith(first)) return false;
  let at = first.length;
  for (const part of others) {
    const found = name.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return name.length - last.length >= at && name.endsWith(last);
}

/** Names under which a file may be kept, the first that is free: its own, with the time of its change, with a number too. */
export function* keptNames(name: string, modifiedMs: number): Generator<string> {
  const extension = extname(name).slice(0, 40);
  let stem = name.slice(0, name.length - extension.length);
  if (Buffer.byteLength(name) > LONGEST_KEPT) {
    stem = `${Array.from(stem).slice(0, 40).join('')}-${createHash('sha256').update(name).digest('hex').slice(0, 16)}`;
  }
  yield `${stem}${extension}`;
  const stamp = new Date(modifiedMs).toISOString().slice(0, 19).replace(/[-:]/g, '');
  yield `${stem}-${stamp}Z${extension}`;
  for (let number = 2; number < 10_000; number += 1) yield `${stem}-${stamp}Z-${number}${extension}`;
}

/** So that with a time and `.report.json` it still has no more than 255 bytes. */
const LONGEST_KEPT = 200;

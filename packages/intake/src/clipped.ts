import { toUSVString } from 'node:util';

/** As much of a text of any size as a person needs in a sentence; well-formed, so that every store can keep it. */
export function clipped(text: string): string {
  return toUSVString(text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text);
}

const LONGEST = 2000;

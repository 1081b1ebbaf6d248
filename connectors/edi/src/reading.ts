import { tokenize, type Segment } from './segment.ts';
import { readStart } from './syntax.ts';

export { readDocument, type ReadDocument } from './read-document.ts';
export { readInterchange, type Interchange } from './interchange.ts';
export { recordsOf } from './records.ts';

/** Segments alone; none if it is no interchange. */
export function tokenizeInterchange(text: string): Segment[] {
  const start = readStart(text);
  return typeof start === 'string' ? [] : tokenize(text, start.syntax, start.from);
}

import { decode, type Encoding } from './decode.ts';
import { contentOf, parse, recordOf, rowAt } from './json-record.ts';
import { JsonScanner } from './json-scanner.ts';
import { FormatError, type Row } from './row.ts';

export interface JsonOptions {
  /** Names of members that lead to the array of records, e.g. `['d', 'results']`; by default the document is the array, or the one record. */
  readonly path?: readonly string[] | undefined;
  readonly encoding?: Encoding | undefined;
}

/**
 * Records of a JSON document (https://www.rfc-editor.org/rfc/rfc8259): the objects of an array, each as soon as it is
 * there, or, where an object is in place of the array, that one. Faults of one record: those of `recordOf`. Throws
 * FormatError with the line for what is no JSON, at the latest at its end: nothing before counts then.
 */
export async function* readJson(body: AsyncIterable<Buffer>, options: JsonOptions = {}): AsyncGenerator<Row> {
  const { path = [] } = options;
  const scanner = new JsonScanner(path);
  let count = 0;
  for await (const chunk of decode(body, options.encoding)) {
    for (const { text, line } of scanner.read(chunk)) {
      count += 1;
      const place = `record ${count} (line ${line})`;
      const content = recordOf(text);
      if (!content) throw new FormatError('MALFORMED', `${place}: it is no JSON.`);
      yield rowAt(place, content);
    }
  }
  const { around, hasArray } = scanner.end();
  const value = parse(around);
  if (value === undefined) throw new FormatError('MALFORMED', `line ${scanner.line}: the document is no JSON.`);
  if (hasArray) return;
  const one = path.reduce<unknown>(
    (at, name) => (isObject(at) && Object.hasOwn(at, name) ? at[name] : undefined),
    value,
  );
  if (one === undefined) throw new FormatError('MALFORMED', `the document has no ${path.join('.')}.`);
  yield rowAt('record 1 (line 1)', contentOf(one, around));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

import { decode, type Encoding } from './decode.ts';
import { recordOf, rowAt } from './json-record.ts';
import { LIMITS, tooLarge } from './limits.ts';
import type { Row } from './row.ts';

/**
 * One JSON object a line (https://jsonlines.org); empty lines are passed over. A line that is none is a row with a fault:
 * `MALFORMED`, or one of `recordOf`. Throws FormatError for a line without end and for bytes that are no text.
 */
export async function* readJsonLines(body: AsyncIterable<Buffer>, encoding?: Encoding): AsyncGenerator<Row> {
  let text = '';
  let line = 1;
  for await (const chunk of decode(body, encoding)) {
    text += chunk;
    let at = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', at)) {
      yield* rowOf(text.slice(at, end), line);
      line += 1;
      at = end + 1;
    }
    text = text.slice(at);
    if (text.length > LIMITS.row) throw tooLarge(`line ${line}`, 'the record', LIMITS.row);
  }
  yield* rowOf(text, line);
}

function* rowOf(text: string, line: number): Generator<Row> {
  if (text.trim() === '') return;
  const fault = { code: 'MALFORMED', reason: 'It is no JSON.' };
  yield rowAt(`line ${line}`, recordOf(text) ?? { fault });
}

import {
  DocumentRejectedError,
  type NewDocument,
  type RawDocument,
  type Receipt,
  type Receiver,
  type ReceiverContext,
} from '@takt/backing-system';
import type { MapContext, Mapped, Mapping, SourceRecord } from '@takt/mapping';

/**
 * A receiver whose documents are lines, one record each: `domain type value`, where `bad` is a fault of its record,
 * `reject` one of the whole document and `crash` a bug. What it is to accept the test says.
 */
export class LineReceiver implements Receiver {
  parsed = 0;
  #given: (context: ReceiverContext) => void = () => undefined;
  /** What it was given. */
  readonly context = new Promise<ReceiverContext>((resolve) => (this.#given = resolve));

  async run(context: ReceiverContext, signal: AbortSignal): Promise<void> {
    this.#given(context);
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  }

  async accept(key: string, body: NewDocument['body'] | string, more: Partial<NewDocument> = {}): Promise<Receipt> {
    const context = await this.context;
    const bytes = typeof body === 'string' ? Buffer.from(body) : body;
    return context.accept({ key, mediaType: 'text/plain', body: bytes, ...more });
  }

  parse(document: RawDocument): AsyncIterable<SourceRecord> | Iterable<SourceRecord> {
    this.parsed += 1;
    return recordsOf(document);
  }
}

async function* recordsOf(document: RawDocument): AsyncGenerator<SourceRecord> {
  let rest = '';
  let line = 0;
  for await (const chunk of document.body()) {
    const lines = (rest + chunk.toString('latin1')).split('\n');
    rest = lines.pop() ?? '';
    for (const text of lines) yield recordOf(text, ++line);
  }
  if (rest !== '') yield recordOf(rest, line + 1);
}

function recordOf(text: string, line: number): SourceRecord {
  const place = `line ${line}`;
  if (text === 'bad') return { place, fault: { code: 'BAD_ROW', reason: 'It says bad.' } };
  if (text === 'reject') throw new DocumentRejectedError('BAD_COUNT', `${place}: it says reject.`);
  if (text === 'crash') throw new TypeError(`a bug at ${place}`);
  const [domain = '', type = '', value = ''] = text.split(' ');
  if (domain === 'map') return { place, type, data: value, documentNumbers: [value] };
  return { place, message: { domain, type, data: { value } }, documentNumbers: [value] };
}

/** Maps `map Type a,b,c` to one message for each of the letters; those that it does not know are faults. */
export function letterMapping(known: RegExp, version = 1): Mapping {
  return {
    name: 'letters',
    version,
    sha256: String(version),
    connector: 'test',
    map(record: SourceRecord, _context: MapContext): Promise<Mapped> {
      if (!('type' in record)) throw new TypeError('That needs no mapping.');
      const letters = String(record.data).split(',');
      return Promise.resolve({
        messages: letters
          .filter((letter) => known.test(letter))
          .map((letter) => ({ domain: 'letters', type: record.type, data: { letter } })),
        faults: letters
          .filter((letter) => !known.test(letter))
          .map((letter) => ({
            code: 'MAPPING_FAILED',
            place: record.place,
            rule: 'letter',
            field: 'letter',
            expression: '$known(letter)',
            reason: `${letter} is not known.`,
          })),
      });
    },
    command: () => Promise.resolve(undefined),
  };
}

import {
  DocumentRejectedError,
  type BackingSystem,
  type NewDocument,
  type RawDocument,
  type Receipt,
  type Receiver,
  type ReceiverContext,
} from '@takt/backing-system';
import type { SourceRecord } from '@takt/mapping';
import { testSystem } from './test-exchange.fixture.ts';

/** A system that hands over what the test gives it, and whose documents are lines that say what their records are. */
export interface TestSource {
  readonly system: BackingSystem;
  accept(document: Lines, options?: Parameters<ReceiverContext['accept']>[1]): Promise<Receipt>;
  /** What its receiver is given, once it runs. */
  readonly context: () => Promise<ReceiverContext>;
}

export type Lines = Partial<NewDocument> & { readonly key: string; readonly lines?: readonly string[] };

export function testSource(given: Partial<BackingSystem> = {}): TestSource {
  let told: (context: ReceiverContext) => void;
  let context = new Promise<ReceiverContext>((resolve) => (told = resolve));
  const receiver: Receiver = {
    run: (running, signal) => {
      told(running);
      return new Promise((_, reject) => {
        signal.addEventListener('abort', () => {
          // Those who ask from now on wait for the next run.
          context = new Promise((resolve) => (told = resolve));
          reject(signal.reason as Error);
        });
      });
    },
    parse: parseLines,
  };
  return {
    system: testSystem({ receiver, ...given }),
    context: () => context,
    accept: async (document, options) => (await context).accept(documentOf(document), options),
  };
}

export function documentOf({ lines = [], ...given }: Lines): NewDocument {
  return { mediaType: 'text/plain', body: Buffer.from(lines.join('\n')), ...given };
}

/**
 * Reads lines: `say DOMAIN TYPE JSON [id]` is a message, `row JSON` a record of type `row`, `fault CODE` a bad record,
 * `reject` refuses the whole document, `throw` cannot be read.
 */
async function* parseLines(document: RawDocument): AsyncGenerator<SourceRecord> {
  let number = 0;
  for await (const line of linesOf(document)) {
    number += 1;
    if (line === '') continue;
    const place = `line ${number}`;
    const [word = '', ...rest] = line.split(' ');
    if (word === 'reject') throw new DocumentRejectedError('BAD_DOCUMENT', `${place}: it says so.`);
    if (word === 'throw') throw new TypeError(`${place} makes no sense.`);
    if (word === 'fault') yield { place, fault: { code: rest[0] ?? 'BAD_ROW', reason: 'It says so.' } };
    else if (word === 'row')
      yield { place, type: 'row', data: JSON.parse(rest.join(' ')), documentNumbers: [`R${number}`] };
    else {
      const [domain = '', type = '', json = '', id] = rest;
      yield {
        place,
        message: { domain, type, data: JSON.parse(json) as unknown, id },
        documentNumbers: [`D${number}`],
      };
    }
  }
}

async function* linesOf(document: RawDocument): AsyncGenerator<string> {
  let rest = '';
  for await (const piece of document.body()) {
    const lines = (rest + piece.toString('latin1')).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  yield rest;
}

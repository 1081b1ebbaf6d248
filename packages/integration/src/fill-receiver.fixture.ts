import type { RawDocument, Receipt, Receiver, ReceiverContext } from '@takt/backing-system';
import type { SourceRecord } from '@takt/mapping';

/** A receiver whose documents fill a tank of their own by a litre a record; how many there are stands in the key. */
export class FillReceiver implements Receiver {
  #given: (context: ReceiverContext) => void = () => undefined;
  readonly #context = new Promise<ReceiverContext>((resolve) => (this.#given = resolve));

  async run(context: ReceiverContext, signal: AbortSignal): Promise<void> {
    this.#given(context);
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  }

  async accept(key: string): Promise<Receipt> {
    const context = await this.#context;
    // Some are kept with their message, others in chunks.
    const body = Buffer.alloc(fillsOf(key) > 100 ? 20_000 : 100, '.');
    return context.accept({ key, mediaType: 'text/plain', body });
  }

  *parse({ key }: RawDocument): Iterable<SourceRecord> {
    for (let record = 0; record < fillsOf(key); record += 1) {
      const data = { tank: key, litres: 1 };
      yield { place: `record ${record}`, message: { domain: 'tanks', type: 'FillTank', data } };
    }
  }
}

/** A few large documents among many small ones. */
export function keyOf(name: string): string {
  const number = Number(name.split('-')[1]);
  return `${name}:${number % 20 === 10 ? 900 : 1 + (number % 3)}`;
}

export function fillsOf(key: string): number {
  return Number(key.split(':')[1]);
}

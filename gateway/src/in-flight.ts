/**
 * What is asked for at the same time under the same key is done once. The key must hold everything that can change the
 * answer. A caller that gives up leaves the others theirs; when the last one does, the work is aborted.
 */
export class InFlight<Value> {
  readonly #flights = new Map<string, Flight<Value>>();

  /** Rejects with the signal's reason as soon as it aborts, and otherwise settles as the work does. */
  share(key: string, signal: AbortSignal, start: (signal: AbortSignal) => Promise<Value>): Promise<Value> {
    return new Promise<Value>((resolve, reject) => {
      signal.throwIfAborted();
      const flight = this.#flights.get(key) ?? this.#start(key, start);
      flight.wanted++;
      const leave = () => {
        signal.removeEventListener('abort', leave);
        reject(signal.reason as Error);
        if (--flight.wanted > 0) return;
        this.#end(key, flight);
        flight.stop.abort(signal.reason);
      };
      signal.addEventListener('abort', leave);
      const end = () => {
        signal.removeEventListener('abort', leave);
        resolve(flight.value);
      };
      flight.value.then(end, end);
    });
  }

  #start(key: string, start: (signal: AbortSignal) => Promise<Value>): Flight<Value> {
    const stop = new AbortController();
    const flight = { stop, wanted: 0, value: start(stop.signal) };
    this.#flights.set(key, flight);
    const end = () => this.#end(key, flight);
    flight.value.then(end, end);
    return flight;
  }

  #end(key: string, flight: Flight<Value>): void {
    if (this.#flights.get(key) === flight) this.#flights.delete(key);
  }
}

/** Headers in an order of their own, so that equal ones give equal text. */
export function headersKey(headers: Readonly<Record<string, string>> | undefined): string {
  if (!headers) return '';
  return JSON.stringify(Object.entries(headers).sort(([a], [b]) => (a < b ? -1 : 1)));
}

interface Flight<Value> {
  readonly stop: AbortController;
  readonly value: Promise<Value>;
  wanted: number;
}

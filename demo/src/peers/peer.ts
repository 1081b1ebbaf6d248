/** What may go wrong with a backing system of the demo plant, switched on and off while it runs. */
export const PEER_FAULTS = ['down', 'slow', 'busy', 'duplicates', 'reordering', 'corrupt'] as const;
/** down: not reachable. slow: answers after 3 s. busy: HTTP 429 with Retry-After. The others: what it tells. */
export type PeerFault = (typeof PEER_FAULTS)[number];

export class PeerFaults {
  readonly #on = new Set<PeerFault>();
  readonly #listeners = new Set<() => void>();

  isOn(fault: PeerFault): boolean {
    return this.#on.has(fault);
  }

  set(fault: PeerFault, on: boolean): void {
    if (on) this.#on.add(fault);
    else this.#on.delete(fault);
    for (const listener of this.#listeners) listener();
  }

  list(): readonly PeerFault[] {
    return PEER_FAULTS.filter((fault) => this.#on.has(fault));
  }

  /** For a peer that must close or open something. Answers how to hear no more. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

/** A stand-in for one backing system of the demo plant: a server, or what writes into a folder. */
export interface Peer {
  /** `system/instance` */
  readonly system: string;
  readonly faults: PeerFaults;
  close(): Promise<void>;
}

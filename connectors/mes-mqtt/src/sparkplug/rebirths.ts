import sparkplug from 'sparkplug-payload';
import type { Publish } from '../connection.ts';

/** Asks nodes to tell everything again: Sparkplug 3.0, 6.4.22 (NCMD with Node Control/Rebirth). */
export class Rebirths {
  readonly #asked = new Map<string, number>();
  readonly #clock: () => Date;

  constructor(clock: () => Date) {
    this.#clock = clock;
  }

  /** Not more often than every {@link PATIENCE_MS}: a node that cannot be heard would be asked at each of its messages. */
  ask(group: string, node: string, publish: Publish): void {
    const topic = `spBv1.0/${group}/NCMD/${node}`;
    const now = this.#clock().getTime();
    if (now - (this.#asked.get(topic) ?? -Infinity) < PATIENCE_MS) return;
    if (this.#asked.size >= ASKED_IN_MEMORY) this.#asked.clear();
    this.#asked.set(topic, now);
    publish(topic, rebirth(now));
  }
}

function rebirth(timestamp: number): Buffer {
  const metric = { name: 'Node Control/Rebirth', timestamp, type: 'Boolean' as const, value: true };
  const codec = sparkplug.get('spBv1.0');
  if (!codec) throw new Error('sparkplug-payload does not know spBv1.0.');
  return Buffer.from(codec.encodePayload({ timestamp, metrics: [metric] }));
}

const PATIENCE_MS = 5_000;
const ASKED_IN_MEMORY = 10_000;

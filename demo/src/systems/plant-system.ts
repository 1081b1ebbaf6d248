import type { InboundMessage } from '@takt/intake';
import type { Peer } from '../peers/peer.ts';

/** One backing system of the living demo plant: a stand-in that does business of its own, and how Takt is told of it. */
export interface PlantSystem {
  readonly peers: readonly Peer[];
  /** Files that declare it to Takt, by name. */
  readonly instances: ReadonlyMap<string, string>;
  /** What they name of the environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Makes it happen over there. Throws {@link Refused} if its own business does not allow it; undefined if it is none of it. */
  readonly handlers: Readonly<Record<string, (message: InboundMessage) => Promise<void> | void>>;
  /** Business begins: Takt listens by now. */
  live?(): void;
  close(): Promise<void>;
}

/** A backing system does not do what the plant wants of it. */
export class Refused extends Error {}

import { setTimeout as delay } from 'node:timers/promises';
import type { ContractList } from '../contracts/contract-list.ts';
import type { SubgraphTransport } from '../transports/transport.ts';
import type { SubgraphSource } from './compose.ts';
import { composedFeed } from './composed-feed.ts';
import { fileFeed } from './file-feed.ts';
import { SourceNotReady } from './supergraph.ts';
import { urlFeed } from './url-feed.ts';

/** Where a gateway gets its supergraph from, and hears of a new one. */
export type SupergraphSource =
  /** A file of SDL, read again when it changes; the subgraphs are reached at the URLs that it gives them. */
  | {
      readonly kind: 'file';
      readonly path: string;
      /** How often its contents are looked at even if no change was reported; 5 s unless given. */
      readonly pollMs?: number;
    }
  /** SDL at an http(s) URL, asked for again with the ETag that it had. */
  | { readonly kind: 'url'; readonly url: string; /** 10 s unless given. */ readonly pollMs?: number }
  /** Composed from the subgraphs, once all of them give their schema. */
  | {
      readonly kind: 'subgraphs';
      readonly subgraphs: readonly (SubgraphSource & { readonly transport: SubgraphTransport })[];
      /** How often they are asked whether their schema has changed; never unless given. */
      readonly pollMs?: number;
      /** What is served of it; everything, without a version, unless given. */
      readonly contracts?: ContractList | undefined;
      /** A folder for what the first reading composes, so that the same is there at once next time; none unless given. */
      readonly keepIn?: string;
    };

/** One place that SDL of a supergraph comes from. */
export interface SupergraphFeed {
  /** As it is now. Throws {@link SupergraphRefused}, or {@link SourceNotReady} if trying again may help. */
  read(signal: AbortSignal): Promise<string>;
  /** Resolves when it is worth reading again. Rejects when `signal` aborts, and not otherwise. */
  changed(signal: AbortSignal): Promise<void>;
  close(): void;
}

export function feedOf(source: SupergraphSource): SupergraphFeed {
  switch (source.kind) {
    case 'file':
      return fileFeed(source.path, source.pollMs);
    case 'url':
      return urlFeed(source.url, source.pollMs);
    case 'subgraphs':
      return composedFeed(source.subgraphs, source.pollMs, source.contracts, source.keepIn);
  }
}

/**
 * Reads SDL for the first time. Waits, trying again with growing pauses, for what is not up yet; `onWaiting` hears why.
 * Throws {@link SupergraphRefused}; rejects when `signal` aborts.
 */
export async function firstReading(
  feed: SupergraphFeed,
  signal: AbortSignal,
  onWaiting: (reason: string) => void,
): Promise<string> {
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
    try {
      return await feed.read(signal);
    } catch (error) {
      if (!(error instanceof SourceNotReady)) throw error;
      onWaiting(error.message);
    }
    await delay(pauseMs, undefined, { signal });
  }
}

/**
 * Offers what a feed says each time that it says something else, until `signal` aborts. The taker hears of what
 * the feed cannot say and of what itself did not take, and the feed is followed further.
 */
export async function followFeed(
  feed: SupergraphFeed,
  first: string,
  signal: AbortSignal,
  taker: {
    offer(sdl: string): Promise<unknown>;
    failed(error: unknown): void;
  },
): Promise<void> {
  // What was not taken is offered again: the reason may have passed.
  let last = first;
  while (!signal.aborted) {
    try {
      await feed.changed(signal);
      const sdl = await feed.read(signal);
      if (sdl === last) continue;
      await taker.offer(sdl);
      last = sdl;
    } catch (error) {
      if (!signal.aborted) taker.failed(error);
    }
  }
}

const firstPauseMs = 100;
const longestPauseMs = 5_000;

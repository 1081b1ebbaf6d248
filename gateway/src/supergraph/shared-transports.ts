import { httpTransport } from '../transports/http.ts';
import type { SubgraphTransport } from '../transports/transport.ts';
import { SupergraphRefused } from './supergraph.ts';
import type { Supergraph } from './supergraph.ts';

/** The transports of one version of the graph. */
export interface LeasedTransports {
  /** By subgraph name. */
  readonly transports: ReadonlyMap<string, SubgraphTransport>;
  /** Closes those that no other version uses. */
  readonly release: () => Promise<void>;
}

/** A transport that was there before any supergraph. */
export interface GivenTransport {
  readonly transport: SubgraphTransport;
  /** Where it leads; for the subgraph of its name at any place if not given. */
  readonly url?: string;
}

export interface SharedTransports {
  /** Throws {@link SupergraphRefused} if a subgraph cannot be reached by what the supergraph says of it. */
  lease(subgraphs: Supergraph['subgraphs']): LeasedTransports;
  /** Closes those that were given from the start, which stay open until then. */
  close(): Promise<void>;
}

/** Transports that versions of the graph share: a subgraph whose name and URL stay the same keeps its connections. */
export function sharedTransports(
  given: ReadonlyMap<string, GivenTransport>,
  connect: (subgraph: { readonly name: string; readonly url: string }) => SubgraphTransport = httpTransport,
): SharedTransports {
  const shared = new Map<string, { readonly transport: SubgraphTransport; users: number }>();

  const givenFor = (name: string, url: string): SubgraphTransport | undefined => {
    const own = given.get(name);
    return own && (own.url === undefined || own.url === url) ? own.transport : undefined;
  };

  return {
    lease(subgraphs) {
      const unreachable = subgraphs.filter(({ name, url }) => !givenFor(name, url) && !isHttpUrl(url));
      if (unreachable.length > 0) {
        const names = unreachable.map(({ name }) => name).join(', ');
        throw new SupergraphRefused(`The supergraph gives no http(s) URL for: ${names}.`);
      }
      const transports = new Map<string, SubgraphTransport>();
      const leased: string[] = [];
      for (const { name, url } of subgraphs) {
        const own = givenFor(name, url);
        if (own) {
          transports.set(name, own);
          continue;
        }
        const key = JSON.stringify([name, url]);
        const entry = shared.get(key) ?? { transport: connect({ name, url }), users: 0 };
        entry.users++;
        shared.set(key, entry);
        leased.push(key);
        transports.set(name, entry.transport);
      }
      return {
        transports,
        async release() {
          const unused: SubgraphTransport[] = [];
          for (const key of leased.splice(0)) {
            const entry = shared.get(key);
            if (!entry || --entry.users > 0) continue;
            shared.delete(key);
            unused.push(entry.transport);
          }
          await Promise.all(unused.map((transport) => transport.close()));
        },
      };
    },

    async close() {
      await Promise.all(Array.from(given.values(), ({ transport }) => transport.close()));
    },
  };
}

function isHttpUrl(url: string): boolean {
  return URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);
}

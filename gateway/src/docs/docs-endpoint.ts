import type { ServerResponse } from 'node:http';
import type { Contract } from '../contracts/contract.ts';
import type { Supergraph } from '../supergraph/supergraph.ts';
import { readContent } from './content.ts';
import { createSite } from './site.ts';
import type { Page, Site } from './site.ts';

export interface DocsPath {
  /** What chooses the contract, as behind `/graphql`: `''`, `/2026-11`, `/suppliers/2026-11`. */
  readonly contract: string;
  /** The page in it: `['types', 'Product']`. */
  readonly page: readonly string[];
}

/** What a path under `/docs` asks for; undefined if it is none. */
export function docsPath(path: string): DocsPath | undefined {
  const [first, root, ...parts] = path.split('/');
  if (first !== '' || root !== 'docs') return undefined;
  const given = parts.filter((part) => part !== '').map(decoded);
  const pageAt = given.findIndex((part) => pageKinds.has(part));
  const chosen = pageAt < 0 ? given : given.slice(0, pageAt);
  return { contract: chosen.map((part) => `/${part}`).join(''), page: pageAt < 0 ? [] : given.slice(pageAt) };
}

/** The first part of the path of each page in a contract. */
const pageKinds: ReadonlySet<string> = new Set(['types', 'events', 'examples', 'changes', 'schema.graphql']);

export interface Docs {
  /** All versions; for who may see only an audience's contracts, of that. */
  overview(response: ServerResponse, audience: string | undefined): void;
  page(response: ServerResponse, contract: Contract, page: readonly string[]): void;
}

/**
 * Serves docs of the supergraph that serves now, with what a folder laid out as the project's `schema/` has to add, which
 * is read once. Rejects with an Error that names the file that is wrong.
 */
export async function createDocs(options: {
  readonly folder: string;
  readonly supergraph: () => Supergraph | undefined;
  readonly now: () => Date;
}): Promise<Docs> {
  const content = await readContent(options.folder);
  let known: { readonly supergraph: Supergraph; readonly site: Site } | undefined;
  const today = () => options.now().toISOString().slice(0, 10);

  const site = (): Site | undefined => {
    const supergraph = options.supergraph();
    if (!supergraph?.contracts) return undefined;
    if (known?.supergraph !== supergraph) {
      known = { supergraph, site: createSite(supergraph.sdl, supergraph.contracts, content) };
    }
    return known.site;
  };

  return {
    overview: (response, audience) => send(response, site()?.overview(audience, today())),
    page: (response, contract, page) => send(response, site()?.page(contract, page, today())),
  };
}

function send(response: ServerResponse, page: Page | undefined): void {
  const { contentType, body } = page ?? { contentType: 'text/plain; charset=utf-8', body: 'There is no such page.\n' };
  response.writeHead(page ? 200 : 404, {
    'content-type': contentType,
    'content-length': Buffer.byteLength(body),
    'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
    'x-content-type-options': 'nosniff',
  });
  response.end(body);
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

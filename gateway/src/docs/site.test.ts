import { parseContractList } from '../contracts/parse-contract-list.ts';
import { stampContracts } from '../contracts/stamp.ts';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, it } from 'vitest';
import { loadSupergraph } from '../supergraph/supergraph.ts';
import { readContent } from './content.ts';
import { docsPath } from './docs-endpoint.ts';
import { createSite } from './site.ts';
import type { Page, Site } from './site.ts';

const SCHEMA = fileURLToPath(new URL('../../../schema/', import.meta.url));
const TODAY = '2026-12-01';
const list = parseContractList(JSON.parse(readFileSync(`${SCHEMA}contracts/contracts.json`, 'utf8')));
const { contracts, sdl } = loadSupergraph(stampContracts(readFileSync(`${SCHEMA}supergraph.graphql`, 'utf8'), list));
let site: Site;
beforeAll(async () => {
  site = createSite(sdl, contracts!, await readContent(SCHEMA));
});

function pageAt(path: string): Page | undefined {
  const found = docsPath(path);
  if (!found) return undefined;
  const { contract, page } = found;
  if (contract === '') return site.overview(undefined, TODAY);
  const [version, audience] = contract.slice(1).split('/').reverse();
  const served = contracts!.get({ version: version!, audience });
  return served && site.page(served, page, TODAY);
}

it('has a page behind every link, from the overview to the last type of every contract', () => {
  const pages = new Map<string, string>();
  const waiting = ['/docs'];
  const broken: string[] = [];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (pages.has(path)) continue;
    const page = pageAt(path);
    if (!page) broken.push(path);
    pages.set(path, page?.body ?? '');
    for (const [, href = ''] of page?.contentType.startsWith('text/html')
      ? page.body.matchAll(/href="([^"]*)"/g)
      : []) {
      const [to = ''] = href.split('#');
      if (to.startsWith('/') && !pages.has(to)) waiting.push(to);
    }
  }
  expect(broken).toEqual([]);
  for (const { version, audience } of contracts!.names()) {
    expect(pages.has(['/docs', audience, version].filter(Boolean).join('/'))).toBe(true);
  }
});

it('tells of a type what it is, whose it is, and where it is used', () => {
  const { body } = pageAt('/docs/2026-11/types/ProductionOrder')!;
  expect(body).toMatch(/Domain: <a href="\/docs\/2026-11#production-orders">production-orders<\/a>/);
  expect(body).toMatch(/Owner: .+System of record:\s+<abbr title="[^"]+">/s);
  expect(body).toContain('<a href="/docs/2026-11/types/Query#productionOrder">Query.productionOrder</a>');
});

it('tells an audience of nothing that it does not see', () => {
  const { body } = site.overview('suppliers', TODAY);
  expect(body).toContain('/docs/suppliers/2026-11');
  expect(body).not.toContain('"/docs/2026-11"');
  for (const path of ['', '/types/SupplierCommitment', '/schema.graphql']) {
    expect(pageAt(`/docs/suppliers/2026-11${path}`)!.body).not.toMatch(/forecast/i);
  }
  for (const path of ['/types/Forecast', '/events', '/changes']) {
    expect(pageAt(`/docs/suppliers/2026-11${path}`)).toBeUndefined();
  }
});

it('says until when a version is served, and since when one is not', () => {
  const early = site.overview(undefined, '2027-08-31').body;
  const late = site.overview(undefined, '2027-09-01').body;
  expect(early).toContain('served until 2027-08-31. Move on to 2026-11.');
  expect(late).toContain('not served any more since 2027-08-31.');
});

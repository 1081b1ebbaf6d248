import type { GraphQLSchema } from 'graphql';
import { marked } from 'marked';
import type { Contract, ContractName } from '../contracts/contract.ts';
import type { ContractList, Release } from '../contracts/contract-list.ts';
import { contractSdl } from '../contracts/derive-contract.ts';
import type { Contracts } from '../contracts/contracts.ts';
import type { Content } from './content.ts';
import { contractPage } from './contract-page.ts';
import { eventPage, eventsPage } from './event-pages.ts';
import { isExampleOf, variablesOn } from './example.ts';
import type { Example } from './example.ts';
import { html, Html } from './html.ts';
import type { HtmlPart } from './html.ts';
import { layout } from './layout.ts';
import type { Crumb } from './layout.ts';
import { readOwnership } from './ownership.ts';
import { typeHomes } from './type-homes.ts';
import { typePage } from './type-page.ts';

/** The docs of one supergraph's contracts. */
export interface Site {
  /** All versions, of the whole graph or of one audience. `today` is `YYYY-MM-DD`. */
  overview(audience: string | undefined, today: string): Page;
  /** A page of a contract by the rest of its path, e.g. `['types', 'Product']`; undefined if there is none. */
  page(contract: Contract, path: readonly string[], today: string): Page | undefined;
}

export interface Page {
  readonly contentType: string;
  readonly body: string;
}

export function createSite(sdl: string, contracts: Contracts, content: Content): Site {
  const homes = typeHomes(sdl);
  const ownership = readOwnership(content.owners, homes);

  const known = new WeakMap<GraphQLSchema, readonly Example[]>();
  const examplesOf = (schema: GraphQLSchema): readonly Example[] => {
    let examples = known.get(schema);
    if (!examples) known.set(schema, (examples = content.examples.filter((each) => isExampleOf(each, schema))));
    return examples;
  };

  const titled = (contract: Contract, title: string, body: HtmlPart): Page =>
    page(title, [home, { text: contract.label, href: baseOf(contract.name) }], body);

  return {
    overview: (audience, today) => page('Docs', [], overview(contracts, audience, today)),

    page(contract, [kind, name, ...rest], today) {
      const base = baseOf(contract.name);
      const { schema } = contract;
      if (rest.length > 0) return undefined;
      const examples = examplesOf(schema);
      if (kind === undefined) {
        const state = stateOf(contract.name, contracts.list, today);
        return page(contract.label, [home], contractPage(contract, base, state, examples, homes, ownership));
      }
      if (kind === 'schema.graphql' && name === undefined) {
        return { contentType: 'text/plain; charset=utf-8', body: contractSdl(contract) };
      }
      const isWhole = contract.name.audience === undefined;
      if (kind === 'changes' && name === undefined && isWhole)
        return titled(contract, 'What changed', changes(contract, content));
      if (kind === 'events' && isWhole) {
        if (name === undefined) return titled(contract, 'Events', eventsPage(content.events, base));
        const event = content.events.get(name);
        return event && titled(contract, name, eventPage(name, event));
      }
      if (kind === 'types') {
        const type = schema.getType(name ?? '');
        if (!type || type.name.startsWith('__')) return undefined;
        const domain = ownership.domainOf(type.name);
        return titled(contract, type.name, typePage(type, schema, base, domain, ownership.ofType(type.name)));
      }
      const example = kind === 'examples' ? examples.find((each) => each.name === name) : undefined;
      if (!example) return undefined;
      return titled(
        contract,
        example.title,
        html`<h1>${example.title}</h1>
          ${example.explanation.map((paragraph) => html`<p>${paragraph}</p>`)}
          <pre>${example.query}</pre>
          <h2>Variables</h2>
          <pre>${JSON.stringify(variablesOn(example, today), undefined, 2)}</pre>`,
      );
    },
  };
}

const home: Crumb = { text: 'Docs', href: '/docs' };

function page(title: string, crumbs: readonly Crumb[], body: HtmlPart): Page {
  return { contentType: 'text/html; charset=utf-8', body: layout(title, crumbs, body) };
}

function baseOf({ audience, version }: ContractName): string {
  return ['/docs', audience, version].filter((part) => part !== undefined).join('/');
}

function overview({ list }: Contracts, audience: string | undefined, today: string): Html {
  const audiences = Object.entries(list.audiences).filter(([name]) => audience === undefined || name === audience);
  const versions = [...list.releases.map(({ version }) => version), 'next'].reverse();
  const table = (of: string | undefined): Html =>
    html`<table>
      ${versions.map((version) => {
        const name = { version, audience: of };
        return html`<tr>
          <td><a href="${baseOf(name)}">${version}</a></td>
          <td>${stateOf(name, list, today)}</td>
        </tr>`;
      })}
    </table>`;
  return html`<h1>The graph and its versions</h1>
    <p>
      A version of the contract is released once and never changes. Whoever asks for one gets it until its last day;
      whoever asks for none gets the stable one.
    </p>
    ${audience === undefined && table(undefined)}
    ${audiences.map(
      ([name, { description }]) =>
        html`<h2>For ${name}</h2>
          <p>${description}</p>
          ${table(name)}`,
    )}`;
}

function stateOf({ version }: ContractName, list: ContractList, today: string): string {
  if (version === 'next') return `What is coming as ${list.next}: it may change until it is released.`;
  const release: Release | undefined = list.releases.find((each) => each.version === version);
  const since = `Released on ${release?.released ?? 'an unknown day'}`;
  if (version === list.stable) return `${since}; stable: what is served where no version is asked for.`;
  if (release?.sunset === undefined) return `${since}.`;
  return release.sunset < today
    ? `${since}; not served any more since ${release.sunset}.`
    : `${since}; served until ${release.sunset}. Move on to ${list.stable}.`;
}

function changes({ name }: Contract, content: Content): Html {
  const text = content.changes.get(name.version);
  if (text === undefined) return html`<p>Nothing has been released as ${name.version} yet.</p>`;
  return new Html(marked.parse(text, { async: false }));
}

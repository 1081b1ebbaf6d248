import { isObjectType } from 'graphql';
import type { GraphQLObjectType } from 'graphql';
import type { Contract } from '../contracts/contract.ts';
import { domainMap, drawDomainMap } from './domain-map.ts';
import type { Example } from './example.ts';
import { html } from './html.ts';
import type { Html, HtmlPart } from './html.ts';
import type { Ownership } from './ownership.ts';
import { fieldRow, typeLink } from './type-page.ts';
import type { TypeHomes } from './type-homes.ts';

/** The first page of a contract: how it is asked, its domains with what they offer, its examples and all its types. */
export function contractPage(
  contract: Contract,
  base: string,
  state: string,
  examples: readonly Example[],
  homes: TypeHomes,
  ownership: Ownership,
): Html {
  const { schema, label, name } = contract;
  const map = domainMap(schema, homes);
  const path = ['/graphql', name.audience, name.version].filter(Boolean).join('/');
  const types = Object.values(schema.getTypeMap()).filter((type) => !type.name.startsWith('__'));
  return html`<h1>Contract ${label}</h1>
    <p class="note">${state}</p>
    ${drawDomainMap(map)}
    <h2>Ask</h2>
    <pre>
curl http://127.0.0.1:4000${path} \\
  -H 'content-type: application/json' -d '{"query":"{ __typename }"}'</pre>
    <p>
      Or leave the version out of the path and send the header <code>Takt-Contract: ${label}</code>. Every answer names
      the contract that it speaks in the same header; one that uses what is deprecated also has
      <code>Deprecation</code> and <code>Sunset</code>. <a href="${base}/schema.graphql">The whole schema</a>${
        name.audience === undefined &&
        html`, <a href="${base}/events">its events</a>, <a href="${base}/changes">what changed</a>`
      }.
    </p>
    <h2 id="examples">Examples</h2>
    <ul>
      ${examples.map((example) => html`<li><a href="${base}/examples/${example.name}">${example.title}</a></li>`)}
    </ul>
    ${map.domains.map(({ name: domain, entities }) => {
      const owner = ownership.ofDomain(domain);
      return html`<h2 id="${domain}">${domain}</h2>
        ${
          owner &&
          html`<p class="quiet">
            Owner: ${owner.name} (${owner.contact}). System of record:
            <abbr title="${owner.system}">${owner.systemOfRecord}</abbr>.
          </p>`
        }
        ${entities.length > 0 && html`<p>Entities: ${entities.map((each) => html`<a href="${base}/types/${each}"><code>${each}</code></a> `)}</p>`}
        ${rootFields('Queries', schema.getQueryType(), domain, base, homes)}
        ${rootFields('Mutations', schema.getMutationType(), domain, base, homes)}
        ${rootFields('Subscriptions', schema.getSubscriptionType(), domain, base, homes)}`;
    })}
    <h2 id="types">All types</h2>
    <ul class="columns">
      ${types.map((type) => html`<li>${typeLink(type, base)}</li>`)}
    </ul>`;
}

function rootFields(
  title: string,
  root: GraphQLObjectType | null | undefined,
  domain: string,
  base: string,
  homes: TypeHomes,
): HtmlPart {
  if (!isObjectType(root)) return undefined;
  const fields = Object.values(root.getFields()).filter(({ name }) => homes.ofField(root.name, name) === domain);
  if (fields.length === 0) return undefined;
  return html`<details>
    <summary>${title} (${fields.length})</summary>
    <table>
      ${fields.map((field) => fieldRow(field, (type) => typeLink(type, base)))}
    </table>
  </details>`;
}

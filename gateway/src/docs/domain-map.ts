import { getNamedType, isObjectType } from 'graphql';
import type { GraphQLSchema } from 'graphql';
import { html } from './html.ts';
import type { Html } from './html.ts';
import type { TypeHomes } from './type-homes.ts';

/** Which domains of a contract refer to which others by their fields. */
export interface DomainMap {
  readonly domains: readonly { readonly name: string; readonly entities: readonly string[] }[];
  readonly references: readonly { readonly from: string; readonly to: string }[];
}

export function domainMap(schema: GraphQLSchema, homes: TypeHomes): DomainMap {
  const entities = new Map<string, string[]>();
  const references = new Map<string, { from: string; to: string }>();
  const roots = new Set([schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]);
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    const home = homes.ofType(type.name);
    if (home !== undefined && homes.isEntity(type.name)) entities.set(home, [...(entities.get(home) ?? []), type.name]);
    for (const field of Object.values(type.getFields())) {
      const from = homes.ofField(type.name, field.name);
      const target = getNamedType(field.type).name;
      const to = homes.isEntity(target) ? homes.ofType(target) : undefined;
      if (from !== undefined && roots.has(type)) entities.set(from, entities.get(from) ?? []);
      if (from !== undefined && to !== undefined && from !== to) references.set(`${from} ${to}`, { from, to });
    }
  }
  return {
    domains: homes.subgraphs.flatMap((name) => {
      const known = entities.get(name);
      return known ? [{ name, entities: known }] : [];
    }),
    references: [...references.values()],
  };
}

/** A picture with the domains in a circle, each a link to `#NAME`. */
export function drawDomainMap({ domains, references }: DomainMap): Html {
  const height = Math.max(220, domains.length * 66);
  const middle = { x: 550, y: height / 2 };
  const places = new Map(
    domains.map(({ name }, index) => {
      const angle = (2 * Math.PI * index) / domains.length - Math.PI / 2;
      return [name, { x: middle.x + 430 * Math.cos(angle), y: middle.y + (height / 2 - 40) * Math.sin(angle) }];
    }),
  );
  const lines = references.map(({ from, to }) => {
    const [a, b] = [places.get(from) ?? middle, places.get(to) ?? middle];
    return html`<path d="M ${round(a.x)} ${round(a.y)} Q ${middle.x} ${round(middle.y)} ${round(b.x)} ${round(b.y)}"
      ><title>${from} refers to ${to}</title></path
    >`;
  });
  const boxes = domains.map(({ name, entities }) => {
    const { x, y } = places.get(name) ?? middle;
    return html`<a href="#${name}">
      <rect x="${round(x - 105)}" y="${round(y - 24)}" width="210" height="48" rx="6" />
      <text x="${round(x)}" y="${round(y - 3)}" class="domain">${name}</text>
      <text x="${round(x)}" y="${round(y + 14)}">${shortened(entities)}</text>
    </a>`;
  });
  return html`<svg
    class="map"
    viewBox="0 0 1100 ${height}"
    role="img"
    aria-label="The domains and how they refer to each other"
  >
    <g class="references">${lines}</g>
    ${boxes}
  </svg>`;
}

function shortened(entities: readonly string[]): string {
  const shown = entities.slice(0, 2).join(', ');
  return entities.length > 2 ? `${shown} +${entities.length - 2}` : shown;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

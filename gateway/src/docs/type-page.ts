import {
  getNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isUnionType,
  isScalarType,
  astFromValue,
  print,
} from 'graphql';
import type {
  GraphQLArgument,
  GraphQLField,
  GraphQLInputField,
  GraphQLNamedType,
  GraphQLSchema,
  GraphQLType,
} from 'graphql';
import type { Lifecycle } from '../contracts/lifecycle.ts';
import { html } from './html.ts';
import type { Html, HtmlPart } from './html.ts';
import type { Owner } from './ownership.ts';

/** What a type is, has, and where it is used. `base` is where the contract's docs are, e.g. `/docs/2026-11`. */
export function typePage(
  type: GraphQLNamedType,
  schema: GraphQLSchema,
  base: string,
  home: string | undefined,
  owner: Owner | undefined,
): Html {
  const link = (to: GraphQLType): Html => typeLink(to, base);
  return html`<h1>${type.name} <small class="quiet">${kindOf(type)}</small></h1>
    ${lifeNote(type.extensions, undefined)} ${paragraphs(type.description)}
    <p class="quiet">
      ${home !== undefined && html`Domain: <a href="${base}#${home}">${home}</a>. `}
      ${
        owner &&
        html`Owner: ${owner.name} (${owner.contact}). System of record:
          <abbr title="${owner.system}">${owner.systemOfRecord}</abbr>.`
      }
    </p>
    ${
      (isObjectType(type) || isInterfaceType(type) || isInputObjectType(type)) &&
      html`<h2>Fields</h2>
        <table>
          ${Object.values(type.getFields()).map((field: GraphQLField<unknown, unknown> | GraphQLInputField) => fieldRow(field, link))}
        </table>`
    }
    ${
      isEnumType(type) &&
      html`<h2>Values</h2>
        <table>
          ${type.getValues().map(
            (value) =>
              html`<tr id="${value.name}">
                <td><code>${value.name}</code></td>
                <td>${paragraphs(value.description)}${lifeNote(value.extensions, value.deprecationReason)}</td>
              </tr>`,
          )}
        </table>`
    }
    ${
      isUnionType(type) &&
      html`<h2>One of</h2>
        <ul>
          ${type.getTypes().map((each) => html`<li>${link(each)}</li>`)}
        </ul>`
    }
    ${
      isInterfaceType(type) &&
      html`<h2>Implemented by</h2>
        <ul>
          ${schema.getPossibleTypes(type).map((each) => html`<li>${link(each)}</li>`)}
        </ul>`
    }
    ${isScalarType(type) && type.specifiedByURL && html`<p>As in <code>${type.specifiedByURL}</code>.</p>`}
    ${usedBy(type, schema, base)}`;
}

export function typeLink(type: GraphQLType, base: string): Html {
  const { name } = getNamedType(type);
  const [before = '', after = ''] = String(type).split(name);
  return html`<code>${before}<a href="${base}/types/${name}">${name}</a>${after}</code>`;
}

/** Rows of a table: name and arguments, what comes, what it means. */
export function fieldRow(
  field: GraphQLField<unknown, unknown> | GraphQLInputField,
  link: (type: GraphQLType) => Html,
): Html {
  const args: readonly GraphQLArgument[] = 'args' in field ? field.args : [];
  return html`<tr id="${field.name}">
    <td><code>${field.name}</code></td>
    <td>${link(field.type)}${'defaultValue' in field && defaultOf(field)}</td>
    <td>
      ${paragraphs(field.description)}${lifeNote(field.extensions, field.deprecationReason)}
      ${
        args.length > 0 &&
        html`<ul>
          ${args.map(
            (argument) =>
              html`<li>
                <code>${argument.name}</code>: ${link(argument.type)}${defaultOf(argument)}
                ${argument.description}${lifeNote(argument.extensions, argument.deprecationReason)}
              </li>`,
          )}
        </ul>`
      }
    </td>
  </tr>`;
}

function paragraphs(text: string | null | undefined): HtmlPart {
  return text?.split(/\n{2,}/).map((paragraph) => html`<p>${paragraph}</p>`);
}

function lifeNote(extensions: unknown, deprecation: string | null | undefined): HtmlPart {
  const { since } = (extensions as { readonly lifecycle?: Lifecycle }).lifecycle ?? {};
  return [
    since !== undefined && html`<p class="quiet">Since ${since}.</p>`,
    typeof deprecation === 'string' && html`<p class="warn">Deprecated: ${deprecation}</p>`,
  ];
}

function defaultOf({ defaultValue, type }: GraphQLArgument | GraphQLInputField): HtmlPart {
  if (defaultValue === undefined) return undefined;
  const value = astFromValue(defaultValue, type);
  return value && html` = <code>${print(value)}</code>`;
}

function kindOf(type: GraphQLNamedType): string {
  if (isObjectType(type)) return 'type';
  if (isInterfaceType(type)) return 'interface';
  if (isUnionType(type)) return 'union';
  if (isEnumType(type)) return 'enum';
  return isInputObjectType(type) ? 'input' : 'scalar';
}

function usedBy(type: GraphQLNamedType, schema: GraphQLSchema, base: string): HtmlPart {
  const uses = usesIn(schema).get(type.name);
  if (!uses) return undefined;
  return html`<h2>Used by</h2>
    <ul class="columns">
      ${[...uses].map((coordinate) => html`<li><a href="${base}/types/${coordinate.replace('.', '#')}">${coordinate}</a></li>`)}
    </ul>`;
}

const knownUses = new WeakMap<GraphQLSchema, ReadonlyMap<string, ReadonlySet<string>>>();

/** Coordinates of the fields that answer or take a type, by its name. */
function usesIn(schema: GraphQLSchema): ReadonlyMap<string, ReadonlySet<string>> {
  const known = knownUses.get(schema);
  if (known) return known;
  const uses = new Map<string, Set<string>>();
  for (const user of Object.values(schema.getTypeMap())) {
    if (user.name.startsWith('__')) continue;
    if (!isObjectType(user) && !isInterfaceType(user) && !isInputObjectType(user)) continue;
    for (const field of Object.values<GraphQLField<unknown, unknown> | GraphQLInputField>(user.getFields())) {
      for (const { type } of [field, ...('args' in field ? field.args : [])]) {
        const { name } = getNamedType(type);
        uses.set(name, (uses.get(name) ?? new Set()).add(`${user.name}.${field.name}`));
      }
    }
  }
  knownUses.set(schema, uses);
  return uses;
}

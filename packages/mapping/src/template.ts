import type { TSchema } from '@sinclair/typebox';
import { ExpressionError } from './faults.ts';
import type { Expression, Scope } from './expression.ts';
import { itemsOf, plain, propertyOf } from './plain.ts';

/** Data that is made of expressions: one, or a map or a list of such. */
export type Template =
  | { readonly kind: 'value'; readonly value: string | number | boolean }
  | {
      readonly kind: 'expression';
      readonly place: string;
      readonly expression: Expression;
      readonly schema: TSchema | undefined;
    }
  | { readonly kind: 'map'; readonly fields: ReadonlyMap<string, Template> }
  | { readonly kind: 'list'; readonly items: readonly Template[] };

/** What is wrong with one expression of it. */
export interface TemplateFault {
  /** E.g. `data.quantity.unit`. */
  readonly place: string;
  readonly expression: string;
  readonly error: ExpressionError;
}

export interface TemplateReading {
  /** Throws an Error that says what is wrong. */
  readonly expression: (text: string) => Expression;
  readonly problem: (place: string, text: string) => void;
}

/** Reads what stands in the file, against the schema of what it is to become, as far as that is known. */
export function readTemplate(
  written: unknown,
  place: string,
  schema: TSchema | undefined,
  reading: TemplateReading,
  level = 0,
): Template | undefined {
  if (typeof written === 'number' || typeof written === 'boolean') return { kind: 'value', value: written };
  if (typeof written === 'string') {
    const expression = attempt(written, place, reading);
    return expression && { kind: 'expression', place, expression, schema };
  }
  if (typeof written !== 'object' || written === null || level === MOST_LEVELS) {
    reading.problem(place, 'Expected an expression, or a map or a list of such.');
    return undefined;
  }
  if (Array.isArray(written)) {
    if (schema?.properties !== undefined) reading.problem(place, 'Expected a map, not a list.');
    const items = written.map((item: unknown, index) =>
      readTemplate(item, `${place}[${index}]`, schema && itemsOf(schema), reading, level + 1),
    );
    return { kind: 'list', items: items.filter((item) => item !== undefined) };
  }
  return readMap(written as Readonly<Record<string, unknown>>, place, schema, reading, level);
}

function readMap(
  written: Readonly<Record<string, unknown>>,
  place: string,
  schema: TSchema | undefined,
  reading: TemplateReading,
  level: number,
): Template {
  const isKnown = schema?.properties !== undefined;
  const fields = new Map<string, Template>();
  for (const [name, value] of Object.entries(written)) {
    const within = `${place}.${name}`;
    const known = schema && propertyOf(schema, name);
    if (isKnown && !known) reading.problem(within, 'There is no such field.');
    const template = readTemplate(value, within, known, reading, level + 1);
    if (template) fields.set(name, template);
  }
  const required = isKnown ? ((schema.required ?? []) as readonly string[]) : [];
  for (const name of required) {
    if (!Object.hasOwn(written, name)) reading.problem(`${place}.${name}`, 'It is required.');
  }
  return { kind: 'map', fields };
}

function attempt(text: string, place: string, { expression, problem }: TemplateReading): Expression | undefined {
  try {
    return expression(text);
  } catch (error) {
    problem(place, `${text}: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}

/** Every expression on its own, so that each fault is named; what is undefined is left out. Rejects as expressions do. */
export async function fill(
  template: Template,
  input: unknown,
  scope: Scope,
  faults: TemplateFault[],
): Promise<unknown> {
  switch (template.kind) {
    case 'value':
      return template.value;
    case 'expression': {
      const { expression, schema, place } = template;
      try {
        return plain(await expression.evaluate(input, scope), schema);
      } catch (error) {
        if (!(error instanceof ExpressionError)) throw error;
        faults.push({ place, expression: expression.text, error });
        return undefined;
      }
    }
    case 'list': {
      const items = await Promise.all(template.items.map((item) => fill(item, input, scope, faults)));
      return items.filter((item) => item !== undefined);
    }
    case 'map': {
      const made: Record<string, unknown> = {};
      const values = await Promise.all([...template.fields.values()].map((field) => fill(field, input, scope, faults)));
      let index = 0;
      for (const name of template.fields.keys()) {
        const value = values[index++];
        if (value !== undefined) made[name] = value;
      }
      return made;
    }
  }
}

/** The expression that made what stands at a JSON pointer of the data, and its place. */
export function sourceOf(template: Template, pointer: string): { place?: string; expression?: string } {
  let at: Template | undefined = template;
  for (const name of pointer.split('/').slice(1)) {
    if (at?.kind === 'map') at = at.fields.get(name);
    else if (at?.kind === 'list') at = at.items[Number(name)];
  }
  return at?.kind === 'expression' ? { place: at.place, expression: at.expression.text } : {};
}

const MOST_LEVELS = 20;

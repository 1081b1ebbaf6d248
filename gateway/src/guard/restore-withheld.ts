import { isInterfaceType, isObjectType } from 'graphql';
import type { ExecutionResult, GraphQLError, GraphQLSchema } from 'graphql';
import { gatewayError } from '../errors.ts';
import { getOwn, isResponseObject, setOwn } from '../execute/own-properties.ts';
import type { ResponseObject } from '../execute/own-properties.ts';
import type { FieldShape, RuntimeType, SelectionShape, ValueShape } from '../execute/response-shape.ts';

/**
 * Makes the response of an operation of that of its permitted part, as if each withheld field had failed where it
 * stands: null there, or in the nearest place that allows it, and an error with its path; at most {@link maxErrors}.
 */
export function restoreWithheld(
  response: ExecutionResult,
  schema: GraphQLSchema,
  rootType: RuntimeType,
  shape: SelectionShape,
): ExecutionResult {
  if (!response.data) return response;
  const restoring = new Restoring(schema);
  const data = restoring.object(shape, rootType, response.data);
  const errors = [...(response.errors ?? []), ...restoring.errors];
  // Errors come before the data, as in every response of the gateway.
  const { extensions } = response;
  return { ...(errors.length > 0 && { errors }), data, ...(extensions && { extensions }) };
}

class Restoring {
  readonly errors: GraphQLError[] = [];
  readonly #path: (string | number)[] = [];

  constructor(readonly schema: GraphQLSchema) {}

  /** Null if a field is withheld that cannot be null. */
  object(selection: SelectionShape, type: RuntimeType, raw: ResponseObject): ResponseObject | null {
    const restored = Object.create(null) as ResponseObject;
    for (const field of selection.fieldsOf(type)) {
      this.#path.push(field.responseName);
      const value = this.#field(field, type, raw);
      this.#path.pop();
      if (value === null && field.value.kind === 'nonNull') return null;
      setOwn(restored, field.responseName, value);
    }
    return restored;
  }

  #field(field: FieldShape, type: RuntimeType, raw: ResponseObject): unknown {
    const value = getOwn(raw, field.responseName);
    if (value !== undefined) return field.kind === 'value' ? this.#value(field.value, value) : value;
    if (field.kind === 'typename') return type.name;
    if (this.errors.length < maxErrors) {
      this.errors.push(
        gatewayError('UNAUTHORIZED_FIELD_OR_TYPE', 'Unauthorized field or type', {
          nodes: field.nodes,
          path: [...this.#path],
        }),
      );
    }
    return null;
  }

  #value(shape: ValueShape, raw: unknown): unknown {
    if (shape.kind === 'nonNull') return this.#value(shape.of, raw);
    if (shape.kind === 'list' && Array.isArray(raw)) return this.#list(shape.of, raw);
    if (shape.kind !== 'object' || !isResponseObject(raw)) return raw;
    const type = shape.only ?? this.schema.getType(String(getOwn(raw, '__typename')));
    return isObjectType(type) || isInterfaceType(type) ? this.object(shape.selection, type, raw) : null;
  }

  #list(of: ValueShape, raw: readonly unknown[]): unknown[] | null {
    const values: unknown[] = [];
    for (const [index, item] of raw.entries()) {
      this.#path.push(index);
      const value = this.#value(of, item);
      this.#path.pop();
      if (value === null && of.kind === 'nonNull') return null;
      values.push(value);
    }
    return values;
  }
}

/** A withheld field in a long list would say the same of each of its rows. */
export const maxErrors = 100;

import type { GraphQLError, GraphQLSchema } from 'graphql';
import { isInterfaceType, isObjectType } from 'graphql';
import { gatewayError } from '../errors.ts';
import { ErrorPaths } from './fetch-errors.ts';
import type { ResponsePath } from './flatten-path.ts';
import { getOwn, isResponseObject, setOwn } from './own-properties.ts';
import type { ResponseObject } from './own-properties.ts';
import { plainValue } from './representations.ts';
import { isLeafValue } from './response-shape.ts';
import type { DeferredShape, FieldShape, RuntimeType, SelectionShape, ValueShape } from './response-shape.ts';

/** A fragment that is left for a later part of the response, and the object that it applies to. */
export interface DeferredPlace extends DeferredShape {
  readonly path: ResponsePath;
  readonly type: RuntimeType;
  readonly data: ResponseObject;
}

/** Answers the fields that no subgraph knows: `__schema` and `__type`. */
export type Introspect = (field: FieldShape) => unknown;

/**
 * Makes the client's response of what the subgraphs gave: only what was selected, in the client's order, checked and
 * nulled by the API schema. Adds an error for each value that the schema does not allow, unless a failed fetch explains
 * it; and to `deferred`, what the shape leaves for later. `path` is where the response, if it is a part, belongs.
 */
export function shapeResponse(
  schema: GraphQLSchema,
  rootType: RuntimeType,
  shape: SelectionShape,
  data: ResponseObject,
  errors: GraphQLError[],
  introspect: Introspect,
  deferred: DeferredPlace[] = [],
  path: ResponsePath = [],
  /** Where objects of abstract types tell their type. */
  typeKey = '__typename',
): ResponseObject | null {
  const shaping = new Shaping(schema, errors, introspect, deferred, path, typeKey);
  const response = shaping.object(shape, rootType, data);
  if (response !== invalid) return response;
  shaping.explainNull();
  deferred.length = 0;
  return null;
}

/** A value that the schema does not allow: the nearest nullable place becomes null, and some error says why. */
const invalid = Symbol('invalid');

class Shaping {
  readonly #path: (string | number)[];
  #explained: ErrorPaths | undefined;
  /** Values that no fetch gave: reported only where nothing else explains the null that they lead to. */
  #missing: GraphQLError | undefined;

  constructor(
    readonly schema: GraphQLSchema,
    readonly errors: GraphQLError[],
    readonly introspect: Introspect,
    readonly deferred: DeferredPlace[],
    path: ResponsePath,
    readonly typeKey: string,
  ) {
    this.#path = [...path];
  }

  object(selection: SelectionShape, type: RuntimeType, data: ResponseObject): ResponseObject | typeof invalid {
    const response: ResponseObject = Object.create(null) as ResponseObject;
    for (const field of selection.fieldsOf(type)) {
      const { responseName } = field;
      let value: unknown;
      if (field.kind === 'value') {
        this.#path.push(responseName);
        value = this.#value(field, field.value, getOwn(data, field.fetchedName));
        this.#path.pop();
      } else if (field.kind === 'introspection') {
        value = this.introspect(field);
      } else {
        value = isObjectType(type) ? type.name : this.#refuse(field, typeUnknown(type));
      }
      if (value === invalid) return invalid;
      setOwn(response, responseName, value);
    }
    for (const later of selection.deferredOf(type)) this.deferred.push({ ...later, type, data, path: [...this.#path] });
    return response;
  }

  #value(field: FieldShape, shape: ValueShape, raw: unknown): unknown {
    const { length } = this.deferred;
    const value = this.#checked(field, shape, raw);
    // What lay within an object that became null has no place any more.
    if (value === invalid || value === null) this.deferred.length = length;
    return value;
  }

  #checked(field: FieldShape, shape: ValueShape, raw: unknown): unknown {
    if (shape.kind !== 'nonNull') {
      const value = this.#nullable(field, shape, raw);
      if (value !== invalid) return value;
      this.explainNull();
      return null;
    }
    const value = this.#nullable(field, shape.of, raw);
    if (value !== null) return value;
    return this.#refuse(
      field,
      `Cannot return null for non-nullable field ${field.parentType.name}.${field.fieldName}.`,
      raw === undefined,
    );
  }

  /** Reports what led to a null here, unless an error at, above or below this place does. */
  explainNull(): void {
    if (!this.#missing) return;
    if (!this.#isExplained()) this.errors.push(this.#missing);
    this.#missing = undefined;
  }

  #nullable(field: FieldShape, shape: ValueShape, raw: unknown): unknown {
    if (raw === null || raw === undefined) return null;
    if (shape.kind === 'list') return this.#list(field, shape.of, raw);
    if (shape.kind === 'leaf') {
      const given = plainValue(raw);
      const value = shape.shownAs && typeof given === 'string' ? (getOwn(shape.shownAs, given) ?? given) : given;
      if (isLeafValue(shape.type, value)) return value;
    } else if (shape.kind === 'object' && isResponseObject(raw)) {
      const type = shape.only ?? typeOf(this.schema, raw, shape.type, this.typeKey);
      if (type) return this.object(shape.selection, type, raw);
    }
    return this.#refuseGiven(field, `A subgraph gave a value that is not of type ${shape.typeName}.`);
  }

  #list(field: FieldShape, of: ValueShape, raw: unknown): unknown {
    if (!Array.isArray(raw)) return this.#refuseGiven(field, 'A subgraph gave a value that is not a list.');
    const values: unknown[] = new Array(raw.length);
    for (let index = 0; index < raw.length; index++) {
      this.#path.push(index);
      const value = this.#value(field, of, raw[index]);
      this.#path.pop();
      if (value === invalid) return invalid;
      values[index] = value;
    }
    return values;
  }

  #refuse(field: FieldShape, message: string, isMissing = false): typeof invalid {
    if (this.#isExplained()) return invalid;
    if (isMissing) this.#missing ??= this.#invalidValue(field, message);
    else this.errors.push(this.#invalidValue(field, message));
    return invalid;
  }

  /** No error of another place explains what a subgraph did give. */
  #refuseGiven(field: FieldShape, message: string): typeof invalid {
    this.errors.push(this.#invalidValue(field, message));
    return invalid;
  }

  #invalidValue({ nodes }: FieldShape, message: string): GraphQLError {
    return gatewayError('INVALID_VALUE', message, { nodes, path: [...this.#path] });
  }

  #isExplained(): boolean {
    this.#explained ??= new ErrorPaths(this.errors);
    return this.#explained.explain(this.#path);
  }
}

function typeUnknown({ name }: RuntimeType): string {
  return `An object's type within ${name} is unknown.`;
}

/** The type that an object has by its own account; else the one that is declared. */
export function typeOf(
  schema: GraphQLSchema,
  raw: ResponseObject,
  declared: RuntimeType | undefined,
  typeKey = '__typename',
): RuntimeType | undefined {
  const name = getOwn(raw, typeKey);
  if (typeof name !== 'string') return declared;
  const type = schema.getType(name);
  return isObjectType(type) || isInterfaceType(type) ? type : undefined;
}

import { setImmediate as otherWork } from 'node:timers/promises';
import { GraphQLError, Kind, validate } from 'graphql';
import type { DocumentNode, GraphQLSchema } from 'graphql';
import { OperationRefused } from '../errors.ts';
import type { LimitGuard } from '../guard/limit-guard.ts';
import type { Manifest } from './manifest.ts';

export interface DocumentFault {
  readonly hash: string;
  /** Of the document's first operation that has a name. */
  readonly operationName: string | undefined;
  readonly message: string;
}

/**
 * Why documents of a manifest would not be served: what is beyond the gateway's limits or does not fit the schema.
 * Validates as the gateway does before it plans, one document at a time between other work.
 */
export async function manifestFaults(
  { documents }: Manifest,
  schema: GraphQLSchema,
  limits: LimitGuard,
): Promise<readonly DocumentFault[]> {
  const faults: DocumentFault[] = [];
  for (const [hash, text] of Object.entries(documents)) {
    await otherWork();
    let operationName: string | undefined;
    try {
      const document = limits.parse(text);
      operationName = nameIn(document);
      const errors = validate(schema, document, undefined, { maxErrors: maxErrorsPerDocument });
      const messages = errors.length > 0 ? errors.map(placed) : runnable(document);
      faults.push(...messages.map((message) => ({ hash, operationName, message })));
    } catch (error) {
      faults.push(...refusals(error).map((message) => ({ hash, operationName, message })));
    }
    if (faults.length >= maxFaults) break;
  }
  return faults.slice(0, maxFaults);
}

const maxErrorsPerDocument = 20;
const maxFaults = 100;

function nameIn(document: DocumentNode): string | undefined {
  const operations = document.definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION);
  return operations.find(({ name }) => name !== undefined)?.name?.value;
}

function runnable({ definitions }: DocumentNode): string[] {
  const hasOperation = definitions.some(({ kind }) => kind === Kind.OPERATION_DEFINITION);
  return hasOperation ? [] : ['The document has no operation.'];
}

function refusals(error: unknown): string[] {
  if (error instanceof OperationRefused) return error.errors.map(placed);
  // A rule of validation that meets a condition on a variable throws.
  if (error instanceof GraphQLError) return [placed(error)];
  throw error;
}

function placed({ message, locations }: GraphQLError): string {
  const [place] = locations ?? [];
  return place ? `${message} (line ${place.line}, column ${place.column})` : message;
}

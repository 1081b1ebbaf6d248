import { toByteText } from '../../byte-text.ts';
import { getOwn } from '../own-properties.ts';
import type { CompiledFetch } from './compiled-operation.ts';

/** The variables of a fetch as byte text of a JSON object: the client's as the client gave them, defaults are in the fetch's own text. */
export function variablesText(
  fetch: CompiledFetch,
  variables: Readonly<Record<string, unknown>>,
  representations: readonly string[],
): string {
  let text = fetch.targets ? `{"representations":[${representations.join(',')}]` : '{';
  for (const [name, clientName] of fetch.variables) {
    const value = getOwn(variables, clientName);
    if (value !== undefined) text += `${text.length > 1 ? ',' : ''}"${name}":${toByteText(JSON.stringify(value))}`;
  }
  return `${text}}`;
}

import { Kind, print, separateOperations, visit } from 'graphql';
import type { BoundOperation, RunOptions } from '../execute/executor.ts';
import { anonymous } from '../guard/caller.ts';
import type { PlannedOperation } from '../plan/operation-planner.ts';
import type { UpstreamOperation } from './upstream.ts';

/**
 * Equal for subscriptions whose events are answered alike: same operation, variables, headers for subgraphs and scope of
 * authorization. The place to begin is not part of it where it is a variable of its own.
 */
export function identityOf(
  { planned, coercedVariables, asked }: BoundOperation,
  { resume }: UpstreamOperation,
  { headers = {}, caller = anonymous }: Partial<RunOptions>,
): string {
  const { text, uses } = textOf(planned);
  const { initial } = resume ?? {};
  const variable = initial?.kind === Kind.VARIABLE ? planned.names.clientVariable(initial.name.value) : undefined;
  const begin = variable !== undefined && uses.get(variable) === 1 ? variable : undefined;
  const variables = Object.entries(coercedVariables).filter(([name]) => name !== begin);
  const sent = Object.entries(headers).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([text, variables, sent, caller.sharingKey, asked?.query]);
}

/** The operation alone, with the fragments that it uses. */
export function textOf(planned: PlannedOperation): OperationText {
  let known = texts.get(planned);
  if (known) return known;
  const name = planned.operation.name?.value;
  const document = separateOperations(planned.document)[name ?? ''];
  if (!document) throw new Error('the document has not the operation that was planned');
  const uses = new Map<string, number>();
  visit(document, {
    VariableDefinition: () => false,
    Variable: ({ name: { value } }) => void uses.set(value, (uses.get(value) ?? 0) + 1),
  });
  texts.set(planned, (known = { text: print(document), name, uses }));
  return known;
}

const texts = new WeakMap<PlannedOperation, OperationText>();

interface OperationText {
  readonly text: string;
  readonly name: string | undefined;
  /** How often each variable is used. */
  readonly uses: ReadonlyMap<string, number>;
}

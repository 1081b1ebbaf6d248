import { Type, type Static, type TSchema } from '@sinclair/typebox';
import type { DeadLetters } from '@takt/intake';
import type { ReplayReport, ReplayRequest, ReplayWatch } from './replay.ts';

/** What an operator may do to a domain that is open: in this process, or through the door of the one that has it open. */
export interface Operations {
  replay(request: ReplayRequest, watch: ReplayWatch): Promise<ReplayReport>;
  readonly deadLetters: DeadLetters;
}

/** One thing that an operator asks for through the door, and what it takes. */
export interface Operation<Input extends TSchema = TSchema> {
  readonly input: Input;
  readonly run: (operations: Operations, input: Static<Input>, watch: ReplayWatch) => Promise<unknown>;
}

const Key = Type.String({ minLength: 1 });
const Handled = Type.Object({ key: Key, by: Type.String(), reason: Type.String() });

/** By the path behind `/operations/<domain>/`. */
export const OPERATIONS = {
  replay: operation({
    input: Type.Object({
      from: Type.Optional(Type.String()),
      to: Type.Optional(Type.String()),
      type: Type.Optional(Type.String()),
      consumer: Type.Optional(Type.String()),
      dryRun: Type.Boolean(),
      rebuild: Type.Boolean(),
    }),
    run: (operations, request, watch) => operations.replay(request, watch),
  }),
  'dead-letters/list': operation({
    input: Type.Object({
      status: Type.Union([Type.Literal('DEAD_LETTERED'), Type.Literal('DISCARDED')]),
      first: Type.Integer({ minimum: 1, maximum: 500 }),
      after: Type.Optional(Type.Array(Type.Union([Type.String(), Type.Number()]))),
    }),
    run: ({ deadLetters }, query) => deadLetters.list(query),
  }),
  'dead-letters/show': operation({
    input: Type.Object({ key: Key }),
    run: ({ deadLetters }, { key }) => deadLetters.show(key),
  }),
  'dead-letters/retry': operation({
    input: Handled,
    run: ({ deadLetters }, { key, ...handling }) => deadLetters.retry(key, handling),
  }),
  'dead-letters/discard': operation({
    input: Handled,
    run: ({ deadLetters }, { key, ...handling }) => deadLetters.discard(key, handling),
  }),
};

function operation<Input extends TSchema>(each: Operation<Input>): Operation<Input> {
  return each;
}

import { Type, type Static, type TSchema } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import type { DeadLetters } from '@takt/intake';
import { MAX_FEED_PAGE, MAX_FEED_WAIT_MS, type Feed } from './feed.ts';
import { ReplayRefusedError, type ReplayReport, type ReplayRequest, type ReplayWatch } from './replay.ts';

/** What an operator, or another domain, may do to a domain that is open: in this process, or through the door of the one that has it open. */
export interface Operations {
  replay(request: ReplayRequest, watch: ReplayWatch): Promise<ReplayReport>;
  readonly deadLetters: DeadLetters;
  readonly feed: Feed;
  /** Answers a {@link Questions question} of the domain. Throws {@link ReplayRefusedError} if it knows no such. */
  ask(question: string, input: unknown): Promise<unknown>;
}

/**
 * One thing that is asked for through the door, of whatever came as its input. Throws {@link ReplayRefusedError}
 * if that is none.
 */
export type Operation = (operations: Operations, input: unknown, watch: ReplayWatch) => Promise<unknown>;

const Key = Type.String({ minLength: 1 });
const Handled = Type.Object({ key: Key, by: Type.String(), reason: Type.String() });

/** By the path behind `/operations/<domain>/`. */
export const OPERATIONS = {
  replay: operation(
    Type.Object({
      from: Type.Optional(Type.String()),
      to: Type.Optional(Type.String()),
      type: Type.Optional(Type.String()),
      consumer: Type.Optional(Type.String()),
      dryRun: Type.Boolean(),
      rebuild: Type.Boolean(),
    }),
    (operations, request, watch) => operations.replay(request, watch),
  ),
  'dead-letters/list': operation(
    Type.Object({
      status: Type.Union([Type.Literal('DEAD_LETTERED'), Type.Literal('DISCARDED')]),
      first: Type.Integer({ minimum: 1, maximum: 500 }),
      after: Type.Optional(Type.Array(Type.Union([Type.String(), Type.Number()]))),
    }),
    ({ deadLetters }, query) => deadLetters.list(query),
  ),
  'dead-letters/show': operation(Type.Object({ key: Key }), ({ deadLetters }, { key }) => deadLetters.show(key)),
  'dead-letters/retry': operation(Handled, ({ deadLetters }, { key, ...handling }) => deadLetters.retry(key, handling)),
  'dead-letters/discard': operation(Handled, ({ deadLetters }, { key, ...handling }) =>
    deadLetters.discard(key, handling),
  ),
  'feed/head': operation(Type.Object({}), ({ feed }) => feed.head()),
  'feed/events': operation(
    Type.Object({
      after: Type.Integer({ minimum: 0 }),
      limit: Type.Integer({ minimum: 0, maximum: MAX_FEED_PAGE }),
      waitMs: Type.Integer({ minimum: 0, maximum: MAX_FEED_WAIT_MS }),
    }),
    ({ feed }, query, { signal }) => feed.events(query, signal),
  ),
  'feed/snapshot': operation(
    Type.Object({
      collection: Key,
      after: Type.Optional(Key),
      limit: Type.Integer({ minimum: 1, maximum: MAX_FEED_PAGE }),
    }),
    ({ feed }, query) => feed.snapshot(query),
  ),
  ask: operation(Type.Object({ question: Key, input: Type.Unknown() }), (operations, { question, input }) =>
    operations.ask(question, input),
  ),
} satisfies Readonly<Record<string, Operation>>;

function operation<Input extends TSchema>(
  schema: Input,
  run: (operations: Operations, input: Static<Input>, watch: ReplayWatch) => Promise<unknown>,
): Operation {
  return async (operations, input, watch) => {
    const fault = Value.Errors(schema, input).First();
    if (fault) throw new ReplayRefusedError(`${fault.path || 'The body'}: ${fault.message}.`);
    return run(operations, input, watch);
  };
}

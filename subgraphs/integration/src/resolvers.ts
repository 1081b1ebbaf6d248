import type { FoundMessage, ResultPlace } from '@takt/integration';
import {
  CommandRefused,
  fault,
  PageArgs,
  type Operations,
  COMMAND_INPUT,
  FILTER,
  COMMAND,
} from '@takt/subgraph-server';
import { Directive, Arg, Args, Ctx, FieldResolver, ID, Int, Mutation, Query, Resolver, Root } from 'type-graphql';
import { DISCARD, RETRY, type HandlingAnswer } from './exchange.ts';
import {
  HandleIntegrationMessageInput,
  IntegrationMessage,
  IntegrationMessageAccepted,
  IntegrationMessageConnection,
  IntegrationMessageFilter,
  IntegrationMessageResult,
  IntegrationResultConnection,
  IntegrationResultStatus,
  RawInput,
} from './schema.ts';
import type { IntegrationContext } from './store.ts';

const MAX_PAGE = 500;
const MAX_RAW_BYTES = 256 * 1024;

@Resolver(() => IntegrationMessage)
export class IntegrationMessageResolver {
  @Query(() => IntegrationMessageConnection, {
    description: 'What backing systems told and were told, newest first.',
  })
  async integrationMessages(
    @Args(() => PageArgs) { first, after }: PageArgs,
    @Arg('filter', () => IntegrationMessageFilter, { nullable: true, description: FILTER })
    filter: IntegrationMessageFilter | null,
    @Ctx() { reader }: IntegrationContext,
  ): Promise<IntegrationMessageConnection> {
    const { messages, hasNextPage } = await reader.messages({
      filter: present(filter ?? {}),
      newestFirst: true,
      first: pageSize(first),
      after: after == null ? undefined : arrivalOf(after),
    });
    const edges = messages.map((message) => ({ cursor: String(message.arrival), node: toMessage(message) }));
    return { nodes: edges.map(({ node }) => node), edges, pageInfo: pageInfo(edges, hasNextPage, after) };
  }

  @Query(() => IntegrationMessage, {
    nullable: true,
    description: 'One document or command by its id, with all that became of it.',
  })
  integrationMessage(
    @Arg('id', () => ID, { description: 'Id of the message, e.g. from `integrationMessages`.' }) id: string,
    @Ctx() context: IntegrationContext,
  ) {
    return loadIntegrationMessage(id, context);
  }

  @FieldResolver(() => RawInput, { nullable: true, description: `As it came, at most ${MAX_RAW_BYTES} bytes at once.` })
  async raw(
    @Root() { id }: IntegrationMessage,
    @Arg('offset', () => Int, { defaultValue: 0, description: 'In bytes.' }) offset: number,
    @Arg('first', () => Int, { defaultValue: 16_384, description: 'At most so many bytes.' }) first: number,
    @Ctx() { reader }: IntegrationContext,
  ): Promise<RawInput | null> {
    if (offset < 0 || first < 1 || first > MAX_RAW_BYTES) {
      throw fault('BAD_USER_INPUT', `offset must be 0 or more, first from 1 to ${MAX_RAW_BYTES}.`);
    }
    const raw = await reader.raw(id, { offset, limit: first });
    return raw ? { text: raw.text, nextOffset: raw.nextOffset ?? null } : null;
  }

  @FieldResolver(() => IntegrationResultConnection, { description: 'In the order of the document’s records.' })
  async results(
    @Root() { id }: IntegrationMessage,
    @Args(() => PageArgs) { first, after }: PageArgs,
    @Arg('status', () => [IntegrationResultStatus], {
      nullable: true,
      description: 'Only parts that ended so; unless given, all.',
    })
    status: readonly (keyof typeof IntegrationResultStatus)[] | null,
    @Ctx() { reader }: IntegrationContext,
  ): Promise<IntegrationResultConnection> {
    const { results, hasNextPage } = await reader.results(id, {
      first: pageSize(first),
      after: after == null ? undefined : placeOf(after),
      statuses: status ?? undefined,
    });
    const edges = results.map((result) => ({ cursor: result.at.join('.') }));
    return {
      nodes: results.map(({ record, place, status: ended, ...rest }) => ({
        record,
        place,
        status: ended,
        refusal: rest.refusal ?? null,
        type: rest.type ?? null,
        domain: rest.domain ?? null,
        messageId: rest.messageId ?? null,
        entity: rest.entity ?? null,
        rule: rest.rule ?? null,
        field: rest.field ?? null,
        expression: rest.expression ?? null,
      })),
      pageInfo: pageInfo(edges, hasNextPage, after),
    };
  }

  @Directive(COMMAND)
  @Mutation(() => IntegrationMessageResult, {
    description:
      'Reads and maps a message that failed again, with the mapping of now; what was applied of it is not applied again.',
  })
  retryIntegrationMessage(
    @Arg('input', () => HandleIntegrationMessageInput, { description: COMMAND_INPUT })
    input: HandleIntegrationMessageInput,
    @Ctx() context: IntegrationContext,
  ) {
    return handle(RETRY, input, context);
  }

  @Directive(COMMAND)
  @Mutation(() => IntegrationMessageResult, { description: 'Ends a message that failed for good.' })
  discardIntegrationMessage(
    @Arg('input', () => HandleIntegrationMessageInput, { description: COMMAND_INPUT })
    input: HandleIntegrationMessageInput,
    @Ctx() context: IntegrationContext,
  ) {
    return handle(DISCARD, input, context);
  }
}

export async function loadIntegrationMessage(
  id: string,
  { reader }: IntegrationContext,
): Promise<IntegrationMessage | null> {
  const found = await reader.message(id);
  return found ? toMessage(found) : null;
}

async function handle(
  question: string,
  { id, by, reason }: HandleIntegrationMessageInput,
  context: IntegrationContext & { readonly operations: () => Operations },
): Promise<IntegrationMessageAccepted | CommandRefused> {
  const answer = (await context.operations().ask(question, { id, by, reason })) as HandlingAnswer;
  if ('code' in answer) return Object.assign(new CommandRefused(), answer);
  const message = await loadIntegrationMessage(id, context);
  if (!message) throw new Error(`The message ${id} was removed while it was handled.`);
  return Object.assign(new IntegrationMessageAccepted(), { message });
}

function toMessage(message: FoundMessage): IntegrationMessage {
  const { system, name, parsedAt, endedAt, mapping, refusal, exchange, handling, ...rest } = message;
  return {
    id: rest.id,
    backingSystem: { id: system },
    connector: rest.connector,
    direction: rest.direction,
    key: rest.key,
    correlationId: rest.correlationId,
    name: name ?? null,
    documentNumbers: rest.documentNumbers,
    status: rest.status,
    time: rest.time,
    receivedAt: rest.receivedAt,
    parsedAt: parsedAt ?? null,
    endedAt: endedAt ?? null,
    mapping: mapping ?? null,
    records: rest.records,
    counts: rest.counts,
    refusal: refusal ?? null,
    exchange: exchange ?? null,
    attempts: rest.attempts,
    handling: handling ?? [],
    mediaType: rest.mediaType,
    bytes: rest.bytes,
    sha256: rest.sha256,
  };
}

export function pageSize(first: number): number {
  if (first >= 0 && first <= MAX_PAGE) return first;
  throw fault('BAD_USER_INPUT', `first must be from 0 to ${MAX_PAGE}, got ${first}. Page on with after: endCursor.`);
}

export function pageInfo(
  edges: readonly { readonly cursor: string }[],
  hasNextPage: boolean,
  after: string | null | undefined,
) {
  return {
    hasNextPage,
    hasPreviousPage: after != null,
    startCursor: edges[0]?.cursor ?? null,
    endCursor: edges.at(-1)?.cursor ?? null,
  };
}

function arrivalOf(cursor: string): number {
  if (/^\d{1,15}$/.test(cursor)) return Number(cursor);
  throw fault('CURSOR_INVALID', 'The cursor is not one of this list.');
}

function placeOf(cursor: string): ResultPlace {
  const [, part, index] = /^(\d{1,9})\.(\d{1,9})$/.exec(cursor) ?? [];
  if (part === undefined) throw fault('CURSOR_INVALID', 'The cursor is not one of this list.');
  return [Number(part), Number(index)];
}

/** Without what is null. */
function present(filter: IntegrationMessageFilter) {
  const { system, direction, status, correlationId, documentNumber, entity } = filter;
  return {
    ...(system != null && { system }),
    ...(direction != null && { direction }),
    ...(status != null && { status }),
    ...(correlationId != null && { correlationId }),
    ...(documentNumber != null && { documentNumber }),
    ...(entity != null && { entity }),
  };
}

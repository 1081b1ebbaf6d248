import { DeadLetterError, type DeadLetters, type InboxEntry } from '@takt/intake';
import { CommandRefused, fault, PageArgs, COMMAND_INPUT, COMMAND } from '@takt/subgraph-server';
import { Directive, Arg, Args, Ctx, Mutation, Query, Resolver } from 'type-graphql';
import { SOURCED_DOMAINS } from './exchange.ts';
import { pageInfo, pageSize } from './resolvers.ts';
import {
  DeadLetter,
  DeadLetterConnection,
  DeadLetterHandled,
  DeadLetterResult,
  HandleDeadLetterInput,
} from './schema.ts';
import type { IntegrationContext } from './store.ts';

const OWN = 'integration';
const DOMAINS: readonly string[] = [...SOURCED_DOMAINS, OWN];
const MAX_RAW = 64 * 1024;

@Resolver()
export class DeadLetterResolver {
  @Query(() => DeadLetterConnection, { description: 'Of one domain, in order of arrival.' })
  async deadLetters(
    @Arg('domain', () => String, { description: `One of ${DOMAINS.join(', ')}.` }) domain: string,
    @Args(() => PageArgs) { first, after }: PageArgs,
    @Ctx() context: IntegrationContext,
  ): Promise<DeadLetterConnection> {
    const deadLetters = await deadLettersOf(domain, context);
    const page = await deadLetters.list({
      status: 'DEAD_LETTERED',
      first: Math.max(1, pageSize(first)),
      ...(after != null && { after: keyOf(after) }),
    });
    const edges = page.entries.map(({ key }) => ({ cursor: Buffer.from(JSON.stringify(key)).toString('base64url') }));
    return {
      nodes: page.entries.map(({ id, document }) => toDeadLetter(domain, id, document)),
      pageInfo: pageInfo(edges, page.hasNextPage, after),
    };
  }

  @Directive(COMMAND)
  @Mutation(() => DeadLetterResult, { description: 'Decides again, now.' })
  async retryDeadLetter(
    @Arg('input', () => HandleDeadLetterInput, { description: COMMAND_INPUT })
    { domain, key, by, reason }: HandleDeadLetterInput,
    @Ctx() context: IntegrationContext,
  ): Promise<DeadLetterHandled | CommandRefused> {
    return handle(async () => {
      const outcome = await (await deadLettersOf(domain, context)).retry(key, { by, reason });
      return { status: outcome.status, refusal: 'refusal' in outcome ? outcome.refusal : null };
    });
  }

  @Directive(COMMAND)
  @Mutation(() => DeadLetterResult, { description: 'Ends it for good.' })
  async discardDeadLetter(
    @Arg('input', () => HandleDeadLetterInput, { description: COMMAND_INPUT })
    { domain, key, by, reason }: HandleDeadLetterInput,
    @Ctx() context: IntegrationContext,
  ): Promise<DeadLetterHandled | CommandRefused> {
    return handle(async () => {
      await (await deadLettersOf(domain, context)).discard(key, { by, reason });
      return { status: 'DISCARDED', refusal: null };
    });
  }
}

async function handle(act: () => Promise<DeadLetterHandled>): Promise<DeadLetterHandled | CommandRefused> {
  try {
    return Object.assign(new DeadLetterHandled(), await act());
  } catch (error) {
    // Through a door only its code and words are left of it.
    if (error instanceof DeadLetterError || isOperationError(error)) {
      return Object.assign(new CommandRefused(), { code: error.code, reason: error.message });
    }
    throw error;
  }
}

function isOperationError(error: unknown): error is Error & { readonly code: string } {
  return error instanceof Error && error.name === 'OperationError' && 'code' in error;
}

async function deadLettersOf(domain: string, { operations, neighbours }: IntegrationContext): Promise<DeadLetters> {
  if (!DOMAINS.includes(domain)) throw fault('BAD_USER_INPUT', `domain must be one of ${DOMAINS.join(', ')}.`);
  if (domain === OWN) return operations().deadLetters;
  const found = await neighbours.operations?.(domain);
  if (!found) throw fault('BAD_USER_INPUT', `The domain ${domain} cannot be reached from here.`);
  return found.deadLetters;
}

function toDeadLetter(domain: string, key: string, { raw, receivedAt, outcome, handling }: InboxEntry): DeadLetter {
  const { type, source } = envelopeOf(raw);
  return {
    domain,
    key,
    type: typeof type === 'string' ? type : null,
    source: typeof source === 'string' ? source : null,
    receivedAt,
    refusal: outcome && 'refusal' in outcome ? outcome.refusal : null,
    raw: raw.slice(0, MAX_RAW),
    handling: handling ?? [],
  };
}

function envelopeOf(raw: string): { readonly type?: unknown; readonly source?: unknown } {
  const value: unknown = JSON.parse(raw);
  return typeof value === 'object' && value !== null ? value : {};
}

function keyOf(cursor: string): (string | number)[] {
  try {
    const key: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    if (Array.isArray(key) && key.every((part) => typeof part === 'string' || typeof part === 'number')) return key;
  } catch {
    // Falls through.
  }
  throw fault('CURSOR_INVALID', 'The cursor is not one of this list.');
}

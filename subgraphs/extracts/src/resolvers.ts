import { ExtractRefused as Refused, positionOf, type ExtractService, type Job, type KeptAsker } from '@takt/extraction';
import { fault, MAX_PAGE_SIZE, PageArgs, type Connection } from '@takt/subgraph-server';
import { Arg, Args, Ctx, ID, Mutation, Query, Resolver } from 'type-graphql';
import {
  BulkExtractInput,
  Extract,
  ExtractChangesInput,
  ExtractConnection,
  ExtractRefused,
  ExtractResult,
  ExtractStarted,
} from './schema.ts';

/** Whom a request is of, and who does the work. */
export interface ExtractsContext {
  readonly asker: KeptAsker;
  readonly extracts: ExtractService;
}

@Resolver(() => Extract)
export class ExtractResolver {
  @Query(() => Extract, { nullable: true, description: 'An extract of yours.' })
  async extract(@Arg('id', () => ID) id: string, @Ctx() { extracts, asker }: ExtractsContext): Promise<Extract | null> {
    const job = await extracts.find(asker, id);
    return job ? toExtract(job) : null;
  }

  @Query(() => ExtractConnection, { description: 'Extracts of yours, the newest first.' })
  async extracts(
    @Args(() => PageArgs) { first, after }: PageArgs,
    @Ctx() { extracts, asker }: ExtractsContext,
  ): Promise<Connection<Extract>> {
    if (first < 0 || first > MAX_PAGE_SIZE) {
      throw fault('BAD_USER_INPUT', `first must be from 0 to ${MAX_PAGE_SIZE}, got ${first}.`);
    }
    const all = await extracts.list(asker);
    const begin = after == null ? 0 : all.findIndex(({ id }) => id === after) + 1;
    if (begin === 0 && after != null) {
      throw fault('CURSOR_INVALID', 'after is not a cursor of this connection, or its extract has expired.');
    }
    const edges = all.slice(begin, begin + first).map((job) => ({ cursor: job.id, node: toExtract(job) }));
    return {
      edges: () => Promise.resolve(edges),
      nodes: () => Promise.resolve(edges.map(({ node }) => node)),
      totalCount: () => Promise.resolve(all.length),
      pageInfo: () =>
        Promise.resolve({
          hasNextPage: begin + first < all.length,
          hasPreviousPage: begin > 0,
          startCursor: edges[0]?.cursor ?? null,
          endCursor: edges.at(-1)?.cursor ?? null,
        }),
    };
  }

  @Mutation(() => ExtractResult, {
    description: 'Reads all rows of a query, however many, as of one position, into files to download.',
  })
  bulkExtract(
    @Arg('input', () => BulkExtractInput) input: BulkExtractInput,
    @Ctx() { extracts, asker }: ExtractsContext,
  ) {
    const { query, formats, idempotencyKey } = input;
    return answered(() =>
      extracts.start(
        asker,
        { query, variables: variablesOf(input.variables), formats: [...new Set(formats)] },
        idempotencyKey ?? undefined,
      ),
    );
  }

  @Mutation(() => ExtractResult, {
    description:
      'Reads only rows that changed since the position of an extract, or left it, into files whose rows say `_deleted`.',
  })
  extractChanges(
    @Arg('input', () => ExtractChangesInput) { since, formats, idempotencyKey }: ExtractChangesInput,
    @Ctx() { extracts, asker }: ExtractsContext,
  ) {
    return answered(() => extracts.startChanges(asker, since, [...new Set(formats)], idempotencyKey ?? undefined));
  }

  @Mutation(() => Extract, {
    nullable: true,
    description: 'Ends an extract of yours that is not over; answers how it is then, null if there is none.',
  })
  async cancelExtract(
    @Arg('id', () => ID) id: string,
    @Ctx() { extracts, asker }: ExtractsContext,
  ): Promise<Extract | null> {
    const job = await extracts.cancel(asker, id);
    return job ? toExtract(job) : null;
  }
}

async function answered(start: () => Promise<Job>): Promise<ExtractStarted | ExtractRefused> {
  try {
    return Object.assign(new ExtractStarted(), { extract: toExtract(await start()) });
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return Object.assign(new ExtractRefused(), { code: error.code, reason: error.message });
  }
}

function variablesOf(value: unknown): Readonly<Record<string, unknown>> {
  if (value == null) return {};
  if (typeof value === 'object' && !Array.isArray(value)) return value as Record<string, unknown>;
  throw fault('BAD_USER_INPUT', 'variables must be an object: values by the names of variables.');
}

function toExtract(job: Job): Extract {
  const { extraction, progress, files } = job;
  return {
    id: job.id,
    state: job.state,
    progress: { ...progress, total: progress.total ?? null },
    query: extraction.query,
    formats: extraction.formats,
    ofChanges: extraction.since !== undefined,
    createdAt: job.createdAt,
    startedAt: job.startedAt ?? null,
    finishedAt: job.finishedAt ?? null,
    expiresAt: job.expiresAt,
    position: positionOf(job) ?? null,
    files: files.map(({ name, bytes, ...file }) => ({
      ...file,
      url: `/extracts/${job.id}/${name}`,
      bytes: String(bytes),
    })),
    failure: job.failure ?? null,
  };
}

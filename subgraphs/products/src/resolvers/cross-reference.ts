import type { Governed } from '@takt/intake';
import {
  CommandArgs,
  connectionPage,
  filterConditions,
  PageArgs,
  provenanceOf,
  runCommand,
  type Connection,
  COMMAND_INPUT,
  FILTER,
  COMMAND,
} from '@takt/subgraph-server';
import { Directive, Arg, Args, Ctx, Mutation, Query, Resolver } from 'type-graphql';
import type { CrossReference as CrossReferenceState } from '../cross-reference.ts';
import type { AlternativeId } from '../schema/alternative-id.ts';
import {
  CrossReference,
  CrossReferenceAccepted,
  CrossReferenceConnection,
  CrossReferenceFilter,
  CrossReferenceResult,
  SetCrossReferenceInput,
  WithdrawCrossReferenceInput,
} from '../schema/cross-reference.ts';
import type { ProductsContext } from '../store.ts';

@Resolver(() => CrossReference)
export class CrossReferenceResolver {
  @Query(() => CrossReferenceConnection, {
    description: 'How backing systems call what we call otherwise, by system, instance, kind and id.',
  })
  async crossReferences(
    @Args(() => PageArgs) page: PageArgs,
    @Arg('filter', () => CrossReferenceFilter, { nullable: true, description: FILTER })
    filter: CrossReferenceFilter | null,
    @Ctx() context: ProductsContext,
  ): Promise<Connection<CrossReference>> {
    return connectionPage(context.crossReferences.pages, {
      page,
      where: filterConditions<Governed<CrossReferenceState>>({
        system: filter?.system,
        instance: filter?.instance,
        kind: filter?.kind,
        id: filter?.id,
        canonicalId: filter?.canonicalId,
      }),
      orderBy: ['system', 'instance', 'kind'],
      node: ({ document }) => toCrossReference(document, context),
    });
  }

  @Directive(COMMAND)
  @Mutation(() => CrossReferenceResult, { description: 'Says how a system calls what we call otherwise.' })
  async setCrossReference(
    @Args(() => CommandArgs) args: CommandArgs,
    @Arg('input', () => SetCrossReferenceInput, { description: COMMAND_INPUT }) input: SetCrossReferenceInput,
    @Ctx() context: ProductsContext,
  ) {
    return runCommand(context, { type: 'CrossReferenceReported', data: input, args }, (id) => accepted(id, context));
  }

  @Directive(COMMAND)
  @Mutation(() => CrossReferenceResult, { description: 'Takes back how a system calls what we call otherwise.' })
  async withdrawCrossReference(
    @Args(() => CommandArgs) args: CommandArgs,
    @Arg('input', () => WithdrawCrossReferenceInput, { description: COMMAND_INPUT }) input: WithdrawCrossReferenceInput,
    @Ctx() context: ProductsContext,
  ) {
    return runCommand(context, { type: 'WithdrawCrossReference', data: input, args }, (id) => accepted(id, context));
  }
}

async function accepted(id: string, context: ProductsContext): Promise<CrossReferenceAccepted> {
  context.crossReferences.byId.clear(id);
  const stored = await context.crossReferences.byId.load(id);
  const crossReference = stored ? toCrossReference(stored.document, context) : null;
  return Object.assign(new CrossReferenceAccepted(), { crossReference });
}

function toCrossReference(document: Governed<CrossReferenceState>, context: ProductsContext): CrossReference {
  return { ...document, provenance: provenanceOf(document.provenance, context) };
}

/** How each system calls it, by system, instance and id; those told by cross-references, at most a page of them, first. */
export async function alternativeIdsOf(
  kind: 'PRODUCT' | 'LOCATION',
  canonicalId: string,
  known: readonly AlternativeId[],
  context: ProductsContext,
): Promise<readonly AlternativeId[]> {
  const query = { where: { kind }, orderBy: ['system', 'instance', 'kind'], first: MOST_SHOWN } as const;
  const { entries } = await context.crossReferences.pages.page(query, { canonicalId });
  const told = entries.map(({ document: { system, instance, id } }) => ({ system, instance, id }));
  const all = [...told, ...known].map((each) => [`${each.system}/${each.instance}/${each.id}`, each] as const);
  return [...new Map(all).values()];
}

const MOST_SHOWN = 500;

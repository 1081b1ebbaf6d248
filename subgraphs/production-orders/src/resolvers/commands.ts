import { CommandArgs, runCommand, COMMAND_INPUT, COMMAND } from '@takt/subgraph-server';
import { Directive, Arg, Args, Ctx, Mutation, Resolver } from 'type-graphql';
import {
  CancelProductionOrderInput,
  ConfirmCompletionInput,
  CreateProductionOrderInput,
  PlaceQualityHoldInput,
  ReleaseQualityHoldInput,
  ReverseConfirmationInput,
  ReviseScheduleInput,
  SubstituteMaterialInput,
  ProductionOrderCommandInput,
} from '../schema/inputs.ts';
import type { CommandName } from '../messages.ts';
import { loadProductionOrder } from './production-order.ts';
import { ProductionOrderAccepted, ProductionOrderResult } from '../schema/production-order.ts';
import type { ProductionOrdersContext } from '../store.ts';

@Resolver()
export class ProductionOrderCommandResolver {
  @Directive(COMMAND)
  @Mutation(() => ProductionOrderResult, { description: 'Creates an order that Takt owns.' })
  async createProductionOrder(
    @Args(() => CommandArgs) args: CommandArgs,
    @Arg('input', () => CreateProductionOrderInput, { description: COMMAND_INPUT }) input: CreateProductionOrderInput,
    @Ctx() context: ProductionOrdersContext,
  ) {
    return run('CreateProductionOrder', input, args, context);
  }

  @Directive(COMMAND)
  @Mutation(() => ProductionOrderResult, { description: 'Takes an order out of planning’s hands.' })
  async firmProductionOrder(
    @Args(() => CommandArgs) args: CommandArgs,
    @Arg('input', () => ProductionOrderCommandInput, { description: COMMAND_INPUT }) input: ProductionOrderCommandInput,
    @Ctx() context: ProductionOrdersContext,
  ) {
    return run('FirmProductionOrder', input, args, context);
  }

  @Directive(COMMAND)
  @Mutation(() => ProductionOrderResult, { description: 'Hands an order to the shop floor.' })
  async releaseProductionOrder(
    @Args(() => CommandArgs) args: CommandArgs,
    @Arg('input', () => ProductionOrderCommandInput, { description: COMMAND_INPUT }) input: ProductionOrderCommandInput,
    @Ctx() context: ProductionOrdersContext,
  ) {
    return run('ReleaseProductionOrder', input, args, context);
  }

  @Directive(COMMAND)
  @Mutation(() => ProductionOrderResult, { description: 'Changes dates, quantity or work centers.' })
  async reviseSchedule(
    @Args(() => CommandArgs) args: CommandArgs,
    @Arg('input', () => ReviseScheduleInput, { description: COMMAND_INPUT }) input: ReviseScheduleInput,
    @Ctx() context: ProductionOrdersContext,
  ) {
    return run('ReviseSchedule', input, args, context, input.cause);
  }

  @Directive(COMMAND)
  @Mutation(() => ProductionOrderResult, { description: 'Replaces what has not been withdrawn of a component.' })
  async substituteMaterial(
    @Args(() => CommandArgs) args: CommandArgs,
    @Arg('input', () => SubstituteMaterialInput, { description: COMMAND_INPUT }) input: SubstituteMaterialInput,
    @Ctx() context: ProductionOrdersContext,
  ) {
    return run('SubstituteMaterial', input, args, context);
  }

  @Directive(COMMAND)
  @Mutation(() => ProductionOrderResult, { description: 'Stops an order or an operation, or marks a lot.' })
  async placeQualityHold(
    @Args(() => CommandArgs) args: CommandArgs,
    @Arg('input', () => PlaceQualityHoldInput, { description: COMMAND_INPUT }) input: PlaceQualityHoldInput,
    @Ctx() context: ProductionOrdersContext,
  ) {
    const hold = input.hold ?? args.idempotencyKey;
    return run('PlaceQualityHold', Object.assign({}, input, { hold }), args, context, 'QUALITY');
  }

  @Directive(COMMAND)
  @Mutation(() => ProductionOrderResult, { description: 'Ends a quality hold and says what becomes of the material.' })
  async releaseQualityHold(
    @Args(() => CommandArgs) args: CommandArgs,
    @Arg('input', () => ReleaseQualityHoldInput, { description: COMMAND_INPUT }) input: ReleaseQualityHoldInput,
    @Ctx() context: ProductionOrdersContext,
  ) {
    return run('ReleaseQualityHold', input, args, context, 'QUALITY');
  }

  @Directive(COMMAND)
  @Mutation(() => ProductionOrderResult, { description: 'Says what came out of an operation.' })
  async confirmCompletion(
    @Args(() => CommandArgs) args: CommandArgs,
    @Arg('input', () => ConfirmCompletionInput, { description: COMMAND_INPUT }) input: ConfirmCompletionInput,
    @Ctx() context: ProductionOrdersContext,
  ) {
    const confirmation = input.confirmation ?? args.idempotencyKey;
    return run('ConfirmCompletion', Object.assign({}, input, { confirmation }), args, context);
  }

  @Directive(COMMAND)
  @Mutation(() => ProductionOrderResult, { description: 'Takes a confirmation back, as if it had never been.' })
  async reverseConfirmation(
    @Args(() => CommandArgs) args: CommandArgs,
    @Arg('input', () => ReverseConfirmationInput, { description: COMMAND_INPUT }) input: ReverseConfirmationInput,
    @Ctx() context: ProductionOrdersContext,
  ) {
    return run('ReverseConfirmation', input, args, context);
  }

  @Directive(COMMAND)
  @Mutation(() => ProductionOrderResult, { description: 'Ends an order that is finished.' })
  async closeProductionOrder(
    @Args(() => CommandArgs) args: CommandArgs,
    @Arg('input', () => ProductionOrderCommandInput, { description: COMMAND_INPUT }) input: ProductionOrderCommandInput,
    @Ctx() context: ProductionOrdersContext,
  ) {
    return run('CloseProductionOrder', input, args, context);
  }

  @Directive(COMMAND)
  @Mutation(() => ProductionOrderResult, { description: 'Ends an order on which no work has been confirmed.' })
  async cancelProductionOrder(
    @Args(() => CommandArgs) args: CommandArgs,
    @Arg('input', () => CancelProductionOrderInput, { description: COMMAND_INPUT }) input: CancelProductionOrderInput,
    @Ctx() context: ProductionOrdersContext,
  ) {
    return run('CancelProductionOrder', input, args, context);
  }
}

function run(
  type: CommandName,
  data: object,
  args: CommandArgs,
  context: ProductionOrdersContext,
  cause?: 'QUALITY' | ReviseScheduleInput['cause'],
) {
  return runCommand(context, { type, data, args, cause }, async (id) => {
    context.orders.clear(id);
    const order = await loadProductionOrder(id, context);
    if (!order) throw new Error(`Production order ${id} was accepted but is not there.`);
    return Object.assign(new ProductionOrderAccepted(), { productionOrder: order });
  });
}

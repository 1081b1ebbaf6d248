import type { Clock } from '@takt/intake';
import { fault } from '@takt/subgraph-server';
import { Arg, Args, Ctx, FieldResolver, Int, Query, Resolver, Root } from 'type-graphql';
import type { Measures } from '../measures/measures-store.ts';
import {
  checkPeriod,
  ExceptionGrouping,
  ExceptionResolution,
  InventoryTurns,
  MEASURE_DESCRIPTIONS,
  MeasuredShare,
  OpenExceptionGroup,
  PlanningMeasures,
  PlanningMeasuresArgs,
  ScheduleNervousness,
  ScheduleUpdateLatency,
  Stockouts,
} from '../schema/measures.ts';

interface MeasuresContext {
  readonly clock: Clock;
  readonly measures: Measures;
}

@Resolver(() => PlanningMeasures)
export class PlanningMeasuresResolver {
  @Query(() => PlanningMeasures, {
    description: 'How well planning follows what changes, and how well a plant follows planning, over a period.',
  })
  planningMeasures(
    @Args(() => PlanningMeasuresArgs) args: PlanningMeasuresArgs,
    @Ctx() { clock, measures }: MeasuresContext,
  ): PlanningMeasures {
    checkPeriod(args);
    const { plant, from, to, family } = args;
    const ofPlant = measures.ofPlant({ plant, from, to, family: family ?? undefined, now: clock() });
    return { plant, from, to, family: family ?? null, measures: ofPlant };
  }

  @Query(() => [OpenExceptionGroup], {
    description:
      'Exceptions that are open or snoozed now, counted by what is asked for, the largest group first; of one plant if so asked.',
  })
  async openExceptionGroups(
    @Arg('plant', () => String, { nullable: true, description: 'Only exceptions of this plant. Unless given, of all.' })
    plant: string | null,
    @Arg('by', () => [ExceptionGrouping], {
      defaultValue: ['FAMILY', 'REGION'],
      description: 'What the exceptions of one group have in common.',
    })
    by: (keyof typeof ExceptionGrouping)[],
    @Ctx() { clock, measures }: MeasuresContext,
  ): Promise<OpenExceptionGroup[]> {
    return measures.openExceptions({ plant: plant ?? undefined, groupings: by, now: clock() });
  }

  @FieldResolver(() => ScheduleUpdateLatency, { description: MEASURE_DESCRIPTIONS.scheduleUpdateLatency })
  scheduleUpdateLatency(@Root() { measures }: PlanningMeasures) {
    return measures.scheduleUpdateLatency();
  }

  @FieldResolver(() => MeasuredShare, {
    nullable: true,
    description: MEASURE_DESCRIPTIONS.forecastSynchronization,
  })
  forecastSynchronization(@Root() { measures }: PlanningMeasures) {
    return measures.forecastSynchronization();
  }

  @FieldResolver(() => MeasuredShare, {
    nullable: true,
    description: MEASURE_DESCRIPTIONS.orderConfirmationCompleteness,
  })
  orderConfirmationCompleteness(@Root() { measures }: PlanningMeasures) {
    return measures.confirmationCompleteness();
  }

  @FieldResolver(() => MeasuredShare, { nullable: true, description: MEASURE_DESCRIPTIONS.suppressionRate })
  suppressionRate(@Root() { measures }: PlanningMeasures) {
    return measures.suppression();
  }

  @FieldResolver(() => ScheduleNervousness, { nullable: true, description: MEASURE_DESCRIPTIONS.scheduleNervousness })
  scheduleNervousness(@Root() { measures }: PlanningMeasures) {
    return measures.nervousness();
  }

  @FieldResolver(() => MeasuredShare, { nullable: true, description: MEASURE_DESCRIPTIONS.scheduleAdherence })
  scheduleAdherence(
    @Root() { measures }: PlanningMeasures,
    @Arg('toleranceDays', () => Int, { defaultValue: 1, description: 'From 0 on.' }) toleranceDays: number,
  ) {
    if (toleranceDays < 0) throw fault('BAD_USER_INPUT', `toleranceDays must not be negative, got ${toleranceDays}.`);
    return measures.scheduleAdherence(toleranceDays);
  }

  @FieldResolver(() => Stockouts, { nullable: true, description: MEASURE_DESCRIPTIONS.stockouts })
  stockouts(@Root() { measures }: PlanningMeasures) {
    return measures.stockouts();
  }

  @FieldResolver(() => InventoryTurns, { nullable: true, description: MEASURE_DESCRIPTIONS.inventoryTurns })
  inventoryTurns(@Root() { measures }: PlanningMeasures) {
    return measures.inventoryTurns();
  }

  @FieldResolver(() => Int, { description: MEASURE_DESCRIPTIONS.itemsWithoutCost })
  itemsWithoutCost(@Root() { measures }: PlanningMeasures) {
    return measures.itemsWithoutCost();
  }

  @FieldResolver(() => ExceptionResolution, {
    nullable: true,
    description: MEASURE_DESCRIPTIONS.exceptionResolutionTime,
  })
  exceptionResolutionTime(@Root() { measures }: PlanningMeasures) {
    return measures.exceptionResolution();
  }
}

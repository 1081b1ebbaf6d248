import type { Quantity } from '@takt/quantity';
import type { FactData, ProductionOrderFact, ScheduleRevision } from './events.ts';
import type { OperationPlan } from './messages.ts';
import { REVISIONS_KEPT, type Operation, type ProductionOrder } from './order.ts';
import { addUp, derive } from './progress.ts';
import { withoutRevision, withSchedule } from './schedule.ts';
import { without } from './without.ts';
import { withSettled, withWriteBack } from './write-back.ts';

/** Folds one event into the order. The first event of an order is `ProductionOrderCreated`. */
export function evolve(order: ProductionOrder | undefined, event: ProductionOrderFact): ProductionOrder {
  if (event.type === 'ProductionOrderCreated') return derive(created(event.data));
  if (order === undefined) throw new TypeError(`${event.type} cannot be the first event of a production order.`);
  return derive(changed(order, event));
}

function changed(
  order: ProductionOrder,
  event: Exclude<ProductionOrderFact, { type: 'ProductionOrderCreated' }>,
): ProductionOrder {
  switch (event.type) {
    case 'ProductionOrderAdopted':
      return {
        ...order,
        owner: 'SOURCE',
        ...(event.data.ownerSystem !== undefined && { ownerSystem: event.data.ownerSystem }),
      };
    case 'ProductionOrderAmended': {
      const { sku, location, priority, routing } = event.data;
      return {
        ...without(order, 'priority', 'routing'),
        sku,
        location,
        ...(priority !== undefined && { priority }),
        ...(routing !== undefined && { routing }),
      };
    }
    case 'ProductionOrderStatusChanged': {
      const { state, ...status } = withoutAbout(event.data);
      return { ...without(order, 'delivered'), ...status, stage: state };
    }
    case 'ProductionOrderOperationsChanged':
      return { ...order, operations: operations(event.data.operations, order.quantity) };
    case 'ProductionOrderComponentsChanged':
      return { ...order, components: event.data.components };
    case 'ProductionOrderFirmed':
      return { ...order, stage: 'FIRMED' };
    case 'ProductionOrderReleased': {
      const about = { kind: 'RELEASE' as const, from: order.stage };
      return { ...withWriteBack(order, event.data.writeBack, about), stage: 'RELEASED' };
    }
    case 'WriteBackSettled': {
      const { number, ...outcome } = withoutAbout(event.data);
      return withSettled(order, number, outcome);
    }
    case 'ProductionOrderRescheduled':
      return rescheduled(order, event.data.revision);
    case 'ScheduleRevisionSent':
      return settled(order, event.data.number, { state: 'SENT' });
    case 'ScheduleRevisionApplied': {
      const { number, answeredAt } = event.data;
      return settled(order, number, { state: 'APPLIED', ...(answeredAt !== undefined && { answeredAt }) });
    }
    case 'ScheduleRevisionRejected': {
      const { number, reason } = event.data;
      const scheduleRevisions = withoutRevision(order.scheduleRevisions, number);
      return settled({ ...order, scheduleRevisions }, number, { state: 'REJECTED', rejection: reason });
    }
    case 'MaterialSubstituted':
      return substituted(order, event.data);
    case 'QualityHoldPlaced': {
      const hold = withoutAbout(event.data);
      return { ...order, qualityHolds: [...order.qualityHolds, hold] };
    }
    case 'QualityHoldReleased': {
      const { hold, ...release } = withoutAbout(event.data);
      return {
        ...order,
        qualityHolds: order.qualityHolds.map((each) => (each.hold === hold ? { ...each, release } : each)),
      };
    }
    case 'CompletionConfirmed': {
      const confirmation = withoutAbout(event.data);
      const about = { kind: 'CONFIRMATION' as const, confirmation: confirmation.confirmation };
      return {
        ...withWriteBack(order, confirmation.writeBack, about),
        confirmations: [...order.confirmations, confirmation],
      };
    }
    case 'ConfirmationReversed': {
      const { confirmation, writeBack, ...reversal } = withoutAbout(event.data);
      return {
        ...withWriteBack(order, writeBack, { kind: 'REVERSAL', confirmation }),
        confirmations: order.confirmations.map((each) =>
          each.confirmation === confirmation ? { ...each, reversal } : each,
        ),
      };
    }
    case 'ProductionOrderClosed':
      return { ...order, stage: 'CLOSED' };
    case 'ProductionOrderCancelled':
      return { ...order, stage: 'CANCELLED', cancellationReason: event.data.reason };
    default:
      return unknown(event);
  }
}

function created({ state, operations: plans, ...data }: FactData<'ProductionOrderCreated'>): ProductionOrder {
  return {
    ...data,
    stage: state,
    state,
    onHold: false,
    confirmed: addUp([], data.quantity.unit),
    operations: operations(plans, data.quantity),
    workCenters: [],
    confirmations: [],
    qualityHolds: [],
    substitutions: [],
    scheduleRevisions: [],
  };
}

function operations(plans: readonly OperationPlan[], { unit }: Quantity): Operation[] {
  return plans
    .map(({ state, actualStart, actualEnd, ...plan }) => ({
      ...plan,
      reported: {
        ...(state !== undefined && { state }),
        ...(actualStart !== undefined && { actualStart }),
        ...(actualEnd !== undefined && { actualEnd }),
      },
      state: state ?? ('PLANNED' as const),
      confirmed: addUp([], unit),
    }))
    .sort((left, right) => left.sequence - right.sequence);
}

function rescheduled(order: ProductionOrder, revision: ScheduleRevision): ProductionOrder {
  const moved = withSchedule(order, revision.to);
  return { ...moved, scheduleRevisions: [...order.scheduleRevisions, revision].slice(-REVISIONS_KEPT) };
}

function settled(
  order: ProductionOrder,
  number: number,
  outcome: Pick<ScheduleRevision, 'state' | 'rejection' | 'answeredAt'>,
): ProductionOrder {
  return {
    ...order,
    scheduleRevisions: order.scheduleRevisions.map((each) => (each.number === number ? { ...each, ...outcome } : each)),
  };
}

function substituted(order: ProductionOrder, { substitution }: FactData<'MaterialSubstituted'>): ProductionOrder {
  const { position, component, substitute, required } = substitution;
  return {
    ...order,
    substitutions: [...order.substitutions, substitution],
    components: order.components.map((each) => {
      if (each.position !== position) return each;
      const { substitutedFor = component, ...rest } = without(each, 'withdrawn', 'available');
      return { ...rest, sku: substitute, required, ...(substitutedFor !== substitute && { substitutedFor }) };
    }),
  };
}

/** What the event says, without what it says of its order besides. */
function withoutAbout<Data extends object>(data: Data): Omit<Data, 'id'> {
  return without(data, 'id', 'sku', 'location', 'workCenters') as Omit<Data, 'id'>;
}

function unknown(event: never): never {
  throw new TypeError(`A production order knows no event ${JSON.stringify(event)}.`);
}

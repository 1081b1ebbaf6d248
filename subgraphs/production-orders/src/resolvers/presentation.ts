import type { Stored } from '@takt/document-store';
import type { Health } from '@takt/backing-system';
import type { Clock, Governed } from '@takt/intake';
import { provenanceOf, type Provenance, type Sources } from '@takt/subgraph-server';
import type {
  MaterialSubstitution as SubstitutionState,
  Schedule,
  ScheduleRevision as RevisionState,
} from '../events.ts';
import type {
  Confirmation,
  ProductionOrder as OrderState,
  QualityHold as HoldState,
  WriteBack as WriteBackKept,
} from '../order.ts';
import type {
  CompletionConfirmation,
  MaterialSubstitution,
  QualityHold,
  ScheduleRevision,
  ScheduleValues,
  WriteBack,
} from '../schema/history.ts';
import type { ProductionOrder } from '../schema/production-order.ts';

/** An order as the graph shows it; `history` is what its lists are taken from. */
export type PresentedOrder = Omit<ProductionOrder, 'provenance'> & { readonly history: Governed<OrderState> };

/** Maps an order explicitly, so that what is kept can change without the contract. */
export function toProductionOrder({ document }: Stored<Governed<OrderState>>): PresentedOrder {
  const product = { sku: document.sku };
  const location = { code: document.location };
  return {
    history: document,
    id: document.id,
    product,
    location,
    itemLocation: { sku: document.sku, location },
    quantity: document.quantity,
    state: document.state,
    sourceStatuses: document.sourceStatuses,
    onHold: document.onHold,
    materialShortage: document.materialShortage,
    frozen: document.frozen,
    scheduledStart: document.scheduledStart,
    scheduledEnd: document.scheduledEnd,
    confirmed: document.confirmed,
    operations: document.operations.map((operation) => ({
      ...operation,
      workCenter: workCenter(operation.workCenter),
    })),
    components: document.components.map(({ sku, substitutedFor, ...component }) => ({
      ...component,
      product: { sku },
      substitutedFor: substitutedFor === undefined ? null : { sku: substitutedFor },
    })),
    revision: document.revision,
    ...(document.priority !== undefined && { priority: document.priority }),
    ...(document.routing !== undefined && { routing: document.routing }),
    ...(document.actualStart !== undefined && { actualStart: document.actualStart }),
    ...(document.actualEnd !== undefined && { actualEnd: document.actualEnd }),
    ...(document.delivered !== undefined && { delivered: document.delivered }),
    ...(document.cancellationReason !== undefined && { cancellationReason: document.cancellationReason }),
  };
}

/** An order is as fresh as what the system that owns it told of it, whoever decided something about it since. */
export function toProvenance(
  { provenance, told, ownerSystem = `${provenance.system}/${provenance.instance}` }: Governed<OrderState>,
  healths: ReadonlyMap<string, Health>,
  context: { readonly clock: Clock; readonly sources: Sources },
): Provenance {
  const health = healths.get(ownerSystem);
  const downSince = health?.state === 'DOWN' ? health.since : context.sources.downSince(ownerSystem);
  return provenanceOf(provenance, context, { heardAt: told?.[ownerSystem], downSince });
}

export function toScheduleRevision({ from, to, ...revision }: RevisionState): ScheduleRevision {
  return { ...revision, from: toScheduleValues(from), to: toScheduleValues(to) };
}

export function toMaterialSubstitution({ component, substitute, ...rest }: SubstitutionState): MaterialSubstitution {
  return { ...rest, component: { sku: component }, substitute: { sku: substitute } };
}

export function toQualityHold({ hold, ...rest }: HoldState): QualityHold {
  return { ...rest, id: hold };
}

export function toCompletionConfirmation({ confirmation, ...rest }: Confirmation): CompletionConfirmation {
  return { ...rest, id: confirmation };
}

function toScheduleValues({ operations, ...values }: Schedule): ScheduleValues {
  return {
    ...values,
    operations: (operations ?? []).map((each) => ({ ...each, workCenter: workCenter(each.workCenter) })),
  };
}

function workCenter(code: string | null | undefined): { code: string } | null {
  return code == null ? null : { code };
}

export function toWriteBack({ number, kind, confirmation, state, reason }: WriteBackKept): WriteBack {
  return {
    number,
    kind,
    ...(confirmation !== undefined && { confirmation }),
    state,
    ...(reason !== undefined && { reason }),
  };
}

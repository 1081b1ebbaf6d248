import { Type, type Static, type TSchema } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import type { BackingSystem } from '@takt/backing-system';
import { DeadLetterError, type DeadLetters, type InboxEntry, type Outcome } from '@takt/intake';
import {
  HealthTeller,
  MessageHandlingError,
  openIntegrationReader,
  startExchange,
  type Exchange,
  type FoundMessage,
  type InstanceStatus,
  type IntegrationReader,
} from '@takt/integration';
import {
  COMMAND_SETTLED,
  releaseAll,
  ReplayRefusedError,
  type DomainExchange,
  type DomainRuntime,
} from '@takt/subgraph-server';

/** Those whose facts come from backing systems, and the one that judges them. */
export const SOURCED_DOMAINS = [
  'products',
  'work-centers',
  'supplier-commitments',
  'inventory',
  'forecasts',
  'production-orders',
  'synchronization',
] as const;

/** Takes in what backing systems report, and keeps what became of commands to them: where the pen is. */
export async function startIntegration(runtime: DomainRuntime): Promise<DomainExchange> {
  const { store, backingSystems: systems, neighbours, clock, inboxDays = 35 } = runtime;
  const onFault = reporter();
  const intake = (domain: string) => neighbours.intake(domain);
  const reader = await openIntegrationReader(store);
  const teller = new HealthTeller({ domains: SOURCED_DOMAINS, intake, clock, onFault });
  try {
    const exchange = await startExchange({
      store,
      systems,
      intake,
      crossReferences: neighbours.crossReferences,
      clock,
      keepDays: inboxDays,
      onFault,
      onHealth: (system, health) => teller.heard(system, health),
      noun: (type) => NOUNS[type],
    });
    for (const [system, health] of await reader.healths(systems.map(({ system }) => system))) {
      teller.heard(system, health);
    }
    return {
      questions: { ...questionsTo(exchange), [CONNECTORS]: () => Promise.resolve(connectorsOf(exchange, systems)) },
      deadLetters: deadLettersOf(exchange, reader),
      close: () => releaseAll([() => exchange.close(), () => teller.close()]),
    };
  } catch (error) {
    await teller.close();
    throw error;
  }
}

/** What messages are about whose type does not begin with it. */
const NOUNS: Readonly<Record<string, string>> = {
  StockReported: 'InventoryPosition',
  StockMoved: 'InventoryPosition',
  AllocateStock: 'InventoryPosition',
  ConfirmCompletion: 'ProductionOrder',
  ReverseConfirmation: 'ProductionOrder',
  PlaceQualityHold: 'ProductionOrder',
  ReleaseQualityHold: 'ProductionOrder',
  CreateProductionOrder: 'ProductionOrder',
  FirmProductionOrder: 'ProductionOrder',
  ReleaseProductionOrder: 'ProductionOrder',
  CloseProductionOrder: 'ProductionOrder',
  CancelProductionOrder: 'ProductionOrder',
  ReviseSchedule: 'ProductionOrder',
  SubstituteMaterial: 'ProductionOrder',
  WorkCenterStateReported: 'WorkCenter',
  CommitSupply: 'SupplierCommitment',
  ShipmentNotified: 'SupplierCommitment',
  ReceiptPosted: 'SupplierCommitment',
  SetSafetyStock: 'ItemLocation',
  OverrideForecast: 'Forecast',
  WithdrawForecast: 'Forecast',
  ...Object.fromEntries(
    [
      'Product',
      'Location',
      'ItemLocation',
      'Calendar',
      'Routing',
      'BillOfMaterial',
      'DistributionLane',
      'CrossReference',
      'WorkCenter',
      'Supplier',
      'SupplyAgreement',
      'SupplierCommitment',
      'Customer',
      'CustomerOrder',
      'Forecast',
      'TransferOrder',
      'ProductionOrder',
    ].map((noun) => [`${noun}Reported`, noun]),
  ),
};

const text = Type.String({ minLength: 1, maxLength: 1000 });
const Settled = Type.Object({
  system: text,
  connector: text,
  entity: text,
  command: Type.Object({
    id: text,
    type: text,
    time: text,
    correlationid: text,
    subject: Type.Optional(text),
    data: Type.Unknown(),
  }),
  settlement: Type.Object({
    kind: Type.Union([Type.Literal('TAKEN'), Type.Literal('APPLIED'), Type.Literal('REFUSED')]),
    reason: Type.Optional(Type.String()),
  }),
  enqueuedAt: text,
  settledAt: text,
  wrongAnswers: Type.Number(),
  exchange: Type.Optional(Type.Object({ sent: Type.String(), answered: Type.String() })),
});
const Handled = Type.Object({ id: text, by: Type.String(), reason: Type.String() });

/** Names of what other processes, and readers in this one, may ask of the process that takes in. */
export const RETRY = 'retry';
export const DISCARD = 'discard';

/** The same, of how the declared systems do: answers {@link ConnectorStatus}es. */
export const CONNECTORS = 'connectors';

export interface ConnectorStatus {
  /** `system/instance` */
  readonly system: string;
  readonly connector: string;
  /** Name and version. */
  readonly mapping: string | null;
  readonly schedule: string;
  /** What takes in its reports; null if it is only told, or nothing runs. */
  readonly inbound: Pick<InstanceStatus, 'waiting' | 'health'> | null;
}

/** How systems do that are declared; without an exchange, that they are. */
export function connectorsOf(
  exchange: Pick<Exchange, 'instances'> | undefined,
  systems: readonly BackingSystem[],
): ConnectorStatus[] {
  const running = new Map(exchange?.instances().map((status) => [status.system, status]));
  return systems.map(({ system, connector, mapping, schedule }) => {
    const status = running.get(system);
    return {
      system,
      connector,
      mapping: mapping ? `${mapping.name} ${mapping.version}` : null,
      schedule: schedule.text,
      inbound: status ? { waiting: status.waiting, health: status.health } : null,
    };
  });
}

/** What came of handling a message. */
export type HandlingAnswer = { readonly done: true } | { readonly code: string; readonly reason: string };

function questionsTo(exchange: Exchange): NonNullable<DomainExchange['questions']> {
  const handling = (act: 'retry' | 'discard') => async (input: unknown) => {
    const { id, ...handled } = checked(Handled, input);
    return handle(() => exchange[act](id, handled));
  };
  return {
    [COMMAND_SETTLED]: async (input) => {
      await exchange.record(checked(Settled, input));
      return { done: true };
    },
    [RETRY]: handling('retry'),
    [DISCARD]: handling('discard'),
  };
}

async function handle(act: () => Promise<void>): Promise<HandlingAnswer> {
  try {
    await act();
    return { done: true };
  } catch (error) {
    if (!(error instanceof MessageHandlingError)) throw error;
    return { code: error.code, reason: error.message };
  }
}

function checked<Schema extends TSchema>(schema: Schema, input: unknown): Static<Schema> {
  const fault = Value.Errors(schema, input).First();
  if (fault) throw new ReplayRefusedError(`${fault.path || 'The input'}: ${fault.message}.`);
  return input;
}

/** Documents that could not be read, as dead letters like those of the other domains. */
function deadLettersOf(exchange: Exchange, reader: IntegrationReader): DeadLetters {
  const asDeadLetter = (act: () => Promise<void>) =>
    act().catch((error: unknown) => {
      if (!(error instanceof MessageHandlingError)) throw error;
      const { code } = error;
      const known = code === 'UNKNOWN_MESSAGE' || code === 'BAD_HANDLING' ? code : 'NOT_DEAD_LETTERED';
      throw new DeadLetterError(known, error.message);
    });
  return {
    async list({ status, first, after }) {
      const from = typeof after?.[0] === 'number' ? after[0] : undefined;
      const page = await reader.messages({ filter: { status }, first, after: from });
      const entries = await Promise.all(
        page.messages.map(async (message) => ({
          id: message.id,
          version: 1,
          document: await entryOf(message, reader),
          appliedMessages: [],
          key: [message.arrival, message.id],
        })),
      );
      return { entries, hasNextPage: page.hasNextPage };
    },
    async show(key) {
      const message = await reader.message(key);
      return message && entryOf(message, reader);
    },
    async retry(key, handling): Promise<Outcome> {
      await asDeadLetter(() => exchange.retry(key, handling));
      return { status: 'APPLIED', messageId: key, eventIds: [] };
    },
    discard: (key, handling) => asDeadLetter(() => exchange.discard(key, handling)),
  };
}

async function entryOf(message: FoundMessage, reader: IntegrationReader): Promise<InboxEntry> {
  const { id, status, refusal = { code: 'FAILED', reason: 'See its results.' } } = message;
  const raw = await reader.raw(id, { limit: MAX_RAW_SHOWN });
  const isDead = status === 'DEAD_LETTERED' || status === 'DISCARDED';
  return {
    messageId: message.key,
    raw: JSON.stringify({ type: message.name ?? message.mediaType, source: message.system, document: raw?.text ?? '' }),
    arrival: message.arrival,
    receivedAt: message.receivedAt,
    status: status === 'TAKEN' ? 'APPLIED' : status,
    ...(isDead && { outcome: { status: 'DEAD_LETTERED', messageId: message.key, refusal } }),
    ...(message.handling && { handling: message.handling }),
  };
}

const MAX_RAW_SHOWN = 64 * 1024;

/** Prints what goes wrong, once for as long as it is the same. */
function reporter(): (fault: unknown) => void {
  let last = '';
  return (fault) => {
    const said = String(fault);
    if (said !== last) process.stderr.write(`integration: ${said}\n`);
    last = said;
  };
}

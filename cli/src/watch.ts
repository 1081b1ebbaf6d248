import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import {
  createTaktClient,
  DecisionMadeDocument,
  ExceptionRaisedDocument,
  ForecastRevisedDocument,
  InventoryChangedDocument,
  ScheduleChangedDocument,
  SupplierCommitmentRevisedDocument,
  TaktRequestError,
  WorkCenterChangedDocument,
  type TaktClient,
} from '@takt/client';
import { readConfig } from '@takt/subgraph-server';
import { WebSocket } from 'ws';

interface Asked {
  readonly plant: string | undefined;
  readonly after: string | undefined;
}

interface Heard {
  readonly cursor: string;
  readonly occurredAt: string;
  readonly cause: string;
  readonly text: string;
}

/** What can be watched, and how a change reads in one line. */
const SUBJECTS: Readonly<Record<string, (client: TaktClient, asked: Asked) => AsyncIterable<Heard>>> = {
  schedule: (client, asked) =>
    told(
      client.subscribe(ScheduleChangedDocument, given(asked)),
      ({ scheduleChanged: { productionOrder: order, ...change } }) => ({
        ...change,
        text: `${order.id} ${order.state} ${order.product.name ?? order.product.sku}, ${order.scheduledStart} to ${order.scheduledEnd}`,
      }),
    ),
  forecast: (client, asked) =>
    told(client.subscribe(ForecastRevisedDocument, given(asked)), ({ forecastRevised: { forecast, ...change } }) => ({
      ...change,
      text: `${forecast.product.name ?? forecast.product.sku}, cycle ${forecast.version}`,
    })),
  inventory: (client, asked) =>
    told(client.subscribe(InventoryChangedDocument, given(asked)), ({ inventoryChanged: change }) => ({
      ...change,
      text: `${change.inventoryPosition.product.name ?? change.inventoryPosition.product.sku} at ${change.inventoryPosition.location.code}: ${change.onHandBefore.value} → ${change.onHandAfter.value} ${change.onHandAfter.unit}`,
    })),
  'work-center': (client, asked) =>
    told(
      client.subscribe(WorkCenterChangedDocument, given(asked)),
      ({ workCenterChanged: { workCenter, ...change } }) => ({
        ...change,
        text: `${workCenter.name ?? workCenter.code} ${workCenter.state ?? ''}`,
      }),
    ),
  supplier: (client, asked) =>
    told(
      client.subscribe(SupplierCommitmentRevisedDocument, given(asked)),
      ({ supplierCommitmentRevised: { supplierCommitment: promise, ...change } }) => ({
        ...change,
        text: `${promise.supplier.name ?? promise.supplier.id}: ${promise.product.name ?? promise.product.sku} ${promise.confirmation}${promise.committedOn === null ? '' : ` for ${promise.committedOn}`}`,
      }),
    ),
  decisions: (client, asked) =>
    told(client.subscribe(DecisionMadeDocument, given(asked)), ({ decisionMade: { decision, ...change } }) => ({
      ...change,
      text: `${decision.outcome} ${decision.explanation.join(' ')}`,
    })),
  exceptions: (client, asked) =>
    told(
      client.subscribe(ExceptionRaisedDocument, given(asked)),
      ({ exceptionRaised: { exception, kind, ...change } }) => ({
        ...change,
        text: `${kind} ${exception.kind} for ${exception.owner}: ${exception.summary}`,
      }),
    ),
};

const USAGE = `Usage: npm run takt -- watch ${Object.keys(SUBJECTS).join('|')} [--plant CODE] [--after CURSOR] [--url URL]\n`;
const LONGEST_PAUSE_MS = 10_000;

/** Prints live changes until it is interrupted; when the connection is lost, it goes on behind the last change. */
export async function watchCommand(args: readonly string[]): Promise<number> {
  const { positionals, values } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { plant: { type: 'string' }, after: { type: 'string' }, url: { type: 'string' } },
  });
  const follow = SUBJECTS[positionals[0] ?? ''];
  if (!follow || positionals.length > 1) {
    process.stderr.write(USAGE);
    return 2;
  }
  const { host, port } = readConfig(process.env);
  const url = values.url ?? `http://${host}:${port}/graphql`;
  let { after } = values;
  for (let pauseMs = 500; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
    const client = createTaktClient({ url, webSocketImpl: WebSocket });
    try {
      for await (const { cursor, occurredAt, cause, text } of follow(client, { plant: values.plant, after })) {
        process.stdout.write(`${occurredAt}  ${cause.padEnd(15)} ${text}  [${cursor}]\n`);
        after = cursor;
        pauseMs = 500;
      }
    } catch (error) {
      if (error instanceof TaktRequestError) throw error;
    }
    await client.close();
    process.stderr.write(`Not connected to ${url}; trying again.\n`);
    await delay(pauseMs);
  }
}

function given({ plant, after }: Asked) {
  return { ...(plant !== undefined && { plant }), ...(after !== undefined && { after }) };
}

async function* told<Data>(changes: AsyncIterable<Data>, tell: (data: Data) => Heard): AsyncIterable<Heard> {
  for await (const data of changes) yield tell(data);
}

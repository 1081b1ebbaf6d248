import { inboundMessage, systemClock, type InboundMessage } from '@takt/intake';
import { expect } from 'vitest';

export interface Answer {
  readonly data?: Readonly<Record<string, unknown>> | null;
  readonly errors?: readonly {
    readonly message: string;
    readonly path?: readonly (string | number)[];
    readonly extensions: Readonly<Record<string, unknown>>;
  }[];
}

/** What a gateway answers over HTTP. */
export async function ask(url: string, query: string, variables: object = {}): Promise<Answer> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  });
  return (await response.json()) as Answer;
}

/** Receives one more pump at P100: `taken`, or the code of the error. */
export async function receivePump(url: string, line: number): Promise<unknown> {
  const input = { document: 'GR1', line, type: 'RECEIPT', sku: 'PUMP', location: 'P100', quantity: ONE };
  const { data, errors } = await ask(url, RECEIVE, { key: `GR1/${line}`, input });
  if (errors) return errors[0]?.extensions['code'];
  expect(data).toEqual({ postStockMovement: { __typename: 'InventoryAccepted' } });
  return 'taken';
}

/** Receives pumps one by one until one is not taken; answers which, and why. */
export async function receiveUntilRefused(url: string, from: number): Promise<{ line: number; code: unknown }> {
  let line = from;
  let code: unknown;
  const next = async () => {
    code = await receivePump(url, line);
    if (code === 'taken') line += 1;
    return code;
  };
  await expect.poll(next, { interval: 100, timeout: 30_000 }).not.toBe('taken');
  return { line, code };
}

export const PUMP: InboundMessage = inboundMessage(
  {
    type: 'ProductReported',
    source: 'erp/one',
    data: { sku: 'PUMP', name: 'Circulation pump', type: 'FINISHED', baseUnit: 'EA' },
  },
  systemClock,
);

/** Of two domains: the position is the inventory's, the name of the product is not. */
export const STOCK = `{
  product(sku: "PUMP") { name }
  inventoryPosition(id: "PUMP@P100") { onHand { value } product { name } }
}`;

export async function readiness(url: string): Promise<{ status: number; reasons: string }> {
  const response = await fetch(`${url}/health/ready`);
  const { reasons = [] } = (await response.json()) as { reasons?: string[] };
  return { status: response.status, reasons: reasons.join(' ') };
}

const ONE = { value: '1', unit: 'EA' };
const RECEIVE = `mutation ($key: String!, $input: PostStockMovementInput!) {
  postStockMovement(idempotencyKey: $key, input: $input) { __typename }
}`;

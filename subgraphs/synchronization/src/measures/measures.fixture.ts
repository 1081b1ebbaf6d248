import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLmdbStore, type CollectionDefinition, type DocumentStore } from '@takt/document-store';
import { openEmbeddedLog, type CloudEvent, type EventLog, type LoggedEvent } from '@takt/event-log';
import type { LocationRecord, ProductRecord } from '@takt/products/contract';
import { onTestFinished } from 'vitest';
import type { Decision, DecisionLine, DecisionOutcome } from '../judgement/decision.ts';
import type { Trigger } from '../judgement/observation.ts';
import type { MasterData } from './plant-follower.ts';

/** A store and a log in a folder of their own, gone when the test ends. */
export async function openEngines(): Promise<{ store: DocumentStore; log: EventLog }> {
  const directory = await mkdtemp(join(tmpdir(), 'takt-measures-'));
  const store = await openLmdbStore({ directory: join(directory, 'documents') });
  const log = await openEmbeddedLog({ directory: join(directory, 'log') });
  onTestFinished(async () => {
    await log.close();
    await store.close();
    await rm(directory, { recursive: true });
  });
  return { store, log };
}

/** All documents of these collections as JSON text, in order of their ids. */
export async function written(
  store: DocumentStore,
  ...definitions: readonly CollectionDefinition<never>[]
): Promise<string[]> {
  const pages = definitions.map(async (definition) => {
    const collection = await store.collection(definition as unknown as CollectionDefinition<object>);
    const { entries } = await collection.page({ orderBy: [], first: 1000 });
    return entries.map(({ id, document }) => JSON.stringify([id, document]));
  });
  return (await Promise.all(pages)).flat();
}

export interface DecisionPlan {
  readonly id?: string;
  readonly plant?: string;
  readonly family?: string;
  readonly refreshClass?: 'CRITICAL' | 'STABLE';
  readonly decidedAt: string;
  readonly outcomes?: readonly DecisionOutcome[];
  readonly triggers?: readonly Pick<Trigger, 'type' | 'occurredAt'>[];
  readonly deferred?: string;
}

/** Decided in Berlin. */
export function decision(plan: DecisionPlan): Decision {
  const { id = 'D-1', plant = 'P100', decidedAt, outcomes = ['SUPPRESS'], triggers = [], deferred } = plan;
  return {
    id,
    policy: { id: 'standard', version: 1 },
    against: 0,
    outcome: outcomes.find((outcome) => outcome !== 'SUPPRESS') ?? 'SUPPRESS',
    lines: outcomes.map(line),
    baseline: [],
    acted: [],
    begins: false,
    observation: {
      sku: 'PUMP',
      location: plant,
      unit: 'EA',
      observedAt: decidedAt,
      today: decidedAt.slice(0, 10),
      frozenUntil: decidedAt.slice(0, 10),
      slushyUntil: decidedAt.slice(0, 10),
      criticality: 'NORMAL',
      refreshClass: plan.refreshClass ?? 'STABLE',
      bought: false,
      ...(plan.family !== undefined && { family: plan.family }),
      away: [],
      weeks: [],
      triggers: triggers.map((each) => ({
        ...each,
        domain: 'forecasts',
        subject: 'PUMP@P100',
        position: 1,
        correlationId: 'c',
      })),
    },
    ...(deferred !== undefined && { deferred }),
    decidedAt,
  };
}

function line(outcome: DecisionOutcome): DecisionLine {
  return {
    week: '2026-03-02',
    measure: 'DEMAND',
    zone: 'LIQUID',
    baseline: '100',
    now: '110',
    change: '10',
    changePercent: 10,
    outcome,
    thresholds: [],
  };
}

export function made(position: number, data: Decision): LoggedEvent {
  return { position, event: event(`e${position}`, 'DecisionMade', data, data.decidedAt) };
}

export function event(id: string, type: string, data: unknown, time: string): CloudEvent {
  return {
    specversion: '1.0',
    id,
    source: 'takt/synchronization',
    type,
    time,
    datacontenttype: 'application/json',
    dataschema: `${type}.v1`,
    correlationid: 'c',
    cause: 'REPORTED',
    data,
  };
}

export const PUMP: ProductRecord = {
  sku: 'PUMP',
  name: 'Pump',
  type: 'FINISHED',
  baseUnit: 'EA',
  family: 'PUMPS',
  unitCost: '2.5',
  unitConversions: [{ unit: 'BOX', numerator: '10', denominator: '1' }],
};
export const BERLIN: LocationRecord = { code: 'P100', name: 'Berlin', type: 'PLANT', timeZone: 'Europe/Berlin' };

export function masterData(products: readonly ProductRecord[] = [PUMP]): MasterData {
  return {
    products: (skus) => Promise.resolve(skus.map((sku) => products.find((each) => each.sku === sku))),
    locations: (codes) => Promise.resolve(codes.map((code) => (code === BERLIN.code ? BERLIN : undefined))),
  };
}

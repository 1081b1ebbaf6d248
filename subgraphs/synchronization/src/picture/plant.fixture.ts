import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLmdbStore, type DocumentStore } from '@takt/document-store';
import { forecasts } from '@takt/forecasts';
import { inboundMessage, systemClock } from '@takt/intake';
import { inventory } from '@takt/inventory';
import { productionOrders } from '@takt/production-orders';
import { products } from '@takt/products';
import { neighboursHere, openRuntime, type Neighbour, type Neighbours } from '@takt/subgraph-server';
import { supplierCommitments } from '@takt/supplier-commitments';
import { workCenters } from '@takt/work-centers';
import { expect, onTestFinished, vi } from 'vitest';
import type { HeardDomainName } from './replicas.ts';

const DEFINITIONS = [products, forecasts, productionOrders, inventory, workCenters, supplierCommitments];

/** The six other domains, open in a folder of their own, and the store of who follows them. */
export interface Plant {
  readonly store: DocumentStore;
  readonly neighbours: Neighbours;
  /** Has a domain take messages, and waits until its log has what came of them. */
  tell(domain: HeardDomainName, ...messages: readonly (readonly [type: string, data: object])[]): Promise<void>;
  head(domain: HeardDomainName): Promise<number>;
}

/** The store is an embedded one unless given. */
export async function openPlant(given?: DocumentStore): Promise<Plant> {
  const directory = await mkdtemp(join(tmpdir(), 'takt-picture-'));
  const open = new Map<string, Neighbour & Awaited<ReturnType<typeof openRuntime>>>();
  for (const { name, aggregates } of DEFINITIONS) {
    const running = await openRuntime({ name, aggregates }, { directory: join(directory, name), clock: systemClock });
    const { intake, log } = running.runtime;
    open.set(name, { ...running, intake, log, operations: () => running.operations() });
  }
  const own = given ?? (await openLmdbStore({ directory: join(directory, 'synchronization') }));
  onTestFinished(async () => {
    for (const { close } of open.values()) await close();
    if (!given) await own.close();
    await rm(directory, { recursive: true });
  });
  const of = (domain: string) => open.get(domain)!;
  return {
    store: own,
    neighbours: neighboursHere((name) => open.get(name)),
    async tell(domain, ...messages) {
      const { intake, log } = of(domain);
      const outcomes = await intake.receive(
        messages.map(([type, data]) => inboundMessage({ type, source: 'erp/P100', data }, systemClock)),
      );
      const events = outcomes.flatMap((outcome) => {
        expect(outcome).toMatchObject({ status: expect.stringMatching(/APPLIED|DUPLICATE/) as string });
        return outcome.status === 'APPLIED' ? outcome.eventIds : [];
      });
      const last = events.at(-1);
      await vi.waitFor(
        async () => {
          const head = await log.head();
          const there = await log.read(Math.max(0, head - 1_000), 1_000);
          expect(last === undefined || there.some(({ event }) => event.id === last)).toBe(true);
        },
        { interval: 2, timeout: 10_000 },
      );
    },
    head: (domain) => of(domain).log.head(),
  };
}

import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { randomInt } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { copyFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { EventLog, LoggedEvent } from '@takt/event-log';
import { forecasts } from '@takt/forecasts';
import { inboundMessage } from '@takt/intake';
import { inventory } from '@takt/inventory';
import { productionOrders } from '@takt/production-orders';
import { products } from '@takt/products';
import { openDomain, openIntakeDoor, type Domain } from '@takt/subgraph-server';
import { supplierCommitments } from '@takt/supplier-commitments';
import { synchronization } from '@takt/synchronization';
import type { Decision } from '@takt/synchronization/contract';
import { workCenters } from '@takt/work-centers';
import { graphql } from 'graphql';
import { expect, it, onTestFinished } from 'vitest';
import { bundled } from '../crash/bundle.ts';
import { ROOT, temporaryFolder } from '../system.ts';
import type { LastAct } from './last-act.ts';
import { plantClock } from './plant-clock.ts';
import { pumpWorks, sale, skuOf, spike, windfall, type Told } from './pump-works.ts';
import type { ChildOptions, Progress } from './synchronization.child.ts';

const OWN_CONSUMERS = ['actions', 'decisions', 'judgement-days'];
const NEIGHBOURS = [products, forecasts, productionOrders, inventory, workCenters, supplierCommitments];

/** How often it is killed; more for an hour's soak. */
const KILLS = Number(process.env['KILLS'] ?? 17);
/** What is written between a change and what becomes of it: heard, judged, recorded, acted on, settled. */
const WRITES = [
  'pending-units',
  'replica-forecasts',
  'measured-stock',
  'heard-domains',
  'inbox',
  'planning-units',
  'log',
  'decisions',
  'judgement-days',
  'acting',
  'command',
  'planning-exceptions',
  'consumer-checkpoints',
];
/** Longer than anything takes: what is never written does not kill. */
const LONGEST_LIFE_MS = 6_000;

it(
  'judges every change that it heard, and acts on every decision once, wherever it is killed on the way',
  { timeout: 900_000 },
  async () => {
    // given pump works that are known and judged
    const world = await openWorld();
    for (const told of pumpWorks(KILLS)) await world.tell(told);
    const first = await world.begin();
    await world.settled(first!);
    await first!.end();

    // when it is killed again and again while what is needed of one pump after the other changes, and what there is of it
    const scarce = new Set<number>();
    const relieve = async () => {
      const ordered = await world.ordered();
      for (const number of scarce) {
        if ((ordered.get(skuOf(number))?.length ?? 0) < ORDERS) continue;
        scarce.delete(number);
        await world.tell(windfall(number));
        await world.tell(sale(number));
      }
    };
    for (let kill = 0; kill < KILLS; kill++) {
      await relieve();
      await world.tell(spike(kill, world.clock().toISOString()));
      scarce.add(kill);
      const life = await world.begin(lastActOf(kill));
      const timer = setTimeout(() => life?.child.kill('SIGKILL'), kill % 4 === 3 ? randomInt(1_500) : LONGEST_LIFE_MS);
      await life?.ended;
      clearTimeout(timer);
    }
    const last = await world.begin();
    await world.settled(last!);
    await relieve();
    expect(scarce).toEqual(new Set());
    await world.settled(last!);
    await last!.end();

    // then each decision follows the one before, and each unit is known as it is told
    const own = await world.reopened();
    const events = await readAll(own.log);
    const decisions = events.flatMap(({ event }) => (event.type === 'DecisionMade' ? [event.data as Decision] : []));
    const ordered = await world.ordered();
    for (let number = 0; number < KILLS; number++) {
      const made = decisions.filter(({ observation }) => observation.sku === skuOf(number));
      expect(made.map(({ against }) => against)).toEqual(made.map((_, index) => index));
      expect(made.at(-1)?.observation.weeks).toMatchObject([
        { week: '2026-11-23', demand: '150', shortage: '0' },
        { week: '2027-01-11', demand: '300', shortage: '0' },
        { week: '2027-02-15', demand: '200', shortage: '0' },
      ]);
      // and its orders are as many as were missing, and were made by one decision
      const orders = ordered.get(skuOf(number)) ?? [];
      expect(new Set(orders.map(({ id }) => id.replace(/\/[^/]*$/, ''))).size).toBe(1);
      expect(orders.map(({ quantity }) => Number(quantity.value)).reduce((one, other) => one + other)).toBe(500);
      // and its exceptions were raised once, and have ended once
      for (const kind of ['FROZEN_CHANGE', 'SCHEDULE_APPROVAL', 'UNSCHEDULABLE']) {
        const happened = events.filter(
          ({ event }) => (event.data as { id: string }).id === `${kind}:${skuOf(number)}@P1`,
        );
        const types = happened.map(({ event }) => event.type).filter((type) => type !== 'ExceptionUpdated');
        expect(types, `${kind} of ${skuOf(number)}`).toEqual(['ExceptionRaised', 'ExceptionSettled']);
      }
    }
    expect(events.some(({ event }) => (event.data as { kind?: string }).kind === 'SOURCE_REFUSED')).toBe(false);

    // and what is measured is what happened
    const lines = decisions.flatMap((decision) => decision.lines);
    const { data, errors } = await graphql({ schema: own.schema, source: MEASURES, contextValue: own.createContext() });
    expect(errors).toBeUndefined();
    expect(data).toMatchObject({
      planningMeasures: {
        suppressionRate: { part: lines.filter(({ outcome }) => outcome === 'SUPPRESS').length, whole: lines.length },
        inventoryTurns: { issuesValue: String(10 * KILLS) },
        exceptionResolutionTime: { closed: events.filter(({ event }) => event.type === 'ExceptionSettled').length },
      },
    });
  },
);

/** Each write in turn, before or after it is done, the first time or a later one; every fourth life ends from outside. */
function lastActOf(kill: number): LastAct | undefined {
  if (kill % 4 === 3) return undefined;
  const turn = kill - Math.floor(kill / 4);
  const writes = WRITES[turn % WRITES.length] ?? 'command';
  return { writes, time: writes === 'acting' ? randomInt(1, 3) : 1, isDone: randomInt(2) === 1 };
}

/** Of one spike: five before January, five before February. */
const ORDERS = 10;

const MEASURES = `{
  planningMeasures(plant: "P1", from: "2026-11-23", to: "2026-12-23") {
    suppressionRate { part whole }
    inventoryTurns { issuesValue }
    exceptionResolutionTime { closed }
  }
}`;

async function readAll(log: Pick<EventLog, 'read' | 'head'>): Promise<LoggedEvent[]> {
  const events: LoggedEvent[] = [];
  const head = await log.head();
  while (events.length < head) events.push(...(await log.read(events.length, 500)));
  return events;
}

interface CreatedOrder {
  readonly id: string;
  readonly sku: string;
  readonly quantity: { readonly value: string };
}

interface Life {
  readonly child: ChildProcess;
  readonly ended: Promise<void>;
  progress(): Promise<Progress>;
  /** Stops it as it is stopped; rejects if it does not end well. */
  end(): Promise<void>;
}

async function openWorld() {
  const dataDir = await temporaryFolder();
  const program = await bundled(join(ROOT, 'test/synchronization-crash/synchronization.child.ts'));
  onTestFinished(() => program.remove());
  for (const file of ['policy/default-policy.yml', 'exceptions/ownership.yml']) {
    await copyFile(join(ROOT, 'subgraphs/synchronization/src', file), join(dirname(program.file), basename(file)));
  }
  const began = Date.now();
  const clock = plantClock(began);
  const domains = new Map<string, Domain>();
  for (const definition of NEIGHBOURS) {
    const domain = await openDomain(definition, { directory: join(dataDir, definition.name), clock });
    onTestFinished(() => domain.close());
    domains.set(definition.name, domain);
  }
  const door = openIntakeDoor(
    [...domains.values()].map((domain) => ({ ...domain, directory: join(dataDir, domain.name) })),
  );
  const server = createServer((request, response) => {
    if (!door.handle(request, response)) response.writeHead(404).end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    await door.close();
    server.closeAllConnections();
    server.close();
  });
  await door.announce(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const domain = (name: string): Domain => {
    const found = domains.get(name);
    if (!found) throw new Error(`There is no domain ${name}.`);
    return found;
  };
  const tell = async ({ domain: name, ...told }: Told): Promise<void> => {
    const [outcome] = await domain(name).intake.receive([inboundMessage(told, clock)]);
    expect(outcome, JSON.stringify(outcome)).toMatchObject({ status: 'APPLIED' });
  };
  return {
    clock,
    domain,
    tell,
    /** Orders that were made, by item. */
    async ordered(): Promise<ReadonlyMap<string, readonly CreatedOrder[]>> {
      const made = await readAll(domain('production-orders').log);
      const orders = made.flatMap(({ event }) =>
        event.type === 'ProductionOrderCreated' ? [event.data as CreatedOrder] : [],
      );
      return groupedBySku(orders);
    },
    /** Undefined if it died before it was up. */
    async begin(last?: LastAct): Promise<Life | undefined> {
      const options: ChildOptions = { dataDir, began, last };
      const child = fork(program.file, [JSON.stringify(options)], {
        stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
        execArgv: [],
      });
      onTestFinished(() => void child.kill('SIGKILL'));
      let errors = '';
      child.stderr?.setEncoding('utf8').on('data', (text: string) => (errors += text));
      const ended = once(child, 'exit').then(([code, signal]) => {
        if (signal !== 'SIGKILL' && code !== 0) throw new Error(`It ended with ${String(code ?? signal)}:\n${errors}`);
      });
      ended.catch(() => undefined);
      const isUp = await Promise.race([once(child, 'message').then(() => true), ended.then(() => false)]);
      if (!isUp) return undefined;
      return {
        child,
        ended,
        async progress() {
          child.send('how far');
          return ((await once(child, 'message')) as [Progress])[0];
        },
        async end() {
          child.send('end');
          await ended;
        },
      };
    },
    /** Resolves once it has heard everything, nothing is due, and all that was decided is acted on. */
    async settled(life: Life): Promise<void> {
      const behind = async () => {
        const { heard, waiting, head, done } = await life.progress();
        const late = await Promise.all(
          NEIGHBOURS.map(async ({ name }) =>
            (heard[`replica-of-${name}`] ?? 0) < (await domain(name).log.head()) ? [name] : [],
          ),
        );
        const undone = OWN_CONSUMERS.filter((name) => (done[name] ?? 0) < head);
        return { waiting, behind: [...late.flat(), ...undone] };
      };
      await expect.poll(behind, { timeout: 120_000, interval: 100 }).toEqual({ waiting: 0, behind: [] });
    },
    /** Synchronization's own documents and log, in this process. */
    async reopened(): Promise<Domain> {
      const own = await openDomain(synchronization, { directory: join(dataDir, synchronization.name), clock });
      onTestFinished(() => own.close());
      return own;
    },
  };
}

function groupedBySku(orders: readonly CreatedOrder[]): Map<string, CreatedOrder[]> {
  const grouped = new Map<string, CreatedOrder[]>();
  for (const order of orders) grouped.set(order.sku, [...(grouped.get(order.sku) ?? []), order]);
  return grouped;
}

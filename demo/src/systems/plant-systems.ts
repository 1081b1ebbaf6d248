import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { InboundMessage, Outcome } from '@takt/intake';
import { livePlant } from '../live-plant.ts';
import type { DemoDomain } from '../messages.ts';
import type { Peer } from '../peers/peer.ts';
import type { DemoOptions } from '../plan.ts';
import { isInErp, plantOf, startErps } from './erp-systems.ts';
import { startMesSystems } from './mes-system.ts';
import { startPlanning } from './planning-system.ts';
import { Refused, type PlantSystem } from './plant-system.ts';
import { startQuality } from './quality-system.ts';
import { startSchedulers } from './scheduling-system.ts';
import { startSuppliers } from './supplier-system.ts';
import { startWarehouse } from './warehouse-system.ts';

/** All backing systems of the demo plant, at work. */
export interface PlantSystems {
  readonly peers: readonly Peer[];
  /** Folder of the files that declare them to Takt. */
  readonly instances: string;
  /** What those name of the environment. */
  readonly env: Readonly<Record<string, string>>;
  /**
   * Makes business happen in the system whose it is. Answers APPLIED if that system did it, not what becomes of it in
   * Takt, which it tells by its own protocol.
   */
  send(domain: DemoDomain, messages: readonly InboundMessage[]): Promise<readonly Outcome[]>;
  /** Business begins: Takt listens by now. */
  live(): void;
  close(): Promise<void>;
}

/** What they keep lies in `folder`: after a restart they go on. */
export async function startPlantSystems(
  plant: DemoOptions,
  folder: string,
  clock: () => Date = () => new Date(),
): Promise<PlantSystems> {
  await mkdir(folder, { recursive: true });
  // As much of a large plant as moves.
  const { positions, series, promises, templates, machines } = livePlant(plant);
  const levels = new Map(positions.map(({ sku, location, lot, level }) => [`${sku}@${location}@${lot ?? ''}`, level]));
  const systems: PlantSystem[] = [];
  const close = async () => {
    await Promise.all(systems.splice(0).map((system) => system.close()));
  };
  try {
    systems.push(await startErps(folder, templates.filter(isInErp), clock));
    systems.push(await startMesSystems(folder, byPlant(machines), clock));
    systems.push(await startWarehouse(folder, levels));
    systems.push(await startPlanning(series, clock));
    systems.push(await startSuppliers(folder, promises, clock));
    systems.push(await startQuality(folder, clock));
    systems.push(await startSchedulers(folder));
    const instances = join(folder, 'instances');
    await mkdir(instances, { recursive: true });
    for (const [name, text] of systems.flatMap((system) => [...system.instances])) {
      await writeFile(join(instances, name), text);
    }
    return {
      peers: systems.flatMap(({ peers }) => peers),
      instances,
      env: Object.assign({}, ...systems.map(({ env }) => env)) as Record<string, string>,
      send: (_domain, messages) => Promise.all(messages.map((message) => happen(systems, message))),
      live: () => systems.forEach((system) => system.live?.()),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** In the order of the systems: the ERP says whether it can be, before the shop floor does it. */
async function happen(systems: readonly PlantSystem[], message: InboundMessage): Promise<Outcome> {
  const { id: messageId, type } = message;
  try {
    const handlers = systems.flatMap(({ handlers }) => handlers[type] ?? []);
    if (handlers.length === 0) throw new Error(`No system of the demo plant does what ${type} says.`);
    for (const handle of handlers) await handle(message);
    return { status: 'APPLIED', messageId, eventIds: [] };
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return { status: 'REJECTED', messageId, refusal: { code: 'REFUSED', reason: error.message } };
  }
}

/** Codes of work centers begin with their plant's. */
function byPlant(machines: readonly string[]): Map<string, string[]> {
  const codes = new Map<string, string[]>([...PLANTS].map((plant) => [plant, []]));
  for (const code of machines) codes.get(plantOf(code))?.push(code);
  return codes;
}

const PLANTS = ['P100', 'P200'];

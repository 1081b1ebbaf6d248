import { spawnSync, type StdioOptions } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { MongoClient } from 'mongodb';
import type { BenchOptions } from './run.ts';
import { temporaryFolder } from './plant.ts';

/** What keeps documents and events: the folder alone, or servers. */
export interface EngineProfile {
  readonly name: string;
  /** Of a size that is to be measured, as much as these engines are asked to take. */
  readonly atMost: (count: number) => number;
  /** Somewhere that nothing lies yet; gone when this process ends. */
  readonly place: () => Place;
}

/** As `openDomain` takes it; `startSystem` has the same without `directory`. */
export interface Place {
  readonly directory: string;
  readonly mongodbUri?: string;
  readonly natsUrl?: string;
  readonly namespace: string;
}

export interface MeasuredEngines {
  readonly profiles: readonly EngineProfile[];
  /** Which are left out, and what their figures do not say. */
  readonly notes: readonly string[];
}

/** The engines that are there, those of the servers that MONGODB_URI and NATS_URL name among them; or those that are asked for. */
export async function engineProfiles({ contenders }: Pick<BenchOptions, 'contenders'>): Promise<MeasuredEngines> {
  const { MONGODB_URI: mongodbUri, NATS_URL: natsUrl } = process.env;
  const notes: string[] = [];
  const profiles: EngineProfile[] = [];
  const add = (name: string, what: string, most: number, servers: Partial<Place> | string) => {
    if (contenders && !contenders.includes(name)) return;
    if (typeof servers === 'string') {
      notes.push(`${name} (${what}) is left out: ${servers}`);
      return;
    }
    profiles.push({ name, atMost: (count) => Math.min(count, most), place: () => placeOn(servers) });
    notes.push(`${name}: ${what}.`);
  };
  add('embedded', 'documents and events in LMDB', Infinity, {});
  add('nats', 'documents in LMDB, events in JetStream', Infinity, natsUrl ? { natsUrl } : 'NATS_URL is not set.');
  const isMongo = !mongodbUri || (await isMongoDb(mongodbUri));
  const isAskedFor = contenders?.includes('shared') ?? false;
  const shared = 'documents in MongoDB, events in JetStream';
  if (!mongodbUri || !natsUrl) add('shared', shared, Infinity, 'MONGODB_URI or NATS_URL is not set.');
  else if (isMongo || isAskedFor)
    add('shared', shared, isMongo ? Infinity : MOST_FOR_FERRETDB, { mongodbUri, natsUrl });
  else add('shared', shared, 0, `${FERRETDB} --contenders shared shows that it runs.`);
  if (profiles.length === 0) throw new Error(`No engines are left to measure. ${notes.join(' ')}`);
  if (!isMongo && isAskedFor) {
    notes.push(`${FERRETDB} So \`shared\` gets no more than ${MOST_FOR_FERRETDB} messages at a time.`);
  }
  if (profiles.some(({ name }) => name !== 'embedded')) {
    notes.push('Processor time is that of the Takt process: what the servers take is not in it.');
  }
  return { profiles, notes };
}

const FERRETDB = 'MONGODB_URI leads to FerretDB, which scans for all but ids: its figures say nothing about MongoDB.';
const MOST_FOR_FERRETDB = 50;

async function isMongoDb(uri: string): Promise<boolean> {
  const client = await MongoClient.connect(uri);
  try {
    return !('ferretdbVersion' in (await client.db('admin').command({ buildInfo: 1 })));
  } finally {
    await client.close();
  }
}

const REMOVED_WITHIN_MS = 60_000;
const NAMESPACE = `bench-${randomBytes(4).toString('hex')}`;
let places = 0;

/** A process that ends in the middle of its work can remove nothing that it is still writing to: another one does. */
function placeOn(servers: Partial<Place>): Place {
  if (places === 0) {
    const script = fileURLToPath(new URL('remove-places.ts', import.meta.url));
    const args = ['--import', 'tsx', script, NAMESPACE];
    const stdio: StdioOptions = ['ignore', 'inherit', 'inherit'];
    process.once('exit', () => spawnSync(process.execPath, args, { stdio, timeout: REMOVED_WITHIN_MS }));
  }
  places += 1;
  return { directory: temporaryFolder(), namespace: `${NAMESPACE}-${places}`, ...servers };
}

import { StoreUnavailableError } from '@takt/document-store';
import { IntakeUnavailableError, type Intake } from '@takt/intake';
import { NO_CROSS_REFERENCES, type CrossReferences, type ReferenceKind } from '@takt/mapping';
import type { SnapshotPage, SnapshotQuery } from './feed.ts';
import { DoorClosedError, remoteIntake, type DoorAddress } from './intake-door.ts';
import { openNeighbourLog, type NeighbourLog } from './neighbour-log.ts';
import { remoteOperations } from './operations-client.ts';
import type { Operations } from './operations.ts';

/** What a domain may reach of the others: never the stores that they keep their documents in. */
export interface Neighbours {
  /** The way into another domain. */
  intake(domain: string): Intake;
  /** Where its log can be followed from here now. Throws if that is nowhere, and so does the log once that has changed. */
  log(domain: string): Promise<NeighbourLog>;
  /** Its documents as they are: for who can no longer follow the log from where it was. */
  snapshot(domain: string, query: SnapshotQuery): Promise<SnapshotPage>;
  /** What operators may do to another domain. Absent where there are no others. */
  operations?(domain: string): Promise<Operations>;
  /** How backing systems call what we call otherwise: kept by the products. */
  readonly crossReferences: CrossReferences;
}

/** A domain on its own. */
export const NO_NEIGHBOURS: Neighbours = {
  intake(domain) {
    throw unreachable(domain);
  },
  log: (domain) => Promise.reject(unreachable(domain)),
  snapshot: (domain) => Promise.reject(unreachable(domain)),
  crossReferences: NO_CROSS_REFERENCES,
};

/** A domain as its neighbours reach it. */
export interface Neighbour {
  readonly intake: Intake;
  readonly log: NeighbourLog;
  /** Throws IntakeUnavailableError if it is not known who writes. */
  operations(): Operations;
}

/** Neighbours in this process, by name; each is looked up when it is needed. */
export function neighboursHere(find: (domain: string) => Neighbour | undefined): Neighbours {
  const found = (domain: string): Neighbour => {
    const neighbour = find(domain);
    if (!neighbour) throw new IntakeUnavailableError(`The domain ${domain} is not open.`);
    return neighbour;
  };
  // eslint-disable-next-line @typescript-eslint/require-await -- what is not there is a rejection
  const operations = async (domain: string) => found(domain).operations();
  return {
    intake: (domain) => ({ receive: async (messages) => found(domain).intake.receive(messages) }),
    // eslint-disable-next-line @typescript-eslint/require-await -- what is not there is a rejection
    log: async (domain) => found(domain).log,
    ...over(operations),
  };
}

/** Neighbours in processes of their own: `door` tells where the one that writes is now, undefined if nobody knows. */
export function neighboursBehindDoors(door: (domain: string) => Promise<DoorAddress | undefined>): Neighbours {
  const known = new Map<string, DoorAddress>();
  const look = async (domain: string): Promise<DoorAddress> => {
    const there = known.get(domain) ?? (await door(domain));
    if (!there) throw new IntakeUnavailableError(`No process writes for ${domain} at the moment.`);
    known.set(domain, there);
    return there;
  };
  const operations = async (domain: string) => {
    const address = await door(domain);
    if (!address) throw new IntakeUnavailableError(`No process writes for ${domain} at the moment.`);
    return remoteOperations(address);
  };
  return {
    intake: (domain) => ({
      async receive(messages) {
        try {
          return await remoteIntake(await look(domain)).receive(messages);
        } catch (error) {
          known.delete(domain);
          if (!(error instanceof DoorClosedError)) throw error;
        }
        try {
          return await remoteIntake(await look(domain)).receive(messages);
        } catch (error) {
          known.delete(domain);
          if (error instanceof DoorClosedError || error instanceof StoreUnavailableError) {
            throw new IntakeUnavailableError(`${domain}: ${error.message}`);
          }
          throw error;
        }
      },
    }),
    log: async (domain) => openNeighbourLog((await operations(domain)).feed),
    ...over(operations),
  };
}

/** Told to the integration as a question: a command to a backing system has ended, and how. */
export const COMMAND_SETTLED = 'command-settled';

/** Question that the products answer: a {@link CrossReferenceQuestion}. */
export const CROSS_REFERENCES = 'cross-references';

export interface CrossReferenceQuestion {
  readonly to: 'CANONICAL' | 'SOURCE';
  readonly system: string;
  readonly kind: ReferenceKind;
  readonly ids: readonly string[];
}

function over(operations: (domain: string) => Promise<Operations>) {
  return {
    snapshot: async (domain: string, query: SnapshotQuery) => (await operations(domain)).feed.snapshot(query),
    operations,
    crossReferences: crossReferencesOver(operations),
  };
}

function unreachable(domain: string): Error {
  return new Error(`The domain ${domain} cannot be reached from here.`);
}

function crossReferencesOver(operations: (domain: string) => Promise<Operations>): CrossReferences {
  const ask = async (question: CrossReferenceQuestion): Promise<(string | undefined)[]> => {
    const answered = await (await operations('products')).ask(CROSS_REFERENCES, question);
    return (answered as (string | null | undefined)[]).map((id) => id ?? undefined);
  };
  return {
    toCanonical: (system, kind, ids) => ask({ to: 'CANONICAL', system, kind, ids }),
    toSource: (system, kind, ids) => ask({ to: 'SOURCE', system, kind, ids }),
  };
}

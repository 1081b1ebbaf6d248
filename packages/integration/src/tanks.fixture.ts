import { join } from 'node:path';
import { Type } from '@sinclair/typebox';
import { openLmdbStore, type Collection, type DocumentStore } from '@takt/document-store';
import { openEmbeddedLog, type EventLog } from '@takt/event-log';
import { openIntake, type Aggregate, type Governed, type OpenIntake } from '@takt/intake';

/** A domain of tanks that are filled litre by litre, with the exchange's documents beside it. */
export interface Tanks {
  /** Of the exchange. */
  readonly store: DocumentStore;
  readonly intake: OpenIntake;
  readonly tanks: Collection<Governed<Tank>>;
  close(): Promise<void>;
}

export async function openTanks(directory: string): Promise<Tanks> {
  const store = await openLmdbStore({ directory: join(directory, 'integration') });
  const documents = await openLmdbStore({ directory: join(directory, 'documents') });
  const log: EventLog = await openEmbeddedLog({ directory: join(directory, 'events') });
  const intake = await openIntake({ store: documents, log, aggregates: [tank], clock: () => new Date() });
  return {
    store,
    intake,
    tanks: await documents.collection<Governed<Tank>>(tank.collection),
    async close() {
      await intake.close();
      await store.close();
      await documents.close();
      await log.close();
    },
  };
}

interface Tank {
  readonly litres: number;
}

interface FillTank {
  readonly type: 'FillTank';
  readonly data: { readonly tank: string; readonly litres: number };
}

interface TankFilled {
  readonly type: 'TankFilled';
  readonly data: { readonly litres: number };
}

const tank: Aggregate<Tank, FillTank, TankFilled> = {
  noun: 'Tank',
  collection: { name: 'tanks', indexes: [] },
  messages: { FillTank: Type.Object({ tank: Type.String(), litres: Type.Integer({ minimum: 1 }) }) },
  events: { TankFilled: Type.Object({ litres: Type.Integer() }) },
  identify: ({ data }) => data.tank,
  decide: (_state, { data }) => ({ events: [{ type: 'TankFilled', data: { litres: data.litres } }] }),
  evolve: (state, { data }) => ({ litres: (state?.litres ?? 0) + data.litres }),
};

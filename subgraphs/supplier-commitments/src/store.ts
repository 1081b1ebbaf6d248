import type { EventLog } from '@takt/event-log';
import type { Clock, Governed, OpenIntake } from '@takt/intake';
import {
  documentLoader,
  pageLoader,
  type DocumentLoader,
  type DomainRuntime,
  type PageLoader,
  type Sources,
} from '@takt/subgraph-server';
import { supplierCommitment, type SupplierCommitment } from './supplier-commitment.ts';
import { supplier, type SupplierRecord } from './supplier.ts';
import { supplyAgreement, type SupplyAgreementRecord } from './supply-agreement.ts';

/** Everything that one request may reach; loaders live as long as the request. */
export interface SupplyContext extends SupplyLoaders {
  readonly intake: OpenIntake;
  readonly log: EventLog;
  readonly clock: Clock;
  readonly sources: Sources;
  /** Forgets what was read: after a command, and for each event of a subscription, which lives longer than a request. */
  renew(): void;
}

interface SupplyLoaders {
  readonly commitments: DocumentLoader<Governed<SupplierCommitment>>;
  readonly commitmentPages: PageLoader<Governed<SupplierCommitment>>;
  readonly suppliers: DocumentLoader<Governed<SupplierRecord>>;
  readonly supplierPages: PageLoader<Governed<SupplierRecord>>;
  readonly agreements: DocumentLoader<Governed<SupplyAgreementRecord>>;
  readonly agreementPages: PageLoader<Governed<SupplyAgreementRecord>>;
}

export async function connect(runtime: DomainRuntime): Promise<{ createContext(): SupplyContext }> {
  const { store, log, intake, clock, sources } = runtime;
  const commitments = await store.collection(supplierCommitment.collection);
  const suppliers = await store.collection(supplier.collection);
  const agreements = await store.collection(supplyAgreement.collection);
  const loaders = (): SupplyLoaders => ({
    commitments: documentLoader(commitments),
    commitmentPages: pageLoader(commitments),
    suppliers: documentLoader(suppliers),
    supplierPages: pageLoader(suppliers),
    agreements: documentLoader(agreements),
    agreementPages: pageLoader(agreements),
  });
  return {
    createContext: () => {
      const context = {
        intake,
        log,
        clock,
        sources,
        ...loaders(),
        renew: () => void Object.assign(context, loaders()),
      };
      return context;
    },
  };
}

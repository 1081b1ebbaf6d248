import type { DomainDefinition } from '@takt/subgraph-server';
import { audienceDirectives } from './audience.ts';
import {
  ItemLocationResolver,
  references,
  SupplierCommitmentResolver,
  SupplierCommitmentRevisedResolver,
  SupplierCommitmentsResolver,
} from './resolvers.ts';
import { connect, type SupplyContext } from './store.ts';
import { supplierCommitment } from './supplier-commitment.ts';
import { SupplierResolver, SupplyAgreementResolver } from './supplier-resolvers.ts';
import { supplier } from './supplier.ts';
import { supplyAgreement } from './supply-agreement.ts';

/** What suppliers are asked for, promise, ship and deliver, and the agreements under which they do. */
export const supplierCommitments: DomainDefinition<SupplyContext> = {
  name: 'supplier-commitments',
  aggregates: [supplierCommitment, supplier, supplyAgreement],
  resolvers: [
    SupplierCommitmentResolver,
    SupplierResolver,
    SupplyAgreementResolver,
    ItemLocationResolver,
    SupplierCommitmentRevisedResolver,
    SupplierCommitmentsResolver,
  ],
  directives: audienceDirectives,
  references,
  connect,
};

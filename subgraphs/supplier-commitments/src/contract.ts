export { CommitSupply, ShipmentNotice, SupplierCommitmentReport, SupplyReceipt } from './messages.ts';
export { SupplierRecord } from './supplier.ts';
export { SupplyAgreementRecord } from './supply-agreement.ts';
export { supplierCommitment, type SupplierCommitment } from './supplier-commitment.ts';
export { supplier } from './supplier.ts';

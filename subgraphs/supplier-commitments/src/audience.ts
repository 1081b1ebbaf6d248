/**
 * What a supplier portal sees of this domain: one supplier with its schedule lines, what it ships and what arrives, and
 * what it may answer. Lists over all suppliers are left out, and so is what leads into planning: `itemLocation`, where
 * stock and demand of an item are, the source systems, and the planning terms of a line's level.
 */
const FOR_SUPPLIERS = [
  ...of('Query', 'supplier', 'supplierCommitment', 'supplyAgreement'),
  ...of('Mutation', 'commitSupply', 'notifyShipment'),
  ...of('Subscription', 'supplierCommitmentRevised'),
  ...of('Supplier', 'id', 'name', 'description', 'country', 'site', 'revision'),
  ...of('Supplier', 'agreements', 'commitments', 'onTimeInFull', 'onTimeInFullPercent'),
  ...of('SupplyAgreement', 'id', 'supplier', 'product', 'location', 'leadTimeDays', 'minimum', 'multiple', 'unitCost'),
  ...of('SupplyAgreement', 'firmZoneDays', 'tradeOffZoneDays', 'revision'),
  ...of('SupplierCommitment', 'id', 'supplier', 'product', 'location', 'agreement', 'document', 'orderedOn', 'firm'),
  ...of('SupplierCommitment', 'required', 'requiredOn', 'committed', 'committedOn', 'confirmation', 'contradiction'),
  ...of('SupplierCommitment', 'delayDays', 'expectedOn', 'shipped', 'received', 'rejected', 'open', 'completedOn'),
  ...of('SupplierCommitment', 'leadTimeDaysObserved', 'cumulatives', 'shipments', 'receipts', 'revisions', 'revision'),
  ...of('CommitmentTerms', 'firm', 'required', 'requiredOn', 'committed', 'committedOn', 'confirmation'),
  ...of(
    'SupplierCommitmentRevised',
    'cursor',
    'occurredAt',
    'kind',
    'supplierCommitment',
    'changed',
    'before',
    'after',
  ),
  ...of('SupplierCommitmentRevised', 'reason', 'shipment', 'receipt'),
  ...['CommitmentRevision', 'CumulativeQuantities', 'SupplierShipment', 'SupplyReceipt', 'SupplierCommitmentAccepted'],
  ...['SupplierCommitmentConnection', 'SupplierCommitmentEdge', 'SupplyAgreementConnection', 'SupplyAgreementEdge'],
  ...['PageInfo', 'Quantity', 'CommandRefused', 'RevisionConflict'],
];

/** Directives by coordinate. `internal`: what nobody outside sees, whatever leads to it. */
export const audienceDirectives: Readonly<Record<string, string>> = {
  ...Object.fromEntries(FOR_SUPPLIERS.map((coordinate) => [coordinate, '@tag(name: "suppliers")'])),
  CommitmentLevel: '@tag(name: "internal")',
};

function of(type: string, ...fields: readonly string[]): string[] {
  return fields.map((field) => `${type}.${field}`);
}

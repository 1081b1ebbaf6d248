import { isOpenEnd } from '../field-types.ts';
import { days, present } from './import-run.ts';
import type { ImportRun } from './import-run.ts';

/** Supply agreements and distribution lanes. */
export function mapSupply(run: ImportRun): void {
  const { plant } = run;
  for (const record of plant.records.all('input.itemsupplier')) {
    const { item, location, supplier, leadtime, sizeminimum, sizemultiple, priority, cost } = record.values;
    const data = {
      id: agreementId(supplier, item, location, record.key[3]),
      supplier,
      sku: item,
      location,
      leadTimeDays: days(leadtime),
      minimum: plant.quantityOf(item, sizeminimum),
      multiple: plant.quantityOf(item, sizemultiple),
      priority,
      unitCost: cost,
    };
    run.report('SupplyAgreementReported', present(data), [record]);
  }
  for (const record of plant.records.all('input.itemdistribution')) {
    const { item, location, origin, leadtime, sizeminimum, sizemultiple, priority } = record.values;
    if (location === undefined) {
      run.leaveOut(record, 'its destination is not told');
      continue;
    }
    const data = {
      id: `${encodeURIComponent(item)}@${encodeURIComponent(location)}/${encodeURIComponent(origin)}${since(record.key[3])}`,
      sku: item,
      origin,
      destination: location,
      leadTimeDays: days(leadtime),
      minimum: plant.quantityOf(item, sizeminimum),
      multiple: plant.quantityOf(item, sizemultiple),
      priority,
    };
    run.report('DistributionLaneReported', present(data), [record]);
  }
}

/** Every part is percent-encoded. `effectiveStart` tells agreements about the same apart, where the source has several. */
export function agreementId(supplier: string, sku: string, location?: string, effectiveStart?: string): string {
  const place = location === undefined ? '' : `@${encodeURIComponent(location)}`;
  return `${encodeURIComponent(supplier)}/${encodeURIComponent(sku)}${place}${since(effectiveStart)}`;
}

function since(effectiveStart = ''): string {
  return effectiveStart === '' || isOpenEnd(effectiveStart) ? '' : `/${effectiveStart}`;
}

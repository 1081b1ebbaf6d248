import { groupBy } from '../group-by.ts';
import type { FixtureRecord } from '../record-set.ts';
import type { ImportRun, MessageData } from './import-run.ts';
import { present } from './import-run.ts';
import type { Plant, Uses } from './plant.ts';

type ProductType = MessageData<'ProductReported'>['type'];

/** Products, how they are planned at each location, and their stock there. */
export function mapItems(run: ImportRun): void {
  const { plant } = run;
  for (const record of plant.records.all('input.item')) {
    const { name, description, category, subcategory, owner, cost, weight, volume } = record.values;
    const data = {
      sku: name,
      name,
      description,
      type: productType(plant, name),
      baseUnit: plant.unitOf(name),
      family: owner,
      parent: owner,
      category,
      subcategory,
      procurement: procurement(plant.usesOf(name)),
      unitCost: cost,
      weight,
      volume,
    };
    run.report('ProductReported', present(data), [record]);
  }
  const safetyStocks = mapStock(run);
  for (const { sku, location } of plant.itemLocations()) {
    const safetyStock = plant.quantityOf(sku, safetyStocks.get(JSON.stringify([sku, location])));
    const data = { sku, location, type: typeAt(plant, sku, location), safetyStock };
    const isItemKnown = plant.records.find('input.item', sku) !== undefined;
    run.report('ItemLocationReported', present(data), [], !isItemKnown);
  }
}

/** Answers the safety stocks by item and location. */
function mapStock(run: ImportRun): Map<string, string> {
  const safetyStocks = new Map<string, string>();
  const positions = groupBy(run.plant.records.all('input.buffer'), ({ values }) =>
    JSON.stringify([values.item, values.location]),
  );
  for (const [key, buffers] of positions) {
    const [first] = buffers;
    if (first === undefined) continue;
    const { item: sku, location } = first.values;
    const minimum = buffers.map(({ values }) => values.minimum ?? '0').find((each) => each !== '0');
    if (minimum !== undefined) safetyStocks.set(key, minimum);
    const data = {
      sku,
      location,
      unit: run.plant.unitOf(sku),
      stock: buffers.map((buffer) => stockLine(run.plant, buffer)),
      safetyStock: run.plant.quantityOf(sku, minimum),
    };
    run.report('StockReported', present(data), buffers);
  }
  return safetyStocks;
}

function stockLine(plant: Plant, { values: { item, batch, onhand = '0' } }: FixtureRecord<'input.buffer'>) {
  return present({ lot: batch, status: 'UNRESTRICTED' as const, quantity: plant.quantityOf(item, onhand) });
}

function productType(plant: Plant, sku: string): ProductType {
  if (plant.isFamily(sku)) return 'FAMILY';
  const { produced, consumed, sold } = plant.usesOf(sku);
  if (produced) return consumed ? 'SEMI_FINISHED' : 'FINISHED';
  return sold && !consumed ? 'FINISHED' : 'RAW';
}

/** What is made at one location and only sold, or only consumed, at another is something else there. */
function typeAt(plant: Plant, sku: string, location: string): ProductType {
  if (plant.isFamily(sku)) return 'FAMILY';
  const { produced, consumed, sold } = plant.usesOf(sku, location);
  if (produced) return consumed ? 'SEMI_FINISHED' : 'FINISHED';
  if (consumed) return 'RAW';
  return sold ? 'FINISHED' : productType(plant, sku);
}

function procurement({ produced, bought }: Uses): MessageData<'ProductReported'>['procurement'] {
  if (produced) return bought ? 'MAKE_OR_BUY' : 'MAKE';
  return bought ? 'BUY' : undefined;
}

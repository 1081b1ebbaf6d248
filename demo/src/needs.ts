import { billsOf, exploded } from './bills.ts';
import type { Item, MadeItem, Need } from './items.ts';
import { MATERIALS } from './materials.ts';
import { WAREHOUSE } from './network.ts';
import type { PlantCode } from './network.ts';
import type { Plan } from './plan.ts';
import { segments, SPEED_CONTROLLED } from './series.ts';
import type { Rating, Segment } from './series.ts';

/** Part of a standard pump's demand that the warehouse serves; the plant ships the rest itself. */
const WAREHOUSE_SHARE = 0.4;

/** Everything that is planned for a segment, by location: its item-locations. */
export function needsOf(segment: Segment): Need[] {
  const atP200 = segment.ratings.filter(({ plant }) => plant === 'P200');
  const drivesAtP200 = atP200.reduce((sum, { pumps }) => sum + (pumps[SPEED_CONTROLLED]?.weekly ?? 0), 0);
  return [
    made(segment.drive, 6),
    { item: segment.drive, location: 'P200', type: 'RAW', weekly: drivesAtP200, leadTimeDays: 21 },
    ...segment.ratings.flatMap(ratingNeeds),
  ];
}

/** Needs of both plants for the materials that all pumps share, taken as if every segment were like the first. */
export function materialNeeds(plan: Plan): Need[] {
  const [first] = segments(plan);
  if (first === undefined) return [];
  return (['P100', 'P200'] as const).flatMap((plant) => {
    const use = weeklyUse(first, plant);
    return MATERIALS.map((item) => ({
      item,
      location: plant,
      type: item.type,
      weekly: (use.get(item.sku) ?? 0) * plan.shape.segments,
      leadTimeDays: item.trade === 'ELECTRONICS' ? 35 : item.trade === 'CASTINGS' ? 28 : 14,
    }));
  });
}

function ratingNeeds({
  plant,
  pumps,
  motor,
  stator,
  rotor,
  housing,
  pumpEnd,
  casting,
  impeller,
  seal,
}: Rating): Need[] {
  const pumpEnds = pumpEnd.weekly;
  const bought = (item: Item, leadTimeDays: number): Need => ({
    item,
    location: plant,
    type: 'RAW',
    weekly: pumpEnds,
    leadTimeDays,
  });
  return [
    ...pumps.flatMap((pump, index) => pumpNeeds(pump, index === 0)),
    ...[motor, stator, rotor, housing].map((item) => made(item, 5)),
    { item: pumpEnd, location: plant, type: 'PHANTOM', weekly: pumpEnds, leadTimeDays: 0 },
    bought(casting, 28),
    bought(impeller, 14),
    bought(seal, 21),
  ];
}

function pumpNeeds(pump: MadeItem, standard: boolean): Need[] {
  const fromWarehouse = standard ? Math.round(pump.weekly * WAREHOUSE_SHARE) : 0;
  const atPlant = { ...made(pump, 7), fromCustomers: pump.weekly - fromWarehouse };
  if (!standard) return [atPlant];
  const atWarehouse: Need = {
    item: pump,
    location: WAREHOUSE,
    type: 'FINISHED',
    weekly: fromWarehouse,
    fromCustomers: fromWarehouse,
    leadTimeDays: pump.plant === 'P100' ? 3 : 28,
  };
  return [atPlant, atWarehouse];
}

function made(item: MadeItem, leadTimeDays: number): Need {
  return { item, location: item.plant, type: item.type, weekly: item.weekly, lotSize: item.lotSize, leadTimeDays };
}

/** Units a week that a segment's orders consume in a plant, scrap included. */
function weeklyUse(segment: Segment, plant: PlantCode): Map<string, number> {
  const use = new Map<string, number>();
  for (const bill of billsOf(segment)) {
    if (bill.item.plant !== plant || bill.item.type === 'PHANTOM') continue;
    for (const line of exploded(bill, ratingOf(segment, bill.item))) {
      const quantity = line.quantity * (1 + (line.scrapPercent ?? 0) / 100) * bill.item.weekly;
      use.set(line.component, (use.get(line.component) ?? 0) + quantity);
    }
  }
  return use;
}

/** The rating whose pump an item is; undefined for anything else, which has no phantom in its bill. */
function ratingOf({ ratings }: Segment, item: MadeItem): Rating | undefined {
  return item.makes === 'PUMP' ? ratings.find(({ pumps }) => pumps.includes(item)) : undefined;
}

import type { InboundMessage } from '@takt/intake';
import type { LocationRecord, SupplierRecord } from './contracts.ts';
import { MATERIALS } from './materials.ts';
import type { Material, Trade } from './materials.ts';
import { planMessage } from './messages.ts';
import type { Plan } from './plan.ts';
import { randomFor } from './random.ts';

export interface Supplier {
  readonly record: SupplierRecord;
  readonly site: LocationRecord;
  readonly trade: Trade;
}

/** Two suppliers of castings and bearings, one of everything else, each with one works or, in a large plant, several. */
export function suppliersOf(plan: Plan): Supplier[] {
  let number = 0;
  return HOUSES.flatMap(([trade, name, country, city, region, timeZone]) =>
    Array.from({ length: plan.shape.worksPerSupplier }, (_, index) => {
      const works = plan.shape.worksPerSupplier === 1 ? '' : `, works ${String(index + 1)}`;
      const id = `S-${String(100 + ++number)}`;
      const site = `${id}-SITE`;
      return {
        trade,
        record: { id, name: `${name}${works}`, country, site },
        site: { code: site, name: `${name}, ${city}${works}`, type: 'SUPPLIER_SITE', region, timeZone, parent: region },
      };
    }),
  );
}

export function siteMessage(plan: Plan, { site }: Supplier): InboundMessage {
  return planMessage(plan, { system: 'erp', type: 'LocationReported', key: site.code, data: site });
}

export function supplierMessage(plan: Plan, { record }: Supplier): InboundMessage {
  return planMessage(plan, { system: 'erp', type: 'SupplierReported', key: record.id, data: record });
}

/** Who delivers an item: the first one is asked first. */
export function sourcesOf(plan: Plan, item: Material, suppliers: readonly Supplier[]): Supplier[] {
  const random = randomFor(plan.seed, 'sourcing', item.sku);
  const houses = suppliers.filter(({ trade }) => trade === item.trade);
  const first = random.pick(houses);
  const second = houses.find(({ record }) => record.name !== first.record.name);
  return second && MATERIALS.some(({ sku }) => sku === item.sku) ? [first, second] : [first];
}

const HOUSES: readonly (readonly [Trade, string, string, string, string, string])[] = [
  ['METAL', 'Ruhr Halbzeuge', 'DE', 'Duisburg', 'EMEA', 'Europe/Berlin'],
  ['CHEMICALS', 'Lackwerk Heller', 'DE', 'Ludwigshafen', 'EMEA', 'Europe/Berlin'],
  ['BEARINGS', 'Skåne Kullager', 'SE', 'Malmö', 'EMEA', 'Europe/Stockholm'],
  ['BEARINGS', 'Toyohashi Bearing', 'JP', 'Toyohashi', 'APAC', 'Asia/Tokyo'],
  ['CASTINGS', 'Giesserei Oderland', 'PL', 'Gorzów', 'EMEA', 'Europe/Warsaw'],
  ['CASTINGS', 'Great Lakes Foundry', 'US', 'Milwaukee', 'AMER', 'America/Chicago'],
  ['PLASTICS', 'Plastica Veneta', 'IT', 'Padova', 'EMEA', 'Europe/Rome'],
  ['ELECTRONICS', 'Suzhou Lanhe Electronics', 'CN', 'Suzhou', 'APAC', 'Asia/Shanghai'],
  ['FASTENERS', 'Schrauben Kessler', 'DE', 'Iserlohn', 'EMEA', 'Europe/Berlin'],
  ['SEALS', 'Joints du Rhône', 'FR', 'Lyon', 'EMEA', 'Europe/Paris'],
  ['PACKAGING', 'Midwest Carton', 'US', 'Gary', 'AMER', 'America/Chicago'],
];

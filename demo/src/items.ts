import type { ProductRecord } from './contracts.ts';
import type { PlantCode } from './network.ts';

type ProductType = ProductRecord['type'];

/** One item of the assortment, wherever it is planned. */
export interface Item {
  readonly sku: string;
  readonly name: string;
  readonly type: ProductType;
  readonly unit: string;
  readonly procurement: NonNullable<ProductRecord['procurement']>;
  readonly family: string;
  readonly category: string;
  readonly abc: NonNullable<ProductRecord['abcClass']>;
  readonly xyz: NonNullable<ProductRecord['xyzClass']>;
  readonly criticality: NonNullable<ProductRecord['criticality']>;
  /** In the plant's currency. */
  readonly unitCost: number;
  readonly weightKg?: number;
  readonly lotControlled?: boolean;
  readonly serialControlled?: boolean;
  readonly shelfLifeDays?: number;
}

/** An item that a plant makes; it decides which routing and bill of material it has. */
export interface MadeItem extends Item {
  readonly makes: 'PUMP' | 'PUMP_END' | 'MOTOR' | 'STATOR' | 'ROTOR' | 'HOUSING' | 'DRIVE';
  readonly plant: PlantCode;
  /** Pieces a week, over the year. */
  readonly weekly: number;
  /** Pieces a production order makes. */
  readonly lotSize: number;
}

/** How much of an item a location needs; everything that is planned follows from it. */
export interface Need {
  readonly item: Item;
  readonly location: string;
  /** What the item is at this location. */
  readonly type: ProductType;
  /** Units a week. */
  readonly weekly: number;
  /** Of the location's own customers; the rest is needed for production. */
  readonly fromCustomers?: number;
  readonly lotSize?: number;
  readonly leadTimeDays: number;
}

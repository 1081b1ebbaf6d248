import { GraphQLError } from 'graphql';

/** The data of a small plant. Objects resolve themselves, so that a monolith and the subgraphs answer from the same code. */
export interface Plant {
  readonly products: Map<string, Product>;
  readonly kits: Map<string, Kit>;
  readonly sites: Map<string, Site>;
  readonly positions: Position[];
  readonly orders: Map<string, Order>;
}

export interface Item {
  readonly __typename: 'Product' | 'Kit';
  readonly id: string;
  readonly sku: string;
  readonly name: string;
  readonly title: string;
  notes(): string[];
}

export interface Product extends Item {
  readonly kind: string;
  readonly kinds: string[];
  readonly weightKg: number | null;
  readonly dimensions: { length: number; width: number } | null;
  readonly internalCode: string;
  readonly createdAt: Date;
  readonly attributes: Record<string, unknown>;
  readonly grid: (number | null)[][];
  parts(): Product[][];
  replaces(): Product | null;
  label(): string;
  mustHave(): string | null;
  onHand(): number;
  positions(): Position[];
  supplierCode(): string | null;
}

interface Kit extends Item {
  contents(): Item[];
}

interface Site {
  readonly __typename: 'Site';
  readonly code: string;
  readonly name: string;
  timeZone: string;
  positions(): Position[];
}

export interface Position {
  readonly sku: string;
  readonly site: Site;
  quantity: number;
  product(): Product | undefined;
  forecast(): number;
  planner(): string | null;
}

interface Order {
  readonly number: string;
  readonly state: string;
  readonly quantity: number;
  product(): Product | undefined;
  site(): Site;
}

export function shippingCost(product: Pick<Product, 'weightKg' | 'dimensions'>, express: boolean): number | null {
  if (product.weightKg === null || product.dimensions === null) return null;
  return (product.weightKg + product.dimensions.length * product.dimensions.width) * (express ? 2 : 1);
}

export function createPlant(): Plant {
  const plant: Plant = { products: new Map(), kits: new Map(), sites: new Map(), positions: [], orders: new Map() };
  const product = (number: number): Product => {
    const sku = `P${number}`;
    return {
      __typename: 'Product',
      id: `product:${sku}`,
      sku,
      name: `Product ${number}`,
      title: `Title of ${sku}`,
      kind: number === 7 ? 'SECRET' : number % 2 === 0 ? 'FINISHED' : 'RAW',
      kinds: number === 7 ? ['RAW', 'SECRET'] : ['RAW', 'FINISHED'],
      weightKg: number === 3 ? null : number * 1.5,
      dimensions: number === 4 ? null : { length: number, width: number + 1 },
      internalCode: `secret-${sku}`,
      createdAt: new Date(Date.UTC(2026, 0, number)),
      attributes: { colour: ['red', { rgb: [number, 0, 0] }], hazardous: number === 2, none: null },
      grid: [[number, null], [], [1, 2, 3]],
      parts: () => (number > 6 ? [] : [[at(number + 1), at(number + 2)], [], [at(8)]]),
      replaces: () => (number < 8 ? at(number + 1) : null),
      label() {
        if (number === 5) throw new GraphQLError('The label is lost.', { extensions: { code: 'LABEL_LOST' } });
        return `label ${sku}`;
      },
      mustHave: () => (number === 6 ? null : `must ${sku}`),
      onHand() {
        if (number === 2) throw new GraphQLError('Nobody counted.', { extensions: { code: 'NOT_COUNTED' } });
        return plant.positions.filter((each) => each.sku === sku).reduce((sum, each) => sum + each.quantity, 0);
      },
      positions: () => plant.positions.filter((each) => each.sku === sku),
      supplierCode: () => (number === 1 ? null : `S-${sku}`),
      notes: () => [`note on ${sku}`],
    };
  };
  const at = (number: number): Product => plant.products.get(`P${number}`) as Product;
  for (let number = 1; number <= 8; number++) plant.products.set(`P${number}`, product(number));

  for (const sku of ['K1', 'K2']) {
    plant.kits.set(sku, {
      __typename: 'Kit',
      id: `kit:${sku}`,
      sku,
      name: `Kit ${sku}`,
      title: `Title of ${sku}`,
      contents: () => (sku === 'K1' ? [at(1), at(2)] : [at(3), plant.kits.get('K1') as Kit]),
      notes: () => [`first on ${sku}`, `second on ${sku}`],
    });
  }
  for (const code of ['BER', 'LYS', 'OSA']) {
    plant.sites.set(code, {
      __typename: 'Site',
      code,
      name: `Site ${code}`,
      timeZone: `Zone/${code}`,
      positions: () => plant.positions.filter((each) => each.site.code === code),
    });
  }
  for (const { sku } of plant.products.values()) {
    for (const site of plant.sites.values()) {
      if ((sku.charCodeAt(1) + site.code.charCodeAt(0)) % 3 === 0) continue;
      plant.positions.push({
        sku,
        site,
        quantity: sku.charCodeAt(1) * 10 + site.code.charCodeAt(1),
        product: () => plant.products.get(sku),
        forecast() {
          if (sku === 'P4' && site.code === 'LYS')
            throw new GraphQLError('No forecast.', { extensions: { code: 'NO_FORECAST' } });
          return sku.charCodeAt(1) + site.code.charCodeAt(2);
        },
        planner: () => (site.code === 'OSA' ? null : `planner of ${sku} at ${site.code}`),
      });
    }
  }
  for (let number = 1; number <= 4; number++) {
    plant.orders.set(`O${number}`, {
      number: `O${number}`,
      state: number % 2 === 0 ? 'FIRMED' : 'RELEASED',
      quantity: number * 100,
      product: () => at(number),
      site: () => plant.sites.get('BER') as Site,
    });
  }
  return plant;
}

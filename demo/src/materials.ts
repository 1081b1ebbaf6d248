import type { Item } from './items.ts';

/** What is bought for every pump, whatever its series; `TOL-COUPLER` is a tool. */
export const MATERIALS = [
  material('WIR-CU071', 'Copper winding wire 0.71 mm', 'KG', 'METAL', 11.4, {
    lotControlled: true,
    criticality: 'CRITICAL',
  }),
  material('STL-M400', 'Electrical steel strip M400-50A', 'KG', 'METAL', 1.85, {
    lotControlled: true,
    criticality: 'HIGH',
  }),
  material('ALU-226', 'Aluminium ingot EN AC-46000 for rotor cages', 'KG', 'METAL', 2.9, { lotControlled: true }),
  material('BAR-316L', 'Stainless steel bar 316L, 20 mm', 'M', 'METAL', 14.2, { lotControlled: true }),
  material('VAR-F', 'Impregnation varnish, class F', 'L', 'CHEMICALS', 9.6, {
    lotControlled: true,
    shelfLifeDays: 270,
  }),
  material('PNT-5010', 'Powder coating RAL 5010', 'KG', 'CHEMICALS', 6.3, { lotControlled: true, shelfLifeDays: 365 }),
  material('BRG-6203', 'Ball bearing 6203-2Z', 'PC', 'BEARINGS', 2.15, { criticality: 'HIGH' }),
  material('BRG-6203-RS', 'Ball bearing 6203-2RS1, sealed', 'PC', 'BEARINGS', 2.6),
  material('SHD-AL', 'End shield, die-cast aluminium', 'PC', 'CASTINGS', 4.4),
  material('FAN-PP', 'Motor fan with cover, polypropylene', 'PC', 'PLASTICS', 1.3, { criticality: 'LOW' }),
  material('TBX-IP55', 'Terminal box IP55 with cable gland', 'PC', 'ELECTRONICS', 3.2),
  material('SWI-MAIN', 'Main switch IP65, 16 A', 'PC', 'ELECTRONICS', 5.9),
  material('PCB-CTRL', 'Inverter board, populated', 'PC', 'ELECTRONICS', 27.5, { criticality: 'CRITICAL' }),
  material('CAB-4G15', 'Cable H07RN-F 4G1.5', 'M', 'ELECTRONICS', 1.7),
  material('SCR-M6', 'Screw set M6, A2', 'SET', 'FASTENERS', 0.55, { criticality: 'LOW' }),
  material('ORG-EPDM', 'O-ring set EPDM', 'SET', 'SEALS', 0.9),
  material('ORG-FKM', 'O-ring set FKM', 'SET', 'SEALS', 2.4),
  material('LBL-NAME', 'Name plate, laser-marked', 'PC', 'PACKAGING', 0.35, { type: 'PACKAGING', criticality: 'LOW' }),
  material('MAN-MULTI', 'Operating manual, six languages', 'PC', 'PACKAGING', 0.8, {
    type: 'PACKAGING',
    criticality: 'LOW',
  }),
  material('BOX-PUMP', 'Pump carton with insert', 'PC', 'PACKAGING', 1.6, { type: 'PACKAGING' }),
  material('TOL-COUPLER', 'Test bench coupler', 'PC', 'METAL', 640, { type: 'TOOL', criticality: 'LOW' }),
] as const;

/** What a supplier deals in. */
export type Trade =
  'METAL' | 'CHEMICALS' | 'BEARINGS' | 'CASTINGS' | 'PLASTICS' | 'ELECTRONICS' | 'FASTENERS' | 'SEALS' | 'PACKAGING';

/** A bought item. */
export interface Material extends Item {
  readonly trade: Trade;
}

function material(
  sku: string,
  name: string,
  unit: string,
  trade: Trade,
  unitCost: number,
  more: Partial<Material> = {},
): Material {
  return {
    sku,
    name,
    type: 'RAW',
    unit,
    procurement: 'BUY',
    family: 'Purchased materials',
    category: trade.charAt(0) + trade.slice(1).toLowerCase(),
    abc: unitCost > 5 ? 'A' : unitCost > 1.5 ? 'B' : 'C',
    xyz: 'X',
    criticality: 'NORMAL',
    trade,
    unitCost,
    ...more,
  };
}

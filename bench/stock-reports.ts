import { inboundMessage, type Clock, type InboundMessage } from '@takt/intake';

export interface Position {
  readonly sku: string;
  readonly location: string;
  readonly unit: string;
}

/** A warehouse that counts its positions one after the other, each time another quantity, so that each report changes something. */
export function stockReports(positions: readonly Position[], clock: Clock): (count: number) => InboundMessage[] {
  let counted = 0;
  return (count) =>
    Array.from({ length: count }, () => {
      const { sku, location, unit } = positions[counted % positions.length] ?? { sku: '', location: '', unit: 'PC' };
      counted += 1;
      const stock = [{ status: 'UNRESTRICTED', quantity: { value: String(counted), unit } }];
      return inboundMessage(
        { type: 'StockReported', source: 'wms/bench', data: { sku, location, unit, stock } },
        clock,
      );
    });
}

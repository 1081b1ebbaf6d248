/** What Chicago's ERP calls an item; Hamburg's numbers are those of the whole company. */
export function itemNumberAt(location: string, sku: string): string {
  return location === 'P200' ? `US.${sku}` : sku;
}

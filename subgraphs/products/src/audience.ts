/** What a supplier portal sees of the master data: what is delivered, and where to, by whatever name. */
const FOR_SUPPLIERS = [
  ...['Query.product', 'Query.location', 'UnitConversion', 'AlternativeId'],
  ...['sku', 'name', 'description', 'baseUnit', 'unitConversions', 'alternativeIds'].map((field) => `Product.${field}`),
  ...['code', 'name', 'description', 'type', 'timeZone'].map((field) => `Location.${field}`),
];

/** Directives by coordinate. */
export const audienceDirectives: Readonly<Record<string, string>> = Object.fromEntries(
  FOR_SUPPLIERS.map((coordinate) => [coordinate, '@tag(name: "suppliers")']),
);

/** Operations on the plant by what they show; each must be answered as one schema over all the data would answer it. */
export const plantOperations: Readonly<Record<string, { query: string; variables?: Record<string, unknown> }>> = {
  'one subgraph': { query: '{ product(sku: "P1") { sku name title } }' },
  'a list from one subgraph': { query: '{ products { sku name kinds grid } }' },
  'a join by a single key': { query: '{ product(sku: "P1") { name onHand } }' },
  'a join by a single key in a list': { query: '{ products(skus: ["P1", "P3", "P4"]) { name onHand supplierCode } }' },
  'the same entity many times': { query: '{ products(skus: ["P1", "P1", "P3", "P1"]) { name onHand } }' },
  'an entity that does not exist': { query: '{ product(sku: "P99") { name onHand supplierCode } }' },
  'an entity behind a null': { query: '{ nothing { name onHand } }' },
  'a join by a compound and nested key': { query: '{ positions { sku quantity forecast planner } }' },
  'a compound key without selecting it': { query: '{ positions { planner } }' },
  'a join back': { query: '{ positions { quantity product { name onHand } } }' },
  'a join back and forth': {
    query: '{ sites { code positions { product { positions { planner site { name } } } } } }',
  },
  'several keys': { query: '{ order(number: "O1") { number product { id sku title onHand supplierCode } } }' },
  'a provided field': { query: '{ orders { number product { name } } }' },
  'a provided field beside others': { query: '{ orders { number product { name title onHand } } }' },
  'an overridden field': { query: '{ sites { code name timeZone } }' },
  'an overridden field elsewhere': { query: '{ orders { site { timeZone name positions { quantity } } } }' },
  'a required field': { query: '{ product(sku: "P1") { shippingCost } }' },
  'a required field with its inputs': {
    query: '{ products(first: 3) { weightKg dimensions { width } shippingCost } }',
  },
  'a required field with an argument': { query: '{ product(sku: "P2") { shippingCost(express: true) } }' },
  'a required field under two aliases': {
    query: '{ products(first: 4) { slow: shippingCost fast: shippingCost(express: true) } }',
  },
  'a required list of objects': { query: '{ product(sku: "P1") { sourcingText } }' },
  'a required list of objects in a list': { query: '{ products(first: 3) { sourcingText name } }' },
  'required inputs that are null': {
    query: '{ product(sku: "P3") { shippingCost } other: product(sku: "P4") { shippingCost } }',
  },
  'shared objects': { query: '{ products { dimensions { length width } } }' },
  'an interface': { query: '{ items { __typename sku name } }' },
  'an interface with fragments': {
    query: '{ items { sku ... on Product { kind weightKg } ... on Kit { contents { sku } } } }',
  },
  'an interface joined by type': {
    query: '{ items { name ... on Product { onHandTotal: supplierCode positions { planner } } } }',
  },
  'interfaces within interfaces': {
    query: '{ items { ... on Kit { contents { name ... on Kit { contents { id } } } } } }',
  },
  'a field of an interface object': { query: '{ nodes { id title notes } }' },
  'a field of an interface object with type names': { query: '{ nodes { __typename notes ... on Kit { name } } }' },
  'an interface object on a concrete type': { query: '{ product(sku: "P1") { notes name } }' },
  'a root field that gives an interface object': { query: '{ firstNode { id notes } }' },
  'a root field that gives an interface object, resolved': {
    query: '{ firstNode { __typename title notes ... on Product { sku } } }',
  },
  'a union': {
    query: '{ search(text: "1") { __typename ... on Product { name } ... on Kit { title } ... on Site { code } } }',
  },
  'a union joined by type': {
    query: '{ search(text: "S") { ... on Product { supplierCode } ... on Site { positions { quantity } timeZone } } }',
  },
  'a union with interface fragments': { query: '{ search(text: "K") { ... on Item { sku } ... on Node { notes } } }' },
  'type names under aliases': { query: '{ items { type: __typename again: __typename sku } root: __typename }' },
  'only a type name': { query: '{ __typename }' },
  enums: { query: '{ products(skus: ["P1", "P2"]) { kind kinds } }' },
  'an enum value that is hidden': { query: '{ products(skus: ["P1", "P7"]) { sku kind } }' },
  'a list with a hidden enum value': { query: '{ products(skus: ["P7", "P1"]) { kinds sku } }' },
  'aliases that swap names': { query: '{ product(sku: "P1") { sku: name name: sku } }' },
  'aliases that take the name of a key': { query: '{ product(sku: "P1") { id: title sku: title onHand } }' },
  'aliases that take the name of a required input': {
    query: '{ product(sku: "P1") { weightKg: name dimensions: title shippingCost } }',
  },
  'two root fields of one name': { query: '{ a: product(sku: "P1") { name } b: product(sku: "P3") { name onHand } }' },
  'the same field merged': {
    query: '{ product(sku: "P1") { positions { quantity } positions { planner } } product(sku: "P1") { name } }',
  },
  'named fragments': {
    query: `{ products { ...Basics ...Stock } } fragment Basics on Product { sku name ...Stock }
      fragment Stock on Product { positions { quantity ...Plan } } fragment Plan on Position { planner }`,
  },
  'inline fragments without a type': {
    query: '{ product(sku: "P1") { ... { name ... @include(if: true) { supplierCode } } } }',
  },
  'conflicting types under one name by type condition': {
    query: '{ items { ... on Product { value: weightKg } ... on Kit { value: name } } }',
  },
  'include and skip': {
    query: `query ($yes: Boolean!, $no: Boolean!) { product(sku: "P1") {
      name @include(if: $no) title @skip(if: $no) onHand @include(if: $yes) supplierCode @skip(if: $yes) } }`,
    variables: { yes: true, no: false },
  },
  'include by default': {
    query: 'query ($show: Boolean = true) { product(sku: "P1") { onHand @include(if: $show) name } }',
  },
  'include of a whole join': {
    query:
      'query ($show: Boolean!) { products(first: 2) { sku ... @include(if: $show) { positions { planner } supplierCode } } }',
    variables: { show: false },
  },
  'include on one of two selections': {
    query: `query ($show: Boolean!) { product(sku: "P1") { positions @include(if: $show) { quantity } positions { planner } } }`,
    variables: { show: false },
  },
  'include on a spread': {
    query:
      'query ($show: Boolean!) { product(sku: "P1") { sku ...Stock @include(if: $show) } } fragment Stock on Product { onHand }',
    variables: { show: true },
  },
  'nothing left': {
    query: 'query ($show: Boolean!) { product(sku: "P1") @include(if: $show) { name } }',
    variables: { show: false },
  },
  'skip and include at once': {
    query: 'query ($it: Boolean!) { product(sku: "P1") { sku name @skip(if: $it) @include(if: $it) } }',
    variables: { it: true },
  },
  variables: {
    query: 'query ($sku: ID!, $express: Boolean!) { product(sku: $sku) { name shippingCost(express: $express) } }',
    variables: { sku: 'P2', express: true },
  },
  'a variable named as the planner names its own': {
    query:
      'query ($representations: ID!, $express: Boolean!) { product(sku: $representations) { shippingCost(express: $express) } }',
    variables: { representations: 'P1', express: false },
  },
  'variable defaults': {
    query:
      'query ($skus: [ID!] = ["P2", "P3"], $first: Int) { products(skus: $skus) { name } all: products(first: $first) { sku } }',
  },
  'input objects': {
    query:
      'query ($input: EchoInput!, $kind: Kind!) { echo(input: $input) other: echo(input: { kinds: [RAW, $kind], nested: { text: "x" } }) }',
    variables: { input: { text: 'a', nested: { kinds: ['FINISHED'] } }, kind: 'FINISHED' },
  },
  'custom scalars': { query: '{ products(first: 2) { createdAt attributes } }' },
  'lists of lists of scalars': { query: '{ products { grid } }' },
  'lists of lists of entities': { query: '{ products { parts { sku supplierCode } } }' },
  'lists of lists, deeper': { query: '{ product(sku: "P1") { parts { parts { name positions { planner } } } } }' },
  'a chain of joins': {
    query: '{ product(sku: "P1") { replaces { replaces { supplierCode replaces { positions { planner } } } } } }',
  },
  'an error at a root field': { query: '{ broken product(sku: "P1") { name } }' },
  'an error in an entity': { query: '{ product(sku: "P2") { name onHand } }' },
  'an error in one of several entities': {
    query: '{ order(number: "O2") { number product { name onHand } } orders { product { onHand } } }',
  },
  'an error that nulls a list item': { query: '{ search(text: "Product") { ... on Product { name onHand } } }' },
  'an error that nulls a list': { query: '{ products { name onHand } }' },
  'an error in a nested list': { query: '{ positions { sku forecast } }' },
  'an error deep in joins': { query: '{ sites { code positions { product { replaces { label } } } } }' },
  'a null where none may be': {
    query: '{ product(sku: "P6") { name mustHave } other: product(sku: "P1") { mustHave } }',
  },
  'a null where none may be, in a list': { query: '{ products { mustHave } }' },
  'a null where none may be, in lists of lists': { query: '{ product(sku: "P4") { parts { mustHave } } }' },
  'an error next to what works': { query: '{ product(sku: "P5") { replaces { name onHand } } sites { name } broken }' },
  'introspection of a type': {
    query: '{ __type(name: "Kind") { name enumValues { name } } product(sku: "P1") { name } }',
  },
  'introspection with variables': {
    query:
      'query ($name: String!, $old: Boolean) { __type(name: $name) { fields(includeDeprecated: $old) { name type { ...Ref } } } } fragment Ref on __Type { name ofType { name } }',
    variables: { name: 'Product', old: true },
  },
  'introspection of the schema': {
    query: '{ schema: __schema { queryType { name } types { name kind } directives { name } } }',
  },
  'names of the prototype': {
    query: '{ __proto__: product(sku: "P1") { constructor: name toString: onHand hasOwnProperty: supplierCode } }',
  },
  'mutations in sequence': {
    query: `mutation { a: receive(sku: "P1", quantity: 5) { quantity } b: issue(sku: "P1", quantity: 3) { quantity planner }
      c: receive(sku: "P1", quantity: 10) { quantity product { name } } }`,
  },
  'mutations over two subgraphs in sequence': {
    query: `mutation { first: receive(sku: "P3", quantity: 1) { quantity } release(number: "O2") { state product { onHand name } }
      last: issue(sku: "P3", quantity: 7) { quantity forecast } }`,
  },
  'a mutation that fails between others': {
    query:
      'mutation { a: receive(sku: "P1", quantity: 1) { quantity } release(number: "O1") { state } b: issue(sku: "P1", quantity: 1) { quantity } }',
  },
};

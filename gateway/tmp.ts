import { federatedPlant } from '/work/wt/http/gateway/test-subgraphs/plant/federated-plant.ts';
import { createPlant } from '/work/wt/http/gateway/test-subgraphs/plant/data.ts';
const f = await federatedPlant('in-process', () => createPlant());
for (const [q,v] of [['{ ... { __type(name:"Kind"){name} } }'],['query($x:Boolean!){ ... @include(if: $x) { __type(name:"Kind"){name} } }',{x:true}],['{...F} fragment F on Query { __type(name:"Kind"){name} }']] as any) console.log(JSON.stringify(await f.gateway.execute({query:q, variables:v})));
async function parts(q: string) { const b = await f.gateway.prepare({query:q}); console.dir(b.planned.plan, {depth:20}); for await (const t of f.gateway.runIncrementally(b,{signal:new AbortController().signal})) console.log(t); }

await parts(`{ products(skus:["P1"]) { ... @defer(label:"a") { positions { quantity ... @defer(label:"b") { ... @defer(label:"c") { planner } } } } } }`);
await parts(`{ items { ... on Kit { ... @defer(label:"a") { contents { ... @defer(label:"b") { name } ... @defer(label:"c") { ... on Kit { ... @defer(label:"d") { contents { ... @defer(label:"e") { id } } } } } } } } } }`);

import { writeSync } from 'node:fs';
import { pause } from '@takt/resilience';
import { documentOfCursor, selectionCursor } from '@takt/subgraph-server';
import { openExtracts } from './extract-service.ts';
import { graphOfOrders } from './orders-graph.fixture.ts';
import { AFTER } from './pageable-query.ts';

/** As many rows take more pages, with a rest behind each, than there are in the second after which some is kept. */
const REST_MS = 50;
const MOST_READ = 'MO-015000';

/**
 * Makes extracts in a folder, and writes a line for each page that it asks for. Starts those that are named; then it reads
 * so much of each, and comes to no end.
 */
const [folder = '', orders = '', ...jobs] = process.argv.slice(2);
const graph = graphOfOrders(Number(orders));
const service = await openExtracts({
  folder,
  graph: {
    ...graph,
    run(request, signal) {
      const { job, [AFTER]: after } = request.variables as { job: string; [AFTER]?: string | null };
      if (after === undefined || after === selectionCursor([])) return graph.run(request, signal);
      writeSync(1, `${JSON.stringify({ job, after })}\n`);
      const isEnough = jobs.length > 0 && (documentOfCursor(after ?? '') ?? '') > MOST_READ;
      return isEnough ? new Promise(() => undefined) : graph.run(request, signal);
    },
  },
  limits: { running: 3 },
  pace: { rest: (_workedMs, signal) => pause(REST_MS, signal) },
});
for (const job of jobs) {
  const asked = { query: '{ orders { nodes { id } } }', variables: { job }, formats: ['JSON_LINES' as const] };
  await service.start({ scopes: [], sharingKey: '' }, asked);
}
writeSync(1, '"ready"\n');

import { randomBytes } from 'node:crypto';
import { createServer, type AddressInfo } from 'node:net';
import type { ForecastReport } from '../contracts.ts';
import { startPlanningPeer, type PlanningSeries } from '../peers/planning.ts';
import type { PlantSystem } from './plant-system.ts';

/** The planning platform: the cycle of today, and revisions of critical items by its webhook. */
export async function startPlanning(series: readonly ForecastReport[], clock: () => Date): Promise<PlantSystem> {
  const token = randomBytes(18).toString('base64url');
  const secret = `whsec_${randomBytes(24).toString('base64')}`;
  const port = await freePort();
  const peer = await startPlanningPeer({
    system: 'planning/demo',
    token,
    gzip: true,
    webhook: { url: `http://127.0.0.1:${port}/planning`, secret },
    clock,
  });
  const cycle = clock().toISOString().slice(0, 10);
  peer.publishCycle(cycle, { STABLE: series.map(seriesOf) });
  return {
    peers: [peer],
    instances: new Map([
      [
        'planning.yml',
        [
          'type: planning-rest',
          'instance: planning/demo',
          `endpoint: ${peer.url}`,
          'credentials: { bearer: DEMO_PLANNING_TOKEN }',
          'mapping: planning-cycle',
          'refresh:',
          '  critical: { schedule: { every: 1h } }',
          "  stable: { schedule: { cron: '0 5 * * *', timeZone: Europe/Berlin } }",
          `webhook: { port: ${port}, path: /planning, secret: DEMO_PLANNING_SECRET }`,
          '',
        ].join('\n'),
      ],
    ]),
    env: { DEMO_PLANNING_TOKEN: token, DEMO_PLANNING_SECRET: secret },
    handlers: { ForecastReported: ({ data }) => peer.reviseItem(seriesOf(data as ForecastReport)) },
    close: () => peer.close(),
  };
}

function seriesOf(report: ForecastReport): PlanningSeries {
  const { sku, location, customer, granularity, unit, method, mape, bias, buckets } = report;
  return {
    sku,
    location,
    ...(customer !== undefined && { segment: customer }),
    granularity: granularity,
    unit,
    ...(method !== undefined && { method }),
    ...(mape !== undefined && { mape }),
    ...(bias !== undefined && { bias }),
    buckets: buckets.map(({ start, baseline }) => ({ start, quantity: baseline })),
  };
}

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  return port;
}

import { schemaArguments } from './schema-arguments.ts';
import { askEveryGateway, LOCAL_GATEWAY } from './admin-gateway.ts';
import { UsageError } from './usage-error.ts';

/** Has a gateway serve the supergraph that it served before, and says what serves now. Nobody is disconnected by it. */
export async function rollbackCommand(args: readonly string[]): Promise<number> {
  const { values } = schemaArguments(args, { takes: ['gateway'] });
  const url = values.gateway ?? LOCAL_GATEWAY;
  const { status, text } = await askEveryGateway(url, '/supergraph/rollback', 'POST');
  if (status === 409)
    throw new UsageError(`${url} has served no other supergraph before: there is nothing to go back to.`);
  if (status !== 200) throw new Error(`${url} did not go back (${status}): ${text.slice(0, 1_000)}`);
  const { version, since, rolledBackFrom, contracts } = JSON.parse(text) as Served;
  process.stdout.write(`${url} serves ${version} again since ${since}, in the place of ${rolledBackFrom}.\n`);
  if (contracts) process.stdout.write(`Its contracts: ${contracts.stable} is stable, ${contracts.next} is coming.\n`);
  return 0;
}

/** What `GET /health/supergraph` tells, too. */
interface Served {
  readonly version: string;
  readonly since: string;
  readonly rolledBackFrom: string;
  readonly contracts?: { readonly stable: string; readonly next: string };
}

import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BackingSystem } from '@takt/backing-system';
import type { DocumentStore } from '@takt/document-store';
import {
  createAuthentication,
  hostExtracts,
  inProcessTransport,
  startGateway,
  type AuthenticationOptions,
  type Gateway,
  type GatewayServer,
  type GatewayServerOptions,
  type HostExtractsOptions,
  type Planning,
} from '@takt/gateway';
import { systemClock, type Clock, type Intake } from '@takt/intake';
import {
  neighboursHere,
  openDomain,
  openIntakeDoor,
  releaseAll,
  type Domain,
  type DomainOptions,
  type RefreshCadence,
} from '@takt/subgraph-server';
import { claimDataDirectory } from './data-directory.ts';
import { readContracts } from './contracts.ts';
import { SCHEMA_FOLDER } from './schema-arguments.ts';
import { DOMAINS } from './domains.ts';

export interface SystemOptions {
  readonly dataDir: string;
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  readonly mongodbUri?: string | undefined;
  /** Those that commands may be sent to; none unless given. */
  readonly backingSystems?: readonly BackingSystem[];
  readonly natsUrl?: string | undefined;
  readonly inboxDays?: number | undefined;
  /** How soon synchronization judges changes. */
  readonly refresh?: RefreshCadence | undefined;
  /** Starts the names of databases and streams; `takt` unless given. */
  readonly namespace?: string | undefined;
  /** Where other processes that have the same domains open reach this one. */
  readonly door?: DomainOptions['door'];
  /** How callers show who they are; all are anonymous unless given. */
  readonly authentication?: AuthenticationOptions | undefined;
  /** Opens what only the administrator may do to who has this bearer token; closed unless given. */
  readonly adminToken?: string | undefined;
  /** Other origins whose pages may use the graph, e.g. `https://plan.example`; none unless given. */
  readonly cors?: readonly string[] | undefined;
  /** Where documents of clients are registered, and whether others run as well; none are unless given. */
  readonly trustedDocuments?: GatewayServerOptions['trustedDocuments'];
  /** Counts what consumers run; nothing is counted unless given. */
  readonly usage?: GatewayServerOptions['usage'];
  /** How extracts are made; those of the data directory are kept there in any case. */
  readonly extracts?: Partial<Omit<HostExtractsOptions, 'folder' | 'gateway' | 'cors'>> | undefined;
  /** Where operations are validated and planned; in threads of their own unless given. */
  readonly planning?: Planning | undefined;
  readonly clock?: Clock;
  /** Wraps each domain's store, e.g. to count its reads. */
  readonly decorateStore?: (store: DocumentStore, domain: string) => DocumentStore;
  /** What else must be true for the system to be ready; answers the reason why it is not. */
  readonly notReady?: () => string | undefined;
}

/** All domains and the gateway in this process. */
export interface System {
  readonly url: string;
  readonly gateway: Gateway;
  readonly domains: ReadonlyMap<string, Domain>;
  intake(domain: string): Intake;
  close(): Promise<void>;
}

export async function startSystem(options: SystemOptions): Promise<System> {
  const { clock = systemClock } = options;
  const opened: (() => Promise<void>)[] = [];
  const close = async () => {
    await releaseAll(opened.reverse().splice(0));
  };
  try {
    await claimDataDirectory(options.dataDir);
    const domains: Domain[] = [];
    const neighbours = neighboursHere((name) => domains.find((domain) => domain.name === name));
    for (const definition of DOMAINS) {
      const domain = await openDomain(definition, {
        directory: join(options.dataDir, definition.name),
        mongodbUri: options.mongodbUri,
        natsUrl: options.natsUrl,
        inboxDays: options.inboxDays,
        refresh: options.refresh,
        namespace: options.namespace,
        ...(options.door && { door: options.door }),
        clock,
        backingSystems: options.backingSystems,
        neighbours,
        decorateStore: (store) => options.decorateStore?.(store, definition.name) ?? store,
      });
      opened.push(() => domain.close());
      domains.push(domain);
    }
    const byName = new Map(domains.map((domain) => [domain.name, domain]));
    const door = openIntakeDoor(
      domains
        .filter(({ isShared }) => !isShared)
        .map((domain) => ({ ...domain, directory: join(options.dataDir, domain.name) })),
    );
    const authenticate = options.authentication && (await createAuthentication(options.authentication));
    const running: { server?: GatewayServer } = {};
    const extracts = await hostExtracts({
      ...options.extracts,
      folder: join(options.dataDir, 'extracts'),
      gateway: (contract) => running.server?.gatewayOf(contract),
      isBusy: () => running.server?.isBusy() ?? false,
      mayExtract: (query) => running.server?.mayExtract(query) ?? false,
      cors: options.cors,
      authenticate,
    });
    opened.push(() => extracts.close());
    const subgraphs = [
      ...domains.map((domain) => ({ name: domain.name, transport: inProcessTransport(domain) })),
      extracts,
    ];
    const serving = await startGateway({
      supergraph: { kind: 'subgraphs', subgraphs, contracts: await readContracts(), keepIn: COMPOSED },
      docsFolder: SCHEMA_FOLDER,
      now: () => clock().getTime(),
      cors: options.cors,
      trustedDocuments: options.trustedDocuments,
      usage: options.usage,
      ...(options.adminToken !== undefined && { adminToken: options.adminToken }),
      ...(options.planning && { planning: options.planning }),
      host: options.host,
      port: options.port,
      ...(authenticate && { authenticate }),
      extraRoutes: (request, response) => extracts.handle(request, response) || door.handle(request, response),
      ideQuery: FIRST_QUERY,
      ...(options.notReady && { notReady: options.notReady }),
    });
    running.server = serving;
    opened.push(
      () => serving.close(),
      // Works through the gateway until then.
      () => extracts.close(),
    );
    await door.announce(serving.url);
    opened.push(() => door.close());
    return {
      url: serving.url,
      get gateway() {
        return serving.gateway;
      },
      domains: byName,
      intake(name) {
        const domain = byName.get(name);
        if (!domain) throw new Error(`There is no domain ${name}.`);
        return domain.intake;
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Beside the composer: whoever may write there could change that as well. */
const COMPOSED = fileURLToPath(new URL('../../node_modules/.cache/takt/composed', import.meta.url));

const FIRST_QUERY = `# Supply and demand of the items of a plant, from six domains in one request.
{
  location(code: "P100") {
    name
    items(first: 5, filter: { type: [FINISHED, SEMI_FINISHED] }) {
      totalCount
      nodes {
        product { sku name }
        inventory { onHand { value unit } available { value } freshness }
        productionOrders(first: 3, filter: { state: [FIRMED, RELEASED, IN_PROGRESS] }) {
          totalCount
          nodes { id state scheduledEnd quantity { value } }
        }
      }
    }
  }
}

# Live changes: put this into a tab of its own.
# subscription { inventoryChanged(plant: "P100") { cursor cause inventoryPosition { product { name } onHand { value unit } } } }
`;

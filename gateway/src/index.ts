export { createGateway } from './gateway.ts';
export type { Gateway, GatewayOptions, GatewayRequest } from './gateway.ts';
export { gatewayErrorCodes, OperationRefused, SubgraphFault } from './errors.ts';
export type { GatewayErrorCode } from './errors.ts';
export { defaultPlanningLimits } from './plan/operation-planner.ts';
export type { PlanningLimits } from './plan/operation-planner.ts';
export { defaultPlanningPoolLimits } from './plan/planning-pool.ts';
export type { PlanningPoolLimits } from './plan/planning-pool.ts';
export type { SupergraphStatus, SwapListener } from './serve/gateway-versions.ts';
export type { Planning } from './serve/served-graph.ts';
export { composeSupergraph } from './supergraph/compose.ts';
export type { SubgraphSource } from './supergraph/compose.ts';
export { loadSupergraph, SupergraphRefused } from './supergraph/supergraph.ts';
export type { Supergraph } from './supergraph/supergraph.ts';
export { inProcessTransport } from './transports/in-process.ts';
export type { InProcessSubgraph } from './transports/in-process.ts';
export type {
  Asker,
  BreakerState,
  SubgraphOperation,
  SubgraphRequest,
  SubgraphResult,
  SubgraphTextRequest,
  SubgraphTransport,
} from './transports/transport.ts';
export { hostExtracts, type HostedExtracts, type HostExtractsOptions } from './hosted/host-extracts.ts';
export { defaultSubscriptionLimits } from './subscribe/hub.ts';
export type { SubscriptionLimits, SubscriptionOptions } from './subscribe/hub.ts';
export type { Subscriber } from './subscribe/subscriber.ts';
export { closeCodes } from './serve/close-codes.ts';
export { corsOf } from './serve/cors-setting.ts';
export { startGateway } from './serve/server.ts';
export type { GatewayServer } from './serve/server.ts';
export type { GatewayServerOptions, ServerLimits } from './serve/server-options.ts';
export type { SupergraphSource } from './supergraph/source.ts';
export { httpTransport } from './transports/http.ts';
export type { HttpTransportOptions } from './transports/http.ts';
export { parseUsageReport } from './usage/usage-report.ts';
export type { UsageEntry, UsageReport } from './usage/usage-report.ts';
export { trustedDocumentsOf } from './trusted/trusted-settings.ts';
export { defaultTransportOptions } from './transports/transport-options.ts';
export type { GivenTransportOptions, TransportOptions, TransportsOptions } from './transports/transport-options.ts';
export { createAuthentication, AuthenticationFailed } from './guard/authentication.ts';
export type { Authenticate, AuthenticationOptions } from './guard/authentication.ts';
export { adminTokenOf, readCommandLine } from './command-line.ts';
export { authenticationFromEnvironment, authenticationSettings } from './guard/authentication-settings.ts';
export type { AuthorizationOptions } from './guard/authorization.ts';
export type { Caller } from './guard/caller.ts';
export type { LimitGuardOptions } from './guard/limit-guard.ts';
export { defaultOperationLimits } from './guard/operation-limits.ts';
export type { Exceeded, GuardMode, OperationLimits } from './guard/operation-limits.ts';
export type { CostOptions, OperationCost } from './guard/cost-guard.ts';
export type { Audience, ContractList, Release } from './contracts/contract-list.ts';
export type { Contract, ContractName } from './contracts/contract.ts';
export { contractLabel } from './contracts/contracts.ts';
export type { Contracts } from './contracts/contracts.ts';
export { contractSdl } from './contracts/derive-contract.ts';
export { elementsOf } from './contracts/graph-elements.ts';
export type { Lifecycle } from './contracts/lifecycle.ts';
export { parseContractList } from './contracts/parse-contract-list.ts';
export { stampContracts } from './contracts/stamp.ts';

export { createGateway } from './gateway.ts';
export type { Gateway, GatewayOptions, GatewayRequest } from './gateway.ts';
export { gatewayErrorCodes, OperationRefused, SubgraphFault } from './errors.ts';
export type { GatewayErrorCode } from './errors.ts';
export { defaultPlanningLimits } from './plan/operation-planner.ts';
export type { PlanningLimits } from './plan/operation-planner.ts';
export type { PlanningPoolLimits } from './plan/planning-pool.ts';
export type { Planning, SupergraphStatus, SwapListener } from './serve/gateway-versions.ts';
export { composeSupergraph } from './supergraph/compose.ts';
export type { SubgraphSource } from './supergraph/compose.ts';
export { loadSupergraph, SupergraphRefused } from './supergraph/supergraph.ts';
export type { Supergraph } from './supergraph/supergraph.ts';
export { inProcessTransport } from './transports/in-process.ts';
export type { InProcessSubgraph } from './transports/in-process.ts';
export type {
  SubgraphOperation,
  SubgraphRequest,
  SubgraphResult,
  SubgraphTextRequest,
  SubgraphTransport,
} from './transports/transport.ts';
export { startGateway } from './serve/server.ts';
export type { GatewayServer, GatewayServerOptions, ServerLimits } from './serve/server.ts';
export type { SupergraphSource } from './supergraph/source.ts';
export { httpTransport } from './transports/http.ts';
export type { HttpTransportOptions } from './transports/http.ts';

export { integration } from './domain.ts';
export { CONNECTORS, connectorsOf, type ConnectorStatus } from './exchange.ts';

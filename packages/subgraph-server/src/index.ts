import 'reflect-metadata';

export { COMMAND, CommandArgs, runCommand } from './commands.ts';
export { ConfigError, readConfig, type Config, type RefreshCadence } from './config.ts';
export {
  connectionOf,
  connectionPage,
  filterConditions,
  MAX_PAGE_SIZE,
  OrderDirection,
  PageArgs,
  type Connection,
} from './connection.ts';
export {
  openDomain,
  openDomainOn,
  openRuntime,
  schemaOf,
  type AnyDomainDefinition,
  type Domain,
  type DomainDefinition,
  type DomainOptions,
  type DomainRuntime,
} from './domain.ts';
export { openEngines, type Engines } from './engines.ts';
export { fault } from './errors.ts';
export type { SnapshotDocument, SnapshotPage, SnapshotQuery } from './feed.ts';
export type { NeighbourLog } from './neighbour-log.ts';
export { knockForOperations, OperationError } from './operations-client.ts';
export type { Operations } from './operations.ts';
export { ReplayRefusedError, type ReplayReport, type ReplayRequest } from './replay.ts';
export { knock, openIntakeDoor, type DoorAddress, type IntakeDoor } from './intake-door.ts';
export { LiveChange, liveChanges } from './live.ts';
export {
  batchLoader,
  documentLoader,
  pageLoader,
  type BatchLoader,
  type DocumentLoader,
  type PageLoader,
} from './loaders.ts';
export { releaseAll } from './release-all.ts';
export { DateScalar, DateTimeScalar, DecimalScalar } from './scalars.ts';
export { runDomain, startProblem } from './serve.ts';
export { serveDomain } from './serve-domain.ts';
export {
  Cause,
  CommandRefused,
  enumOf,
  Freshness,
  Provenance,
  provenanceOf,
  Quantity,
  PageInfo,
  QuantityInput,
  RevisionConflict,
} from './values.ts';
export { steadyTime, type Time } from './time.ts';
export { ALL_UP, sourceState, type Sources, type SourceStateReport } from './source-state.ts';
export {
  COMMAND_SETTLED,
  CROSS_REFERENCES,
  neighboursBehindDoors,
  neighboursHere,
  NO_NEIGHBOURS,
  type CrossReferenceQuestion,
  type Neighbour,
  type Neighbours,
} from './neighbours.ts';
export { reachNeighbours } from './reach-neighbours.ts';
export type { DomainExchange, Questions } from './domain-exchange.ts';
export {
  AFTER_CURSOR,
  COMMAND_INPUT,
  FILTER,
  LOCATION_CODE,
  ORDER_BY,
  PLANT,
  PROVENANCE,
  REVISION,
  SKU,
} from './descriptions.ts';
export { BackingSystemState, backingSystemState, backingSystemStateDirectives } from './backing-system-state.ts';

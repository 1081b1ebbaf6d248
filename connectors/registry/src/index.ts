export { CANONICAL_TYPES } from './canonical-types.ts';
export { CONNECTOR_TYPES } from './connector-types.ts';
export { loadMappingFor, readBackingSystems } from './read-backing-systems.ts';

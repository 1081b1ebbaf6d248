export type { SourceRecord, SourceFault } from './source-record.ts';
export type {
  CanonicalMessage,
  CanonicalTypes,
  CrossReferences,
  Mapped,
  MapContext,
  Mapping,
  MappingFault,
  ReferenceKind,
} from './mapping.ts';
export { NO_CROSS_REFERENCES, REFERENCE_KINDS } from './mapping.ts';
export { canonicalTypes, type MessagesOfDomain } from './canonical-types.ts';
export { ReferencesUnavailableError } from './faults.ts';
export { loadMapping, type LoadMappingOptions } from './load-mapping.ts';
export { MappingFileError } from './mapping-file.ts';
export { MappingError } from './rule-mapping.ts';
export { testMapping, type MappingReport } from './test-mapping.ts';

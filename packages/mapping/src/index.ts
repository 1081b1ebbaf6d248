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

export { CAUSES } from './event.ts';
export type { Cause, CloudEvent } from './event.ts';
export { PositionExpiredError } from './port.ts';
export type { EventLog, LoggedEvent } from './port.ts';
export { openEmbeddedLog } from './embedded.ts';
export type { EmbeddedLogOptions } from './embedded.ts';
export { CursorError, decodeCursor, encodeCursor } from './cursor.ts';
export { EventSchemas, eventJsonSchema } from './event-schemas.ts';
export type { EventSchema, SchemaFault } from './event-schemas.ts';

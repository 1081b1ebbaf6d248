import type { ConnectorType } from '@takt/backing-system';
import { cloudEventsHttp } from '@takt/connector-cloudevents-http';

/** Every kind of backing system that can be declared. */
export const CONNECTOR_TYPES: readonly ConnectorType[] = [cloudEventsHttp];

import type { ConnectorType } from '@takt/backing-system';
import { cloudEventsHttp } from '@takt/connector-cloudevents-http';
import { edi } from '@takt/connector-edi';
import { erpOData } from '@takt/connector-erp-odata';
import { files } from '@takt/connector-files';
import { frepple } from '@takt/connector-frepple';
import { mesMqtt } from '@takt/connector-mes-mqtt';
import { planningRest } from '@takt/connector-planning-rest';

/** Every kind of backing system that can be declared. */
export const CONNECTOR_TYPES: readonly ConnectorType[] = [
  cloudEventsHttp,
  edi,
  erpOData,
  files,
  frepple,
  mesMqtt,
  planningRest,
];

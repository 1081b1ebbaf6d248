import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { startMqttBroker } from '@takt/demo/peers/mqtt-broker';
import { connectAsync, type MqttClient } from 'mqtt';
import { temporaryFolder } from '../plant.ts';
import { folderOf } from './connected-takt.ts';

const POSITIONS = 200;

const MAPPING = `name: movements
version: 1
connector: mes-mqtt
rules:
  - name: movement
    record: json
    forEach: movements
    emit: StockMoved
    id: '"movement/" & $record.document & "/" & $string(line)'
    data:
      document: '$record.document'
      line: line
      type: '"RECEIPT"'
      sku: '$canonical("PRODUCT", sku)'
      location: '$canonical("LOCATION", "P100")'
      status: '"UNRESTRICTED"'
      quantity: '$quantity("1", "PC")'
`;

/** A broker, and how a plant's terminals publish goods movements over it: each puts one piece into stock. */
export interface MovementFeed {
  readonly broker: string;
  /** Folder that declares the system. */
  readonly connectors: string;
  /** Publishes the next document, of so many movements; resolves when the broker has it. */
  publish(movements: number): Promise<void>;
  close(): Promise<void>;
}

export interface Broker {
  readonly name: string;
  readonly url: string;
  readonly protocolVersion: 4 | 5;
  close(): Promise<void>;
}

/** That of `MQTT_URL`, which must speak MQTT 5; without it one of its own. */
export async function benchBroker(): Promise<Broker> {
  const { MQTT_URL: url } = process.env;
  if (url) return { name: url, url, protocolVersion: 5, close: () => Promise.resolve() };
  const { kind, ...broker } = await startMqttBroker({ folder: join(temporaryFolder(), 'mqtt') });
  return { name: kind, protocolVersion: kind === 'aedes' ? 4 : 5, url: broker.url, close: () => broker.close() };
}

export async function startMovementFeed(): Promise<MovementFeed> {
  const broker = await benchBroker();
  const name = `bench-${randomBytes(4).toString('hex')}`;
  const instance = `type: mes-mqtt
instance: mes/bench
endpoint: ${broker.url}
clientId: ${name}
protocolVersion: ${broker.protocolVersion}
${broker.protocolVersion === 5 ? 'sessionExpirySeconds: 300' : ''}
mapping: ./mappings/movements.yml
subscriptions:
  - { topic: ${name}/movements, format: json, qos: 1, key: [/document] }
`;
  const connectors = await folderOf({ 'mes.yml': instance, 'mappings/movements.yml': MAPPING });
  const client: MqttClient = await connectAsync(broker.url, { protocolVersion: broker.protocolVersion });
  let documents = 0;
  let moved = 0;
  return {
    broker: broker.name,
    connectors,
    async publish(count) {
      const movements = Array.from({ length: count }, (_, line) => ({ line, sku: `SKU-${moved++ % POSITIONS}` }));
      const document = JSON.stringify({ document: `D-${documents++}`, movements });
      await client.publishAsync(`${name}/movements`, document, { qos: 1 });
    },
    async close() {
      await client.endAsync();
      await broker.close();
    },
  };
}

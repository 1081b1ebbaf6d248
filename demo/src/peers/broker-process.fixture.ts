import { startMqttBroker } from './mqtt-broker.ts';

/** Starts mosquitto over the folder of the first argument, tells its port to the parent, and lives until it is killed. */
const broker = await startMqttBroker({ folder: process.argv[2] ?? '', kind: 'mosquitto' });
process.send?.(broker.port);

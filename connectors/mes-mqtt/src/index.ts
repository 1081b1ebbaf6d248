export { mesMqtt } from './mes-mqtt.ts';

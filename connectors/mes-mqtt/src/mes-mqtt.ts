import type { ConnectorType } from '@takt/backing-system';
import { receiver } from './receiver.ts';
import { readSettings, Settings } from './settings.ts';

/**
 * Hears what a plant's MES and its machines publish at an MQTT broker: Sparkplug B, B2MML and plain JSON. A message is
 * confirmed once it is on stable storage; until then the broker keeps it, and sends it again after a crash of either side.
 *
 * Sparkplug nodes publish with QoS 0, as their specification demands, and a broker keeps such messages for an absent client
 * only if told to (mosquitto: `queue_qos0_messages`, `upgrade_outgoing_qos`). What is missed all the same shows in the
 * sequence numbers: the node is asked to tell everything again.
 */
export const mesMqtt: ConnectorType = {
  name: 'mes-mqtt',
  settings: Settings,
  mappings: new URL('../mappings/', import.meta.url),
  configure(settings: Settings, setup) {
    return { receiver: receiver(readSettings(settings, setup)) };
  },
};

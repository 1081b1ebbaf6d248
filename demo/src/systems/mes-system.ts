import { join } from 'node:path';
import type { CommandData, WorkCenterStateReport } from '../contracts.ts';
import { startMes, type Mes } from '../peers/mes.ts';
import { startMqttBroker } from '../peers/mqtt-broker.ts';
import { numberOf, plantOf } from './erp-systems.ts';
import { Refused, type PlantSystem } from './plant-system.ts';

/** The MES of each plant, behind one MQTT broker. `machines`: codes of work centers by plant. */
export async function startMesSystems(
  folder: string,
  machines: ReadonlyMap<string, readonly string[]>,
  clock: () => Date,
): Promise<PlantSystem> {
  const broker = await startMqttBroker({ folder: join(folder, 'mqtt') });
  const systems = new Map<string, Mes>();
  for (const [plant, codes] of machines) {
    systems.set(plant, startMes({ system: `mes/${plant}`, url: broker.url, machines: codes, clock, isDown: true }));
  }
  const plantOfMachine = new Map(
    [...machines].flatMap(([plant, codes]) => codes.map((code) => [code, plant] as const)),
  );
  const mesOf = (plant: string | undefined): Mes => {
    const mes = plant === undefined ? undefined : systems.get(plant);
    if (!mes) throw new Refused('No MES has that.');
    return mes;
  };
  return {
    peers: [...systems.values()],
    instances: new Map(
      [...systems.keys()].map((plant) => [
        `mes-${plant.toLowerCase()}.yml`,
        [
          'type: mes-mqtt',
          `instance: mes/${plant}`,
          `endpoint: ${broker.url}`,
          `clientId: takt-${plant}`,
          `protocolVersion: ${broker.kind === 'mosquitto' ? 5 : 4}`,
          'mapping: mes-plant',
          'subscriptions:',
          `  - { topic: 'spBv1.0/${plant}/#', format: sparkplug-b }`,
          `  - { topic: 'b2mml/${plant}/#', format: b2mml-json, qos: 1 }`,
          '',
        ].join('\n'),
      ]),
    ),
    env: {},
    handlers: {
      WorkCenterStateReported: ({ data }) => {
        const { code, state, reason, expectedEnd } = data as WorkCenterStateReport;
        mesOf(plantOfMachine.get(code)).machine(code, state, reason, expectedEnd);
      },
      ConfirmCompletion: ({ data }) => {
        const confirmation = data as CommandData<'ConfirmCompletion'>;
        const { id, operation, scrap, reason, shift, endedAt, final } = confirmation;
        mesOf(plantOf(id)).confirm({
          id: confirmation.confirmation,
          order: numberOf(id),
          operation,
          unit: confirmation.yield.unit,
          yield: confirmation.yield.value,
          ...(scrap && { scrap: scrap.value }),
          ...(reason !== undefined && { reason }),
          ...(shift !== undefined && { shift }),
          ...(endedAt !== undefined && { endedAt }),
          final,
        });
      },
    },
    // Who does not hear a birth must ask for another.
    live: () => systems.forEach((mes) => mes.faults.set('down', false)),
    async close() {
      await Promise.all([...systems.values()].map((mes) => mes.close()));
      await broker.close();
    },
  };
}

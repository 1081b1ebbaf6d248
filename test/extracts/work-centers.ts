import type { System } from '@takt/cli';
import { inboundMessage } from '@takt/intake';

const STATES = ['RUNNING', 'IDLE', 'SETUP', 'MAINTENANCE', 'DOWN'] as const;
let told = 0;

/** Has a system know work centers `WC-0`, `WC-1`, …, in states in turn. */
export async function tellWorkCenters(system: System, count: number): Promise<void> {
  for (let from = 0; from < count; from += 500) {
    const codes = Array.from({ length: Math.min(500, count - from) }, (_, index) => `WC-${from + index}`);
    await tell(
      system,
      codes.map((code) => ({
        type: 'WorkCenterReported',
        data: {
          code,
          name: `Center "${code}", at the hall`,
          type: 'MACHINE',
          level: 'WORK_CENTER',
          location: 'P1',
          capacity: '1.5',
          capacityUnit: 'H',
          timeZone: 'Europe/Berlin',
        },
      })),
    );
  }
}

/** Says what work centers do now; one of which nothing was known comes to be. */
export async function tellStates(system: System, states: Readonly<Record<number, number>>): Promise<void> {
  await tell(
    system,
    Object.entries(states).map(([number, state]) => ({
      type: 'WorkCenterStateReported',
      data: { code: `WC-${number}`, state: STATES[state % STATES.length]!, reason: `reason ${++told}` },
    })),
  );
}

async function tell(system: System, messages: readonly { type: string; data: object }[]): Promise<void> {
  const outcomes = await system.intake('work-centers').receive(
    messages.map((message) => {
      const now = new Date();
      return inboundMessage({ ...message, source: 'mes/p1', id: `wc-${++told}`, time: now.toISOString() }, () => now);
    }),
  );
  const refused = outcomes.find(({ status }) => status !== 'APPLIED');
  if (refused) throw new Error(`Not taken: ${JSON.stringify(refused)}`);
}

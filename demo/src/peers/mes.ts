import { PeerFaults, type Peer } from './peer.ts';
import { SparkplugEdgeNode, type EdgeMetric, type Outgoing } from './sparkplug-edge-node.ts';

export const MACHINE_STATES = ['RUNNING', 'IDLE', 'DOWN', 'SETUP', 'MAINTENANCE'] as const;
export type MachineState = (typeof MACHINE_STATES)[number];

export interface MesOptions {
  /** `mes/P100` */
  readonly system: string;
  /** Of the MQTT broker. */
  readonly url: string;
  /** Codes of work centers. */
  readonly machines: readonly string[];
  readonly clock?: () => Date;
  /** Starts with the fault `down` on. */
  readonly isDown?: boolean;
}

/** One confirmation of an operation, as the MES counts it. */
export interface MesConfirmation {
  /** Its own number. */
  readonly id: string;
  readonly order: string;
  readonly operation: number;
  readonly machine?: string;
  readonly unit: string;
  /** Decimal texts. */
  readonly yield: string;
  readonly scrap?: string;
  readonly rework?: string;
  readonly reason?: string;
  readonly shift?: string;
  readonly startedAt?: string;
  readonly endedAt?: string;
  readonly final: boolean;
}

export interface Mes extends Peer {
  /** A machine changes its state; a reason tells why it is down. */
  machine(code: string, state: MachineState, reason?: string, expectedEnd?: string): void;
  confirm(confirmation: MesConfirmation): void;
  /** Takes a confirmation back. */
  reverse(order: string, confirmation: string, reason: string): void;
  /** Whether its machines are told. */
  readonly isConnected: boolean;
}

/**
 * The MES of one plant and its machines' edge node: machine states as Sparkplug B on `spBv1.0/<plant>/…`, confirmations as
 * B2MML in JSON on `b2mml/<plant>/operations-performance`. Faults: down pulls the edge node's cable (the broker tells its
 * death) and holds confirmations back; slow publishes 3 s late; busy means nothing to MQTT; duplicates publishes each message
 * twice, reordering each second one before the first, corrupt cuts each third one off.
 */
export function startMes({ system, url, machines, clock = () => new Date(), isDown = false }: MesOptions): Mes {
  const plant = system.slice(system.indexOf('/') + 1);
  const faults = new PeerFaults();
  if (isDown) faults.set('down', true);
  const states = new Map<string, EdgeMetric[]>(machines.map((code) => [code, metricsOf('IDLE', undefined, undefined)]));
  const outbox: Outgoing[] = [];
  const timers = new Set<NodeJS.Timeout>();
  let held: Outgoing | undefined;
  let sent = 0;
  let serial = 0;

  const edge = new SparkplugEdgeNode({
    url,
    group: plant,
    node: 'mes',
    clock,
    devices: () => states,
    mayConnect: () => !faults.isOn('down'),
    send: (message) => {
      send(message);
      // Births come first after each connection, then what had to wait.
      flush();
    },
  });
  const running = edge.run();
  const unhear = faults.onChange(() => {
    if (faults.isOn('down')) edge.drop();
    if (!faults.isOn('reordering') && held) {
      deliver(held);
      held = undefined;
    }
  });

  function send(message: Outgoing): void {
    if (faults.isOn('reordering') && !held) {
      held = message;
      return;
    }
    deliver(message);
    if (held) deliver(held);
    held = undefined;
  }

  function deliver({ topic, payload, qos }: Outgoing): void {
    sent += 1;
    const isCut = faults.isOn('corrupt') && sent % 3 === 0;
    const body = isCut ? payload.subarray(0, Math.floor(payload.length / 2)) : payload;
    const times = faults.isOn('duplicates') ? 2 : 1;
    const publish = () => {
      for (let time = 0; time < times; time += 1) {
        edge.publish(topic, body, qos).catch(() => {
          // A machine's state is told by its next birth; a confirmation by nobody else.
          if (qos === 1 && time === 0) outbox.unshift({ topic, payload, qos });
        });
      }
    };
    if (!faults.isOn('slow')) {
      publish();
      return;
    }
    const timer = setTimeout(() => {
      timers.delete(timer);
      publish();
    }, SLOW_MS);
    timers.add(timer);
  }

  function flush(): void {
    while (edge.isConnected) {
      const message = outbox.shift();
      if (!message) return;
      send(message);
    }
  }

  function performance(response: object): void {
    serial += 1;
    const at = clock().toISOString();
    const message = {
      SyncOperationsPerformance: {
        ApplicationArea: { Sender: { LogicalID: plant }, CreationDateTime: at, BODID: `${plant}-${at}-${serial}` },
        DataArea: { Sync: {}, OperationsPerformance: { ID: `${plant}-${serial}`, OperationsResponse: response } },
      },
    };
    if (outbox.length >= MOST_WAITING)
      throw new Error(`${MOST_WAITING} confirmations of ${system} wait for the broker.`);
    outbox.push({
      topic: `b2mml/${plant}/operations-performance`,
      payload: Buffer.from(JSON.stringify(message)),
      qos: 1,
    });
    flush();
  }

  return {
    system,
    faults,
    get isConnected() {
      return edge.isConnected;
    },
    machine(code, state, reason, expectedEnd) {
      const metrics = metricsOf(state, reason, expectedEnd);
      states.set(code, metrics);
      edge.data(code, metrics);
    },
    confirm: (confirmation) => performance(responseOf(confirmation)),
    reverse: (order, confirmation, reason) =>
      performance({
        ID: `${confirmation}-R`,
        OperationsRequestID: order,
        SegmentResponse: {
          ID: confirmation,
          SegmentState: 'Aborted',
          SegmentData: [{ ID: 'ReversalReason', Value: { ValueString: reason } }],
        },
      }),
    async close() {
      unhear();
      for (const timer of timers) clearTimeout(timer);
      await edge.close();
      await running;
    },
  };
}

function metricsOf(state: MachineState, reason: string | undefined, expectedEnd: string | undefined): EdgeMetric[] {
  return [
    { name: 'Machine/State', type: 'String', value: state },
    { name: 'Machine/Reason', type: 'String', value: reason ?? null },
    {
      name: 'Machine/ExpectedEnd',
      type: 'DateTime',
      value: expectedEnd === undefined ? null : Date.parse(expectedEnd),
    },
  ];
}

/** B2MML V0700: OpSegmentResponseType; what it has no element for stands in SegmentData. */
function responseOf(confirmation: MesConfirmation): object {
  const { id, order, operation, machine, unit, scrap, rework, reason, shift, startedAt, endedAt, final } = confirmation;
  const facts = { Scrap: scrap, Rework: rework, Reason: reason, Shift: shift };
  const segmentData = Object.entries(facts).flatMap(([name, value]) => {
    if (value === undefined) return [];
    const isQuantity = name === 'Scrap' || name === 'Rework';
    return [{ ID: name, Value: { ValueString: value, ...(isQuantity && { UnitOfMeasure: unit }) } }];
  });
  return {
    ID: id,
    OperationsRequestID: order,
    SegmentResponse: {
      ID: id,
      ...(startedAt !== undefined && { ActualStartTime: startedAt }),
      ...(endedAt !== undefined && { ActualEndTime: endedAt }),
      ProcessSegmentID: String(operation),
      SegmentState: final ? 'Completed' : 'Running',
      ...(segmentData.length > 0 && { SegmentData: segmentData }),
      ...(machine !== undefined && { EquipmentActual: { EquipmentID: machine } }),
      MaterialActual: [
        { MaterialUse: 'Produced', Quantity: { QuantityString: confirmation.yield, UnitOfMeasure: unit } },
      ],
    },
  };
}

const SLOW_MS = 3_000;
const MOST_WAITING = 10_000;

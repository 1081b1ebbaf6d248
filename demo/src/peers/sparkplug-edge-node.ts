import { setTimeout as pause } from 'node:timers/promises';
import { connect, type MqttClient } from 'mqtt';
import sparkplug from 'sparkplug-payload';

type Codec = NonNullable<ReturnType<typeof sparkplug.get>>;
type Metric = NonNullable<Parameters<Codec['encodePayload']>[0]['metrics']>[number];

export interface EdgeMetric {
  readonly name: string;
  readonly type: 'String' | 'Double' | 'Int64' | 'Boolean' | 'DateTime';
  readonly value: string | number | boolean | null;
}

export interface EdgeNodeOptions {
  readonly url: string;
  readonly group: string;
  readonly node: string;
  readonly clock: () => Date;
  /** All devices and what is true of them now. */
  readonly devices: () => ReadonlyMap<string, readonly EdgeMetric[]>;
  /** Whether it may be connected. */
  readonly mayConnect: () => boolean;
  /** What goes out, in order; may change, hold back or repeat it. */
  readonly send: (message: Outgoing) => void;
}

export interface Outgoing {
  readonly topic: string;
  readonly payload: Buffer;
  readonly qos: 0 | 1;
}

/**
 * An edge node as Sparkplug 3.0 has it (https://sparkplug.eclipse.org/specification/version/3.0/): births with aliases, data
 * by alias alone, a death by will, and births again when a host asks.
 */
export class SparkplugEdgeNode {
  readonly #options: EdgeNodeOptions;
  readonly #closed = new AbortController();
  readonly #aliases = new Map<string, number>();
  #client: MqttClient | undefined;
  #lives = -1;
  #seq = 0;
  #isBorn = false;

  constructor(options: EdgeNodeOptions) {
    this.#options = options;
  }

  get isConnected(): boolean {
    return this.#isBorn;
  }

  /** Connects as often as it takes, until it is closed. */
  async run(): Promise<void> {
    while (!this.#closed.signal.aborted) {
      if (this.#options.mayConnect()) await this.#live();
      await pause(RETRY_MS, undefined, { signal: this.#closed.signal }).catch(() => undefined);
    }
  }

  /** The cable is pulled: the broker publishes the will. */
  drop(): void {
    this.#client?.stream.destroy();
  }

  async close(): Promise<void> {
    this.#closed.abort();
    await this.#client?.endAsync(true);
  }

  data(device: string, metrics: readonly EdgeMetric[]): void {
    if (!this.#isBorn) return;
    const timestamp = this.#options.clock().getTime();
    const named = metrics.map(({ name, ...rest }) => ({ ...rest, timestamp, alias: this.#alias(device, name) }));
    this.#send('DDATA', device, named);
  }

  publish(topic: string, payload: Buffer, qos: 0 | 1): Promise<unknown> {
    return this.#client?.publishAsync(topic, payload, { qos }) ?? Promise.resolve();
  }

  async #live(): Promise<void> {
    const { url, group, node } = this.#options;
    this.#lives = (this.#lives + 1) % 256;
    const death = { timestamp: this.#options.clock().getTime(), metrics: [this.#bdSeq()] };
    const client = connect(url, {
      clientId: `${group}-${node}`,
      clean: true,
      protocolVersion: 4,
      reconnectPeriod: 0,
      will: { topic: this.#topic('NDEATH'), payload: encode(death), qos: 1, retain: false },
    });
    this.#client = client;
    client.on('error', () => undefined);
    client.on('connect', () => {
      client.subscribe(this.#topic('NCMD'), { qos: 1 }, (error) => {
        if (!error) this.#bear();
      });
    });
    client.on('message', (topic, payload) => {
      if (topic === this.#topic('NCMD') && wantsRebirth(payload)) this.#bear();
    });
    await new Promise<void>((resolve) => client.once('close', () => resolve()));
    this.#isBorn = false;
  }

  #bear(): void {
    const { devices, clock } = this.#options;
    const timestamp = clock().getTime();
    this.#seq = 255;
    this.#isBorn = true;
    this.#send('NBIRTH', undefined, [
      this.#bdSeq(),
      { name: 'Node Control/Rebirth', type: 'Boolean', value: false, timestamp },
    ]);
    for (const [device, metrics] of devices()) {
      this.#send(
        'DBIRTH',
        device,
        metrics.map((metric) => ({ ...metric, timestamp, alias: this.#alias(device, metric.name) })),
      );
    }
  }

  #send(type: string, device: string | undefined, metrics: Metric[]): void {
    this.#seq = (this.#seq + 1) % 256;
    const payload = encode({ timestamp: this.#options.clock().getTime(), seq: this.#seq, metrics });
    this.#options.send({ topic: this.#topic(type, device), payload, qos: 0 });
  }

  #alias(device: string, name: string): number {
    const key = `${device}\0${name}`;
    const alias = this.#aliases.get(key) ?? this.#aliases.size + 1;
    this.#aliases.set(key, alias);
    return alias;
  }

  #bdSeq(): Metric {
    return { name: 'bdSeq', type: 'Int64', value: this.#lives };
  }

  #topic(type: string, device?: string): string {
    const { group, node } = this.#options;
    return ['spBv1.0', group, type, node, ...(device === undefined ? [] : [device])].join('/');
  }
}

function codec(): Codec {
  const found = sparkplug.get('spBv1.0');
  if (!found) throw new Error('sparkplug-payload does not know spBv1.0.');
  return found;
}

function encode(payload: Parameters<Codec['encodePayload']>[0]): Buffer {
  return Buffer.from(codec().encodePayload(payload));
}

function wantsRebirth(payload: Buffer): boolean {
  try {
    const { metrics } = codec().decodePayload(payload);
    return metrics?.some(({ name, value }) => name === 'Node Control/Rebirth' && value === true) ?? false;
  } catch {
    return false;
  }
}

const RETRY_MS = 200;

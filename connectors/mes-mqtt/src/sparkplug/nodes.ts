import type { Checkpoints } from '@takt/backing-system';
import type { NodeState } from './node.ts';

/** What is known of each edge node, beyond a restart. What births tell is large and written once, the rest each time. */
export class Nodes {
  readonly #known = new Map<string, Known>();
  readonly #checkpoints: Checkpoints;

  constructor(checkpoints: Checkpoints) {
    this.#checkpoints = checkpoints;
  }

  async get(group: string, node: string): Promise<NodeState | undefined> {
    const { state } = await this.#read(nameOf(group, node));
    return state;
  }

  async put(group: string, node: string, state: NodeState): Promise<void> {
    const name = nameOf(group, node);
    const before = await this.#read(name);
    if (before.state === state) return;
    const revision = before.revision + 1;
    // Not known until written: after a failure it is read again.
    this.#known.delete(name);
    if (before.state?.metrics !== state.metrics) {
      await this.#checkpoints.write(`${name}/birth`, { revision, state } satisfies Birth);
    }
    const { session, life, bornAt, bdSeq, seq } = state;
    const pulse: Pulse = { revision, state: { session, life, bornAt, bdSeq, seq } };
    await this.#checkpoints.write(`${name}/pulse`, pulse);
    this.#remember(name, { revision, state });
  }

  async #read(name: string): Promise<Known> {
    const known = this.#known.get(name);
    if (known) return known;
    const birth = (await this.#checkpoints.read(`${name}/birth`)) as Birth | undefined;
    const pulse = (await this.#checkpoints.read(`${name}/pulse`)) as Pulse | undefined;
    const read = joined(birth, pulse);
    this.#remember(name, read);
    return read;
  }

  #remember(name: string, known: Known): void {
    this.#known.set(name, known);
    if (this.#known.size <= NODES_IN_MEMORY) return;
    for (const oldest of this.#known.keys()) {
      this.#known.delete(oldest);
      break;
    }
  }
}

interface Known {
  /** Grows with each change. */
  readonly revision: number;
  readonly state: NodeState | undefined;
}
interface Birth {
  readonly revision: number;
  readonly state: NodeState;
}
interface Pulse {
  readonly revision: number;
  readonly state: Omit<NodeState, 'metrics'>;
}

/** A crash may have come between the two writes. */
function joined(birth: Birth | undefined, pulse: Pulse | undefined): Known {
  if (!birth) return { revision: 0, state: undefined };
  if (!pulse || pulse.revision < birth.revision) return birth;
  return { revision: pulse.revision, state: { ...pulse.state, metrics: birth.state.metrics } };
}

function nameOf(group: string, node: string): string {
  return `sparkplug/${encodeURIComponent(group)}/${encodeURIComponent(node)}`;
}

const NODES_IN_MEMORY = 1_000;

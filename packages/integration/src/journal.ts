import {
  StoreUnavailableError,
  type Change,
  type Collection,
  type DocumentStore,
  type Page,
  type PageQuery,
  type Stored,
} from '@takt/document-store';
import { INTEGRATION_MESSAGES, type IntegrationMessage } from './integration-message.ts';

/** A message before it has its place in the order of arrival. */
export type Arriving = Omit<IntegrationMessage, 'arrival'>;

export interface Added {
  readonly message: IntegrationMessage;
  /** False if another lies under its id; that one is answered. */
  readonly isNew: boolean;
}

/** Every message from its arrival to its end. Those that are added at the same time share their commit. */
export class Journal {
  readonly #waiting: Waiting[] = [];
  #isAdding = false;

  private constructor(
    private readonly messages: Collection<IntegrationMessage>,
    private lastArrival: number,
  ) {}

  static async open(store: DocumentStore): Promise<Journal> {
    const messages = await store.collection(INTEGRATION_MESSAGES);
    const latest = await messages.page({ orderBy: ['arrival'], descending: true, first: 1 });
    return new Journal(messages, latest.entries[0]?.document.arrival ?? 0);
  }

  async find(id: string): Promise<Stored<IntegrationMessage> | undefined> {
    return (await this.messages.getMany([id]))[0];
  }

  /** Resolves when it is on stable storage. */
  add(id: string, arriving: Arriving): Promise<Added> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ id, arriving, resolve, reject });
      if (!this.#isAdding) void this.#addWaiting();
    });
  }

  async #addWaiting(): Promise<void> {
    this.#isAdding = true;
    // What comes in the same turn of the event loop goes together.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const group = this.#waiting.splice(0, ADDED_TOGETHER);
      try {
        await this.#addTogether(group);
      } catch (fault) {
        if (fault instanceof StoreUnavailableError || group.length === 1) for (const { reject } of group) reject(fault);
        else for (const one of group) await this.#addTogether([one]).catch(one.reject);
      }
    }
    this.#isAdding = false;
  }

  async #addTogether(group: readonly Waiting[]): Promise<void> {
    const changes = group.map(({ id, arriving }) => {
      this.lastArrival += 1;
      return change(id, { ...arriving, arrival: this.lastArrival }, 0);
    });
    const results = await this.messages.commit(changes);
    for (const [index, { id, resolve, reject }] of group.entries()) {
      const message = changes[index]?.document;
      if (message && results[index]?.status === 'committed') {
        resolve({ message, isNew: true });
        continue;
      }
      const earlier = await this.find(id);
      if (earlier) resolve({ message: earlier.document, isNew: false });
      else reject(new Error(`${id} was removed while it came again.`));
    }
  }

  /** Writes messages anew, whatever is there. */
  async put(messages: readonly (readonly [id: string, message: IntegrationMessage])[]): Promise<void> {
    if (messages.length > 0) await this.messages.commit(messages.map(([id, message]) => change(id, message)));
  }

  /** Writes a message anew; false if somebody else did meanwhile. */
  async replace({ id, version }: Stored<IntegrationMessage>, message: IntegrationMessage): Promise<boolean> {
    const [result] = await this.messages.commit([change(id, message, version)]);
    return result?.status === 'committed';
  }

  page(query: PageQuery<IntegrationMessage>): Promise<Page<IntegrationMessage>> {
    return this.messages.page(query);
  }

  /** Inbound messages of a system that have no end, in order of arrival. */
  async *received(system: string): AsyncGenerator<Stored<IntegrationMessage>> {
    for (let from = 0; ;) {
      const page = await this.messages.page({
        where: { system, status: 'RECEIVED', arrival: { from }, direction: 'INBOUND' },
        orderBy: ['arrival'],
        first: READ_TOGETHER,
      });
      yield* page.entries;
      if (!page.hasNextPage) return;
      from = (page.entries.at(-1)?.document.arrival ?? 0) + 1;
    }
  }

  async remove(ids: readonly string[]): Promise<void> {
    if (ids.length > 0) await this.messages.remove(ids);
  }
}

interface Waiting {
  readonly id: string;
  readonly arriving: Arriving;
  readonly resolve: (added: Added) => void;
  readonly reject: (fault: unknown) => void;
}

const ADDED_TOGETHER = 256;
const READ_TOGETHER = 100;

function change(id: string, document: IntegrationMessage, expectedVersion?: number): Change<IntegrationMessage> {
  return { id, document, events: [], messageIds: [], ...(expectedVersion !== undefined && { expectedVersion }) };
}

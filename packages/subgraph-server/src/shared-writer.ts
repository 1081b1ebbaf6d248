import { randomUUID } from 'node:crypto';
import type { DocumentStore } from '@takt/document-store';
import type { Intake } from '@takt/intake';
import { openDoorServer, type DoorPlace, type DoorServer } from './door-server.ts';
import { fencedLog, fencedStore } from './fence.ts';
import { forwardingIntake } from './forwarding-intake.ts';
import { NotTheWriterError, type DoorAddress } from './intake-door.ts';
import type { Operations } from './operations.ts';
import { steadyTime, type Time } from './time.ts';
import { openWriterLease, WRITER_EPOCHS, type WriterLease } from './writer-lease.ts';
import { startWriter, type Writer, type WriterOptions } from './writer.ts';

interface SharedWriterOptions extends WriterOptions {
  /** Keeps who writes. */
  readonly leases: DocumentStore;
}

/**
 * The part of one process in writing a domain that others have open as well.
 *
 * reading ── gets the pen ──▶ opening ──▶ writing ── loses the pen, stops ──▶ closing ──▶ reading
 * opening ── fails ──▶ reading, and gives way: somebody else may be able to write
 * writing ── takes nothing for {@link USELESS_MS} ──▶ closing ──▶ reading, and gives way
 * Who has given way, and finds that nobody else has the pen, gets it again.
 *
 * From the instant that the pen is lost nothing is written from here, whatever is under way.
 */
export class SharedWriter {
  /** Takes messages here while this process writes; passes them on to the one that does otherwise. */
  readonly intake: Intake;
  readonly #door: DoorServer;
  readonly #lease: WriterLease;
  #term: { readonly writer: Writer; readonly isOver: () => boolean } | undefined;
  #isStopping = false;
  readonly #running: Promise<void>;

  /** Resolves once it is known whether this process writes, and if so, it does. */
  static async start(options: SharedWriterOptions, place: DoorPlace, time: Time = steadyTime): Promise<SharedWriter> {
    const epochs = await options.leases.collection(WRITER_EPOCHS);
    const own: Intake = { receive: (messages) => writer.#receiveHere(messages) };
    const operations = () => writer.#operationsHere();
    const door = await openDoorServer({ ...place, name: options.definition.name, intake: own, operations });
    const self = { instance: randomUUID(), ...door.address };
    const lease = openWriterLease(epochs, self, (fault) => options.onFault(`who writes: ${String(fault)}`), time);
    const writer = new SharedWriter(options, door, lease, time);
    await lease.looked;
    const deadline = time.now() + OPEN_MS;
    while (lease.holds() && !writer.local() && time.now() < deadline) await lease.changes.next(time, LOOK_MS);
    return writer;
  }

  private constructor(
    private readonly options: SharedWriterOptions,
    door: DoorServer,
    lease: WriterLease,
    private readonly time: Time,
  ) {
    this.#door = door;
    this.#lease = lease;
    this.intake = forwardingIntake(
      { local: () => this.local()?.intake, holder: () => lease.holder(), changes: lease.changes },
      time,
    );
    this.#running = this.#run();
  }

  /** What writes in this process; undefined while it does not. */
  local(): Writer | undefined {
    return this.#term && !this.#term.isOver() && !this.#isStopping ? this.#term.writer : undefined;
  }

  /** The door of the process that writes, which may be this one; undefined if that is not known. */
  holder(): DoorAddress | undefined {
    if (this.local()) return this.#door.address;
    const holder = this.#lease.holder();
    return holder && { url: holder.url, token: holder.token };
  }

  /** Brings to its end what was taken and gives the pen away; takes no longer than some seconds, also without a store. */
  async close(): Promise<void> {
    this.#isStopping = true;
    this.#lease.changes.tell();
    await this.#within(STOP_MS, this.#running);
    await this.#within(RELEASE_MS, this.#lease.release());
    await this.#door.close();
  }

  #receiveHere(...[messages]: Parameters<Intake['receive']>): ReturnType<Intake['receive']> {
    return this.local()?.intake.receive(messages) ?? Promise.reject(new NotTheWriterError());
  }

  #operationsHere(): Operations {
    const local = this.local();
    if (!local) throw new NotTheWriterError();
    return local.operations;
  }

  async #run(): Promise<void> {
    while (!this.#isStopping) {
      if (this.#lease.holds()) await this.#write();
      else await this.#lease.changes.next(this.time, LOOK_MS);
    }
  }

  /** From having the pen to having stopped. Once over, it stays so, also if this process gets the pen again. */
  async #write(): Promise<void> {
    let isCut = false;
    let isUseless = false;
    const isOver = () => (isCut ||= !this.#lease.holds());
    const mayWrite = () => !isOver();
    const { store, log, onFault } = this.options;
    try {
      const writer = await startWriter({
        ...this.options,
        store: fencedStore(store, mayWrite),
        log: fencedLog(log, mayWrite),
        isWriter: mayWrite,
      });
      this.#term = { writer, isOver: () => isUseless || isOver() };
      this.#lease.changes.tell();
      await this.#door.announce().catch((fault: unknown) => onFault(String(fault)));
      isUseless = await this.#writesUntil(() => !mayWrite(), writer);
      const cancel = this.time.after(FINISH_MS, () => (isCut = true));
      await this.#within(2 * FINISH_MS, writer.close()).finally(cancel);
    } catch (fault) {
      onFault(`cannot write: ${String(fault)}`);
      isUseless = true;
    } finally {
      isCut = true;
      this.#term = undefined;
      if (isUseless && !this.#isStopping) this.#lease.giveWay(GIVE_WAY_MS);
      await this.#door.withdraw().catch((fault: unknown) => onFault(String(fault)));
    }
  }

  /** Answers true if it is over because nothing could be taken for so long that others should try. */
  async #writesUntil(isOver: () => boolean, { intake }: Writer): Promise<boolean> {
    let lastUseful = this.time.now();
    while (!isOver() && !this.#isStopping) {
      const reason = intake.unavailable();
      if (reason === undefined) lastUseful = this.time.now();
      else if (this.time.now() - lastUseful >= USELESS_MS) {
        this.options.onFault(`others may write, if they can: ${reason}`);
        return true;
      }
      await this.#lease.changes.next(this.time, LOOK_MS);
    }
    return false;
  }

  /** Waits for something no longer than it may take; it goes on alone after that. */
  async #within(ms: number, work: Promise<void>): Promise<void> {
    let cancel = (): void => undefined;
    const late = new Promise<void>((resolve) => (cancel = this.time.after(ms, resolve)));
    await Promise.race([work, late]).finally(cancel);
  }
}

/** How long the start of a process waits until it writes. */
const OPEN_MS = 10_000;
/** What happens without notice (time passing) is seen after so long. */
const LOOK_MS = 250;
/** Within which what was taken is brought to its end; what is left then stays for the next one that writes. */
const FINISH_MS = 2_000;
const STOP_MS = 5_000;
const RELEASE_MS = 1_000;
/** For how long who writes may take nothing while others perhaps could. */
const USELESS_MS = 10_000;
/** For so long the pen is left to others by who could not use it: they look for it several times within that. */
const GIVE_WAY_MS = 2_000;

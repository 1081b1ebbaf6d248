import type { Segment } from './segment.ts';
import type { Standard } from './syntax.ts';

export interface Group {
  /** EDIFACT may go without: then one group, without a header, holds all messages. */
  readonly header: Segment | undefined;
  /** GS01, UNG 0038. */
  readonly code: string;
  readonly control: string;
  readonly messages: readonly Message[];
}

export interface Message {
  /** E.g. `830` or `DELFOR`. */
  readonly type: string;
  /** E.g. `004010` or `D96A`. */
  readonly version: string;
  readonly control: string;
  /** From ST or UNH to SE or UNT, both included. */
  readonly segments: readonly Segment[];
}

export interface EnvelopeFault {
  readonly level: LevelName;
  readonly kind: 'DELIMITERS' | 'TRUNCATED' | 'UNEXPECTED' | 'REFERENCE' | 'COUNT';
  readonly segment: Segment | undefined;
  readonly reason: string;
  readonly group?: Group | undefined;
  readonly message?: Message | undefined;
}

type LevelName = 'INTERCHANGE' | 'GROUP' | 'MESSAGE';

/** Finds groups and messages, and what their headers and trailers contradict; reads no further where nothing can be told apart. */
export function readEnvelopes(segments: readonly Segment[], standard: Standard) {
  const reader = new EnvelopeReader(standard);
  for (const segment of segments) {
    reader.take(segment);
    if (reader.hasStopped) break;
  }
  reader.end(segments.at(-1));
  const { groups, faults } = reader;
  return { groups, faults } as { readonly groups: readonly Group[]; readonly faults: readonly EnvelopeFault[] };
}

/** Tags, and the header's element that its trailer's second repeats; the trailer's first counts. */
interface Level {
  readonly open: string;
  readonly close: string;
  readonly reference: number;
  /** Leading zeros do not count in it. */
  readonly numeric: boolean;
}

const GRAMMARS: Readonly<Record<Standard, Readonly<Record<LevelName, Level>>>> = {
  X12: {
    INTERCHANGE: { open: 'ISA', close: 'IEA', reference: 13, numeric: true },
    GROUP: { open: 'GS', close: 'GE', reference: 6, numeric: true },
    MESSAGE: { open: 'ST', close: 'SE', reference: 2, numeric: false },
  },
  EDIFACT: {
    INTERCHANGE: { open: 'UNB', close: 'UNZ', reference: 5, numeric: false },
    GROUP: { open: 'UNG', close: 'UNE', reference: 5, numeric: false },
    MESSAGE: { open: 'UNH', close: 'UNT', reference: 1, numeric: false },
  },
};

/** States: before the header; between groups; in a group; in a message; closed. Any of them may go to stopped. */
class EnvelopeReader {
  readonly groups: OpenGroup[] = [];
  readonly faults: EnvelopeFault[] = [];
  hasStopped = false;
  #header: Segment | undefined;
  #group: OpenGroup | undefined;
  #message: OpenMessage | undefined;
  #isClosed = false;
  readonly #levels: Readonly<Record<LevelName, Level>>;
  readonly #isX12: boolean;

  constructor(standard: Standard) {
    this.#levels = GRAMMARS[standard];
    this.#isX12 = standard === 'X12';
  }

  take(segment: Segment): void {
    const { INTERCHANGE: interchange, GROUP: group, MESSAGE: message } = this.#levels;
    if (this.#isClosed) {
      this.#unexpected(segment, `follows ${interchange.close}`);
      return;
    }
    // A last segment without terminator is whole only if it is the trailer, whose reference shows it.
    if (!segment.isTerminated && segment.tag !== interchange.close) {
      this.end(segment);
      return;
    }
    switch (segment.tag) {
      case interchange.open:
        if (this.#header) {
          this.#unexpected(segment, `comes before the ${interchange.close} of the one before`);
          return;
        }
        this.#header = segment;
        return;
      case group.open: {
        this.#openGroup(segment);
        return;
      }
      case message.open: {
        this.#openMessage(segment);
        return;
      }
      case message.close: {
        this.#closeMessage(segment);
        return;
      }
      case group.close: {
        this.#closeGroup(segment);
        return;
      }
      case interchange.close: {
        this.#closeInterchange(segment);
        return;
      }
      default:
        if (this.#message) this.#message.segments.push(segment);
        // Acknowledgements of interchanges stand between ISA and the first GS.
        else if (!(this.#isX12 && segment.tag === 'TA1'))
          this.#unexpected(segment, `is outside of any ${message.open}`);
    }
  }

  end(last: Segment | undefined): void {
    if (this.#isClosed || this.hasStopped) return;
    const { INTERCHANGE: interchange, GROUP: group, MESSAGE: message } = this.#levels;
    const missing = this.#message ? message.close : this.#group?.header ? group.close : interchange.close;
    const where = last ? `It ends with ${last.place}` : 'It is empty';
    this.#stop({ level: 'INTERCHANGE', kind: 'TRUNCATED', segment: last, reason: `${where}: ${missing} is missing.` });
  }

  #openGroup(segment: Segment): void {
    if (this.#message) {
      this.#untrailed(segment, 'MESSAGE');
      return;
    }
    if (this.#group?.header) {
      this.#untrailed(segment, 'GROUP');
      return;
    }
    if (this.#group) {
      this.#unexpected(segment, 'follows messages without a group');
      return;
    }
    const control = segment.value(this.#levels.GROUP.reference);
    this.#group = { header: segment, code: segment.value(1), control, messages: [] };
    this.groups.push(this.#group);
  }

  #openMessage(segment: Segment): void {
    if (this.#message) {
      this.#untrailed(segment, 'MESSAGE');
      return;
    }
    if (!this.#group) {
      if (this.#isX12 || this.groups.length > 0) {
        this.#unexpected(segment, `is outside of any ${this.#levels.GROUP.open}`);
        return;
      }
      this.#group = { header: undefined, code: '', control: '', messages: [] };
      this.groups.push(this.#group);
    }
    const type = this.#isX12 ? segment.value(1) : segment.value(2, 1);
    const version = this.#isX12 ? (this.#group.header?.value(8) ?? '') : segment.value(2, 2) + segment.value(2, 3);
    const control = segment.value(this.#levels.MESSAGE.reference);
    this.#message = { type, version, control, segments: [segment] };
    this.#group.messages.push(this.#message);
  }

  #closeMessage(segment: Segment): void {
    const message = this.#message;
    if (!message) {
      this.#unexpected(segment, 'ends nothing');
      return;
    }
    message.segments.push(segment);
    this.#message = undefined;
    const { length } = message.segments;
    this.#compare('MESSAGE', segment, message.control, `${length} segments`, length, { group: this.#group, message });
  }

  #closeGroup(segment: Segment): void {
    const group = this.#group;
    if (this.#message) {
      this.#untrailed(segment, 'MESSAGE');
      return;
    }
    if (!group?.header) {
      this.#unexpected(segment, 'ends nothing');
      return;
    }
    this.#group = undefined;
    const { length } = group.messages;
    this.#compare('GROUP', segment, group.control, `${length} messages`, length, { group });
  }

  #closeInterchange(segment: Segment): void {
    if (this.#message) {
      this.#untrailed(segment, 'MESSAGE');
      return;
    }
    if (this.#group?.header) {
      this.#untrailed(segment, 'GROUP');
      return;
    }
    this.#isClosed = true;
    const isGrouped = this.#isX12 || this.#group === undefined;
    const count = isGrouped ? this.groups.length : (this.#group?.messages.length ?? 0);
    const control = this.#header?.value(this.#levels.INTERCHANGE.reference) ?? '';
    this.#compare('INTERCHANGE', segment, control, `${count} ${isGrouped ? 'groups' : 'messages'}`, count, {});
  }

  #compare(
    level: LevelName,
    trailer: Segment,
    reference: string,
    counted: string,
    count: number,
    at: Pick<EnvelopeFault, 'group' | 'message'>,
  ): void {
    const { open, close, numeric } = this.#levels[level];
    const expected = reference.trim();
    const told = trailer.value(2).trim();
    const matches = told === expected || (numeric && sameNumber(told, expected));
    if (expected === '' || !matches) {
      const reason = `${close} refers to ${told || 'nothing'}, but ${open} is ${expected || 'without a reference'}.`;
      this.faults.push({ level, kind: 'REFERENCE', segment: trailer, reason, ...at });
    }
    const stated = trailer.value(1).trim();
    if (!sameNumber(stated, String(count))) {
      const reason = `${close} counts ${stated || 'nothing'}, but there are ${counted}.`;
      this.faults.push({ level, kind: 'COUNT', segment: trailer, reason, ...at });
    }
  }

  #untrailed(segment: Segment, level: 'GROUP' | 'MESSAGE'): void {
    const { open, close } = this.#levels[level];
    const message = level === 'MESSAGE' ? this.#message : undefined;
    const reason = `${segment.tag} comes before the ${close} of the last ${open}.`;
    this.#stop({ level, kind: 'TRUNCATED', segment, reason, group: this.#group, message });
  }

  #unexpected(segment: Segment, what: string): void {
    const reason = `${segment.tag.slice(0, 12)} ${what}.`;
    this.#stop({ level: 'INTERCHANGE', kind: 'UNEXPECTED', segment, reason });
  }

  #stop(fault: EnvelopeFault): void {
    this.hasStopped = true;
    this.faults.push(fault);
  }
}

interface OpenGroup extends Group {
  readonly messages: OpenMessage[];
}

interface OpenMessage extends Message {
  readonly segments: Segment[];
}

function sameNumber(left: string, right: string): boolean {
  return NUMBER.test(left) && NUMBER.test(right) && Number(left) === Number(right);
}

const NUMBER = /^\d{1,14}$/;

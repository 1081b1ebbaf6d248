import { readEnvelopes, type EnvelopeFault, type Group } from './envelope.ts';
import { tokenize, type Segment } from './segment.ts';
import { readStart, type Standard } from './syntax.ts';

/** An interchange with its envelopes checked; what is inside of its messages is not looked at here. */
export interface Interchange extends Said {
  /** Undefined if it is none. */
  readonly standard: Standard | undefined;
  readonly header: Segment | undefined;
  readonly groups: readonly Group[];
  /** Any of them makes it unusable as a whole. */
  readonly faults: readonly EnvelopeFault[];
  readonly segments: number;
}

/** What its first segment says. */
interface Said {
  readonly sender: Partner;
  readonly receiver: Partner;
  /** ISA13, UNB 0020. */
  readonly control: string;
  /** RFC 3339; envelopes have no time zone: taken as UTC. Undefined if it makes no sense. */
  readonly preparedAt: string | undefined;
  readonly isTest: boolean;
  readonly wantsAcknowledgement: boolean;
}

export interface Partner {
  readonly qualifier: string;
  readonly id: string;
}

/** Never throws: what is wrong is among the faults. */
export function readInterchange(text: string): Interchange {
  const start = readStart(text);
  if (typeof start === 'string') {
    const fault: EnvelopeFault = { level: 'INTERCHANGE', kind: 'DELIMITERS', segment: undefined, reason: start };
    return { ...NOTHING, standard: undefined, header: undefined, groups: [], faults: [fault], segments: 0 };
  }
  const { standard, syntax, from } = start;
  const segments = tokenize(text, syntax, from);
  const [header] = segments;
  const said = header === undefined ? NOTHING : standard === 'X12' ? isaOf(header) : unbOf(header);
  return { ...said, standard, header, ...readEnvelopes(segments, standard), segments: segments.length };
}

const NOTHING: Said = {
  sender: { qualifier: '', id: '' },
  receiver: { qualifier: '', id: '' },
  control: '',
  preparedAt: undefined,
  isTest: false,
  wantsAcknowledgement: false,
};

function isaOf(isa: Segment): Said {
  const said = (element: number) => isa.plain(element).trim();
  return {
    sender: { qualifier: said(5), id: said(6) },
    receiver: { qualifier: said(7), id: said(8) },
    control: said(13),
    preparedAt: instant(`20${said(9)}`, said(10)),
    isTest: said(15) === 'T',
    wantsAcknowledgement: said(14) === '1',
  };
}

function unbOf(unb: Segment): Said {
  const date = unb.value(4, 1);
  return {
    sender: { qualifier: unb.value(2, 2), id: unb.value(2, 1) },
    receiver: { qualifier: unb.value(3, 2), id: unb.value(3, 1) },
    control: unb.value(5),
    preparedAt: instant(date.length === 6 ? `20${date}` : date, unb.value(4, 2)),
    isTest: unb.value(11) === '1',
    wantsAcknowledgement: unb.value(9) === '1',
  };
}

function instant(date: string, time: string): string | undefined {
  const found = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(`${date}${time}`);
  if (!found) return undefined;
  const [, year = '', month = '', day = '', hour = '', minute = ''] = found;
  const text = `${year}-${month}-${day}T${hour}:${minute}:00.000Z`;
  const parsed = new Date(text);
  return !Number.isNaN(parsed.getTime()) && parsed.toISOString() === text ? text : undefined;
}

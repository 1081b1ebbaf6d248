/** What a trading partner says, in either standard; written here by hand, so that nobody reads what the same code wrote. */
interface EdiLine {
  readonly order: string;
  readonly line: string;
  /** The buyer's item number. */
  readonly item: string;
  readonly quantity: string;
}

export type EdiMessage =
  | {
      readonly kind: 'REPLY';
      readonly number: string;
      readonly lines: readonly (EdiLine & {
        readonly ordered: string;
        readonly on: string;
        readonly answer: EdiAnswer;
      })[];
    }
  | {
      readonly kind: 'SHIP_NOTICE';
      readonly number: string;
      readonly shippedOn: string;
      readonly expectedOn: string;
      readonly lines: readonly (EdiLine & { readonly shippedSoFar?: string })[];
    }
  | {
      readonly kind: 'STOCK';
      readonly number: string;
      readonly site: string;
      readonly on: string;
      readonly lines: readonly EdiLine[];
    }
  | {
      readonly kind: 'SCHEDULE';
      readonly number: string;
      readonly on: string;
      readonly shipTo: string;
      readonly lines: readonly (Omit<EdiLine, 'quantity'> & {
        readonly received: string;
        readonly weeks: readonly { readonly monday: string; readonly quantity: string; readonly firm: boolean }[];
      })[];
    };

type EdiAnswer = 'ACCEPTED' | 'CHANGED' | 'REJECTED' | 'BACKORDERED';

export interface EdiEnvelope {
  readonly sender: string;
  readonly receiver: string;
  readonly control: number;
  readonly at: Date;
}

/** 855, 856, 846 or 830 in an interchange of its own; replies are to the one order that all lines are of. */
export function x12Text(message: EdiMessage, { sender, receiver, control, at }: EdiEnvelope): string {
  const [date, time] = [day(at.toISOString()), at.toISOString().slice(11, 16).replace(':', '')];
  const { type, code, body } = x12Body(message);
  const number = String(control);
  const isa = ['ISA*00', ' '.repeat(10), '00', ' '.repeat(10), 'ZZ', sender.padEnd(15), 'ZZ', receiver.padEnd(15)];
  const segments = [
    [...isa, date.slice(2), time, 'U', '00401', number.padStart(9, '0'), '0', 'P', '>'].join('*'),
    `GS*${code}*${sender}*${receiver}*${date}*${time}*${number}*X*004010`,
    `ST*${type}*0001`,
    ...body,
    `SE*${body.length + 2}*0001`,
    `GE*1*${number}`,
    `IEA*1*${number.padStart(9, '0')}`,
  ];
  return segments.map((segment) => `${segment}~\n`).join('');
}

function x12Body(message: EdiMessage): { type: string; code: string; body: string[] } {
  const { lines, number } = message;
  const count = `CTT*${lines.length}`;
  switch (message.kind) {
    case 'REPLY': {
      const body = message.lines.flatMap(({ line, item, ordered, quantity, on, answer }) => [
        `PO1*${line}*${ordered}*EA***BP*${item}`,
        answer === 'REJECTED' ? 'ACK*IR' : `ACK*${ACK_CODES[answer]}*${quantity}*EA*067*${day(on)}`,
      ]);
      return {
        type: '855',
        code: 'PR',
        body: [`BAK*00*AC*${lines[0]?.order ?? number}*${day(message.lines[0]?.on ?? '')}`, ...body, count],
      };
    }
    case 'SHIP_NOTICE': {
      const body = message.lines.flatMap(({ order, line, item, quantity, shippedSoFar = '' }, index) => [
        `HL*${2 * index + 2}*1*O`,
        `PRF*${order}`,
        `HL*${2 * index + 3}*${2 * index + 2}*I`,
        `LIN*${line}*BP*${item}`,
        `SN1**${quantity}*EA${shippedSoFar && `*${shippedSoFar}`}`,
      ]);
      const shipment = ['HL*1**S', `DTM*011*${day(message.shippedOn)}`, `DTM*017*${day(message.expectedOn)}`];
      return {
        type: '856',
        code: 'SH',
        body: [`BSN*00*${number}*${day(message.shippedOn)}*0800`, ...shipment, ...body, count],
      };
    }
    case 'STOCK': {
      const body = message.lines.flatMap(({ item, quantity }, index) => [
        `LIN*${index + 1}*BP*${item}`,
        `QTY*17*${quantity}*EA`,
      ]);
      return {
        type: '846',
        code: 'IB',
        body: [`BIA*00*SI*${number}*${day(message.on)}`, `N1*WH**92*${message.site}`, ...body, count],
      };
    }
    case 'SCHEDULE': {
      const body = message.lines.flatMap(({ order, line, item, received, weeks }) => [
        `LIN*${line}*BP*${item}*PO*${order}*PL*${line}`,
        'UIT*EA',
        `SHP*02*${received}*050*${day(message.on)}`,
        ...weeks.map(({ monday, quantity, firm }) => `FST*${quantity}*${firm ? 'C' : 'D'}*W*${day(monday)}`),
      ]);
      const days = message.lines.flatMap(({ weeks }) => weeks.map(({ monday }) => day(monday))).sort();
      const bfr = `BFR*05*${number}**DL*A*${days[0] ?? ''}*${days.at(-1) ?? ''}*${day(message.on)}`;
      return { type: '830', code: 'PS', body: [bfr, `N1*ST**92*${message.shipTo}`, ...body, count] };
    }
  }
}

/** ORDRSP, DESADV, INVRPT or DELFOR in an interchange of its own. */
export function edifactText(message: EdiMessage, { sender, receiver, control, at }: EdiEnvelope): string {
  const stamp = `${day(at.toISOString()).slice(2)}:${at.toISOString().slice(11, 16).replace(':', '')}`;
  const { type, body } = edifactBody(message);
  const segments = [
    `UNB+UNOC:3+${sender}:ZZ+${receiver}:ZZ+${stamp}+${control}`,
    `UNH+1+${type}:D:96A:UN`,
    ...body,
    `UNT+${body.length + 2}+1`,
    `UNZ+1+${control}`,
  ];
  return segments.map((segment) => `${segment}'\n`).join('');
}

function edifactBody(message: EdiMessage): { type: string; body: string[] } {
  const { number } = message;
  switch (message.kind) {
    case 'REPLY': {
      const body = message.lines.flatMap(({ order, line, item, ordered, quantity, on, answer }) => [
        `LIN+${line}+${answer === 'ACCEPTED' ? '5' : answer === 'REJECTED' ? '7' : '3'}+${item}:IN`,
        `QTY+21:${ordered}:PCE`,
        ...(answer === 'REJECTED'
          ? []
          : [`QTY+${answer === 'BACKORDERED' ? '83' : '113'}:${quantity}:PCE`, `DTM+67:${day(on)}:102`]),
        `RFF+ON:${order}:${line}`,
      ]);
      return { type: 'ORDRSP', body: [`BGM+231+${number}+4`, ...body, 'UNS+S'] };
    }
    case 'SHIP_NOTICE': {
      const body = message.lines.flatMap(({ order, line, item, quantity, shippedSoFar }) => [
        `LIN+${line}++${item}:IN`,
        `QTY+12:${quantity}:PCE`,
        ...(shippedSoFar === undefined ? [] : [`QTY+3:${shippedSoFar}:PCE`]),
        `RFF+ON:${order}:${line}`,
      ]);
      const days = [`DTM+11:${day(message.shippedOn)}:102`, `DTM+17:${day(message.expectedOn)}:102`];
      return { type: 'DESADV', body: [`BGM+351+${number}+9`, ...days, 'CPS+1', ...body] };
    }
    case 'STOCK': {
      const body = message.lines.flatMap(({ item, quantity }, index) => [
        `LIN+${index + 1}++${item}:IN`,
        `QTY+145:${quantity}:PCE`,
      ]);
      return {
        type: 'INVRPT',
        body: [`BGM+35+${number}+9`, `DTM+366:${day(message.on)}:102`, `NAD+WH+${message.site}::92`, ...body],
      };
    }
    case 'SCHEDULE': {
      const body = message.lines.flatMap(({ order, line, item, received, weeks }) => [
        `LIN+${line}++${item}:IN`,
        `RFF+ON:${order}:${line}`,
        `QTY+70:${received}:PCE`,
        ...weeks.flatMap(({ monday, quantity, firm }) => [
          `SCC+${firm ? '1' : '4'}++W`,
          `QTY+113:${quantity}:PCE`,
          `DTM+2:${day(monday)}:102`,
        ]),
      ]);
      const head = [`BGM+241+${number}+5`, `DTM+137:${day(message.on)}:102`, `NAD+ST+${message.shipTo}::92`];
      return { type: 'DELFOR', body: [...head, ...body, 'UNS+S'] };
    }
  }
}

function day(iso: string): string {
  return iso.slice(0, 10).replaceAll('-', '');
}

const ACK_CODES = { ACCEPTED: 'IA', CHANGED: 'IC', BACKORDERED: 'IB' } as const;

/** Interchanges of every message, as partners write them. Our own. */
const EDIFACT_PARTIES = "NAD+BY+PLANT::92++Pump Works'NAD+SU+S-101::92++Foundry'NAD+ST+P100::92'";

export function isa(control: string, body: readonly string[], code: string): string {
  const groups = 1;
  const lines = [
    `ISA*00*          *00*          *ZZ*SUPPLIER       *ZZ*PLANT          *261120*0815*U*00401*${control.padStart(9, '0')}*0*P*>`,
    `GS*${code}*SUPPLIER*PLANT*20261120*0815*${control}*X*004010`,
    ...body,
    `GE*${body.filter((line) => line.startsWith('ST*')).length}*${control}`,
    `IEA*${groups}*${control.padStart(9, '0')}`,
  ];
  return lines.map((line) => `${line}~\n`).join('');
}

export function st(type: string, body: readonly string[], control = '0001'): string[] {
  return [`ST*${type}*${control}`, ...body, `SE*${body.length + 2}*${control}`];
}

export function unb(control: string, type: string, body: string): string {
  const segments = body.split(/(?<!\?)'/).filter((segment) => segment !== '');
  return [
    `UNB+UNOC:3+SUPPLIER:ZZ+PLANT:ZZ+261120:0815+${control}`,
    `UNH+1+${type}:D:96A:UN`,
    ...segments,
    `UNT+${segments.length + 2}+1`,
    `UNZ+1+${control}`,
  ]
    .map((line) => `${line}'\n`)
    .join('');
}

const LINE_830 = [
  'LIN*10*BP*MAT-1*PO*4500*PL*10',
  'UIT*EA',
  'SHP*02*500*051*20260101**20261119',
  'ATH*PQ*20261120*500',
];

export const SAMPLES = {
  '830': isa(
    '1',
    st('830', [
      'BFR*05*FC-47*R12*DL*A*20261123*20270228*20261120***4500',
      'N1*ST*Plant*92*P100',
      'N1*SU*Foundry*92*S-101',
      ...LINE_830,
      'FST*100*C*W*20261123',
      'FST*120.5*D*W*20261130',
      'ZZ9*WHAT*IS*THIS',
      'LIN*20*BP*MAT-2',
      'UIT*EA',
      'FST*x*C*W*20261123',
      'CTT*2',
    ]),
    'PS',
  ),
  '862': isa(
    '2',
    st('862', [
      'BSS*05*SH-9*20261120*DL*20261123*20261127****4500*A',
      'N1*ST*Plant*92*P100',
      'LIN*10*BP*MAT-1*PO*4500*PL*10',
      'UIT*EA',
      'FST*40*C*D*20261123',
      'JIT*20*0800',
      'JIT*20*1300',
      'FST*0*C*D*20261124',
    ]),
    'SS',
  ),
  '855': isa(
    '3',
    st('855', [
      'BAK*00*AC*4500*20261119*****20261120',
      'PO1*10*100*EA*9.5**BP*MAT-1',
      'ACK*IQ*60*EA*067*20261201',
      'ACK*IB*40*EA*067*20261215',
      'PO1*20*5*EA***BP*MAT-2',
      'ACK*IR*0*EA',
      'PO1*30*7*EA***BP*MAT-3',
      'ACK*IA*7*EA*067*20261301',
      'CTT*3',
    ]),
    'PR',
  ),
  '865': isa(
    '4',
    st('865', ['BCA*00*AC*4500*1**20261119', 'POC*10*CA*100**EA*9.5**BP*MAT-1', 'ACK*DR*100*EA*067*20261203']),
    'CA',
  ),
  '856': isa(
    '5',
    st('856', [
      'BSN*00*ASN-77*20261120*0800*0001',
      'HL*1**S',
      'DTM*011*20261120',
      'DTM*017*20261122',
      'N1*SF*Foundry*92*S-101',
      'HL*2*1*O',
      'PRF*4500',
      'HL*3*2*P',
      'MAN*GM*00340000000000000017',
      'HL*4*3*I',
      'LIN*10*BP*MAT-1',
      'SN1**60*EA*560',
      'CTT*4',
    ]),
    'SH',
  ),
  '846': isa(
    '6',
    st('846', [
      'BIA*00*SI*INV-3*20261120',
      'N1*WH*Hub*92*S-101-SITE',
      'LIN*1*BP*MAT-1',
      'QTY*17*80*EA',
      'QTY*33*70*EA',
      'QTY*20*2*EA',
    ]),
    'IB',
  ),
  '850': isa('7', st('850', ['BEG*00*SA*4500**20261120', 'PO1*10*100*EA*9.5**BP*MAT-1', 'CTT*1']), 'PO'),
  DELFOR: unb(
    '11',
    'DELFOR',
    `BGM+241+FC-47+5'DTM+137:20261120:102'${EDIFACT_PARTIES}LIN+10++MAT-1:IN'RFF+ON:4500:10'QTY+70:500:PCE'DTM+51:20260101:102'SCC+1++W'QTY+113:100:PCE'DTM+2:20261123:102'SCC+4++W'QTY+113:120,5:PCE'DTM+2:202649:616'UNS+S'`,
  ),
  DELJIT: unb(
    '12',
    'DELJIT',
    `BGM+242+SH-9+5'DTM+137:202611200800:203'${EDIFACT_PARTIES}SEQ++1'LIN+10++MAT-1:IN'RFF+ON:4500:10'QTY+1:40:PCE'SCC+1'DTM+2:202611230800:203'QTY+1:30:PCE'SCC+10'DTM+2:202611231300:203'`,
  ),
  ORDRSP: unb(
    '13',
    'ORDRSP',
    `BGM+231+OR-5+4'DTM+137:20261120:102'RFF+ON:4500'${EDIFACT_PARTIES}LIN+10+3+MAT-1:IN'QTY+21:100:PCE'QTY+113:60:PCE'DTM+67:20261201:102'QTY+83:40:PCE'DTM+67:20261215:102'LIN+20+7+MAT-2:IN'QTY+21:5:PCE'LIN+30+5+MAT?+3?'?:A?? :IN'QTY+21:7:PCE'DTM+2:20261201:102'UNS+S'`,
  ),
  DESADV: unb(
    '14',
    'DESADV',
    `BGM+351+ASN-77+9'DTM+137:20261120:102'DTM+11:20261120:102'DTM+17:20261122:102'${EDIFACT_PARTIES}CPS+1'PAC+1++201'CPS+2+1+1'GIN+BJ+00340000000000000017'LIN+10++MAT-1:IN'QTY+12:60:PCE'QTY+3:560:PCE'RFF+ON:4500:10'`,
  ),
  INVRPT: unb(
    '15',
    'INVRPT',
    `BGM+35+INV-3+9'DTM+366:20261120:102'NAD+WH+S-101-SITE::92'LIN+1++MAT-1:IN'QTY+145:80:PCE'QTY+20:2:PCE'`,
  ),
} as const;

/** One more than there are. */
export function wrongCount(text: string, trailer: 'SE*' | 'UNT+'): string {
  const at = text.indexOf(trailer) + trailer.length;
  const count = /^\d+/.exec(text.slice(at))?.[0] ?? '';
  return text.slice(0, at) + String(Number(count) + 1) + text.slice(at + count.length);
}

/**
 * Text of an interchange. EDIFACT names its character set in UNB (syntax identifier 0001, ISO 9735-1 annex A); X12 does not:
 * UTF-8 where it is that, latin-1 otherwise. So are UNOA and UNOB, parts of ASCII: what is not there is better read than lost.
 */
export function decodeInterchange(bytes: Buffer): string {
  const level = /UNB[^A-Za-z0-9](UNO[A-Z])/.exec(bytes.subarray(0, 400).toString('latin1'))?.[1];
  const named = level === undefined ? undefined : CHARACTER_SETS[level];
  if (named !== undefined) return new TextDecoder(named).decode(bytes);
  try {
    return UTF_8.decode(bytes);
  } catch {
    return LATIN_1.decode(bytes);
  }
}

const CHARACTER_SETS: Readonly<Record<string, string>> = {
  UNOC: 'iso-8859-1',
  UNOD: 'iso-8859-2',
  UNOE: 'iso-8859-5',
  UNOF: 'iso-8859-7',
  UNOG: 'iso-8859-3',
  UNOH: 'iso-8859-4',
  UNOI: 'iso-8859-6',
  UNOJ: 'iso-8859-8',
  UNOK: 'iso-8859-9',
  UNOW: 'utf-8',
  UNOX: 'iso-2022-jp',
  UNOY: 'utf-8',
};

const UTF_8 = new TextDecoder('utf-8', { fatal: true });
const LATIN_1 = new TextDecoder('iso-8859-1');

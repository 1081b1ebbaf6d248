/**
 * An entity as mappings see it: plain JSON without the protocol's own annotations. Numbers that came as text stay text.
 * `/Date(ms)/`, which has no zone, becomes `2026-11-26T00:00:00`, `/Date(ms+0000)/` an instant `2026-11-26T00:00:00.000Z`
 * (https://www.odata.org/documentation/odata-version-2-0/json-format/), `PT07H30M00S` becomes `07:30:00`; `d.results` of an
 * expansion its array; what was not expanded is left out. Throws RangeError if it is nested too deeply.
 */
export function normalise(value: unknown, rules: Rules = NO_RULES, depth = 0): unknown {
  if (depth > MAX_DEPTH) throw new RangeError(`It is nested more than ${MAX_DEPTH} deep.`);
  if (typeof value === 'string') return normaliseText(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => normalise(item, rules, depth + 1));
  const object = value as Readonly<Record<string, unknown>>;
  if (Array.isArray(object.results) && Object.keys(object).every((name) => name === 'results' || name === '__next')) {
    return normalise(object.results, rules, depth + 1);
  }
  const fields = Object.entries(object).filter(([name, content]) => !isAnnotation(name) && !isDeferred(content));
  return Object.fromEntries(fields.map(([name, content]) => [name, normaliseField(name, content, rules, depth)]));
}

export interface Rules {
  readonly flags: ReadonlySet<string>;
  readonly alpha: ReadonlySet<string>;
}

const NO_RULES: Rules = { flags: new Set(), alpha: new Set() };
const MAX_DEPTH = 20;

function normaliseField(name: string, content: unknown, rules: Rules, depth: number): unknown {
  if (rules.flags.has(name)) return readFlag(content);
  if (rules.alpha.has(name) && typeof content === 'string') return withoutLeadingZeros(content);
  return normalise(content, rules, depth + 1);
}

/** ABAP has no booleans: 'X' is true, '' is false. What is neither stays. */
export function readFlag(value: unknown): unknown {
  if (value === 'X' || value === 'x') return true;
  if (value === '' || value === ' ') return false;
  return value;
}

/** SAP's conversion exit ALPHA, outwards: only what is all digits has its leading zeros taken. */
export function withoutLeadingZeros(text: string): string {
  return /^\d+$/.test(text) ? text.replace(/^0+(?=\d)/, '') : text;
}

function normaliseText(text: string): string {
  if (text.startsWith('/Date(')) return readDate(text) ?? text;
  const [, hours = '', minutes = '', seconds = ''] = TIME.exec(text) ?? [];
  return hours === '' ? text : [hours, minutes, seconds].map((part) => part.padStart(2, '0')).join(':');
}

const TIME = /^PT(\d{1,2})H(\d{1,2})M(\d{1,2})S$/;

function readDate(text: string): string | undefined {
  const [, ms, offset] = /^\/Date\((-?\d{1,16})([+-]\d{1,4})?\)\/$/.exec(text) ?? [];
  const date = new Date(Number(ms));
  if (ms === undefined || Number.isNaN(date.getTime())) return undefined;
  const iso = date.toISOString();
  return offset === undefined ? iso.replace(/(\.000)?Z$/, '') : iso;
}

/** `__metadata`, `@odata.etag`, `Name@odata.type`; a removed entry is told apart before. */
function isAnnotation(name: string): boolean {
  return name.startsWith('__') || name.includes('@');
}

function isDeferred(content: unknown): boolean {
  return typeof content === 'object' && content !== null && '__deferred' in content;
}

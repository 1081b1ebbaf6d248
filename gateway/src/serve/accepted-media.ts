/** What a client accepts of what the gateway can answer with. */
export interface AcceptedMedia {
  /** The media type of an answer that is one JSON text; undefined if the client takes none. */
  readonly single: SingleMediaType | undefined;
  /** Whether even one answer is wanted as a stream of events. */
  readonly prefersEvents: boolean;
  /** How subscriptions are delivered; undefined if the client takes none of the ways. */
  readonly stream: 'events' | 'parts' | undefined;
  /** Whether `@defer` is delivered in parts. */
  readonly deferredParts: boolean;
}

export type SingleMediaType = 'application/json' | 'application/graphql-response+json';

export const eventStreamType = 'text/event-stream';

/** Reads an Accept header, weights included; undefined if nothing that the gateway offers is accepted. */
export function acceptedMedia(accept: string | undefined): AcceptedMedia | undefined {
  if (accept === undefined || accept === '*/*') return anything;
  let accepted = known.get(accept);
  if (!accepted) {
    accepted = negotiate(accept);
    if (known.size >= maxKnown) known.clear();
    if (accept.length <= maxKnownCharacters) known.set(accept, accepted);
  }
  return accepted === nothing ? undefined : accepted;
}

const anything: AcceptedMedia = {
  single: 'application/json',
  prefersEvents: false,
  stream: undefined,
  deferredParts: false,
};
const nothing: AcceptedMedia = { single: undefined, prefersEvents: false, stream: undefined, deferredParts: false };

/** Clients send few different headers; this saves reading them again. */
const known = new Map<string, AcceptedMedia>();
const maxKnown = 100;
const maxKnownCharacters = 300;

function negotiate(accept: string): AcceptedMedia {
  const ranges = (accept.match(/(?:[^,"]|"[^"]*")+/g) ?? []).map(mediaRange);
  const json = preferenceOf(ranges, 'application/json');
  const response = preferenceOf(ranges, 'application/graphql-response+json');
  const isResponse = isBetter(response, json);
  const best = isResponse ? response : json;
  const events = explicit(ranges, eventStreamType);
  const subscriptionParts = explicit(ranges, 'multipart/mixed', 'subscriptionspec', '1.0');
  const deferredParts = explicit(ranges, 'multipart/mixed', 'deferspec', '20220824').weight > 0;
  const stream = isBetter(subscriptionParts, events) ? 'parts' : events.weight > 0 ? 'events' : undefined;
  if (best.weight === 0 && !stream && !deferredParts) return nothing;
  return {
    single: best.weight === 0 ? undefined : isResponse ? 'application/graphql-response+json' : 'application/json',
    prefersEvents: events.weight > best.weight,
    stream,
    deferredParts,
  };
}

function mediaRange(text: string, position: number): MediaRange {
  const [type = '', ...parameters] = text.split(';').map((part) => part.trim());
  const values = new Map<string, string>();
  for (const parameter of parameters) {
    const [name = '', value = ''] = parameter.split('=', 2);
    values.set(name.trim().toLowerCase(), value.trim().replace(/^"(.*)"$/, '$1'));
  }
  const weight = Number(values.get('q') ?? 1);
  const isReadable = (values.get('charset') ?? 'utf-8').toLowerCase() === 'utf-8';
  return {
    type: type.toLowerCase(),
    parameters: values,
    weight: isReadable && weight > 0 && weight <= 1 ? weight : 0,
    position,
  };
}

/** The most specific range that covers a media type decides. */
function preferenceOf(ranges: readonly MediaRange[], type: string): Preference {
  const [main = ''] = type.split('/', 1);
  for (const candidate of [type, `${main}/*`, '*/*']) {
    const range = ranges.find((each) => each.type === candidate);
    if (range) return range;
  }
  return none;
}

function explicit(ranges: readonly MediaRange[], type: string, parameter?: string, value?: string): Preference {
  const matches = (range: MediaRange) =>
    range.type === type && (parameter === undefined || range.parameters.get(parameter) === value);
  return ranges.find(matches) ?? none;
}

function isBetter(one: Preference, other: Preference): boolean {
  return one.weight > other.weight || (one.weight > 0 && one.weight === other.weight && one.position < other.position);
}

const none: Preference = { weight: 0, position: Infinity };

interface Preference {
  readonly weight: number;
  readonly position: number;
}

interface MediaRange extends Preference {
  readonly type: string;
  readonly parameters: ReadonlyMap<string, string>;
}

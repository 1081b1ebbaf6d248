import { maxPatternLength } from './json-patterns.ts';
import { isHole } from './object-plan.ts';
import type { EntityPlan, FieldPlan, Hole, Join, ObjectPlan, ValuePlan } from './object-plan.ts';

/** Stands for every array that stays empty: there are many records. */
const none: never[] = [];

/** A part of a response: text, or what an entity fetch gives for an object, written as the object and then its hole. */
export type Piece = string | ObjectRecord | Hole;

/** What is kept of an object for representations and for what entity fetches add to it. */
export class ObjectRecord {
  /** JSON text of values that representations take. */
  readonly texts: string[];
  /** Objects that representations take: a record, null, or lists of them. */
  readonly nested: Nested[];
  /** What the entity fetches of the object's joins give; null where the entity cannot be asked for. */
  readonly entities: (EntityRecord | null)[];
  /** What the joins send, as far as it is worked out and more than one sends it. */
  representations: (string | undefined)[] = none;

  constructor({ captures, nests, joins }: Pick<ObjectPlan, 'captures' | 'nests'> & Partial<Pick<ObjectPlan, 'joins'>>) {
    this.texts = captures > 0 ? new Array<string>(captures) : none;
    this.nested = nests > 0 ? new Array<Nested>(nests) : none;
    this.entities = joins && joins.length > 0 ? new Array<EntityRecord | null>(joins.length).fill(null) : none;
  }
}

export type Nested = ObjectRecord | null | readonly Nested[];

/** What a fetch gives for one entity. */
export class EntityRecord {
  /** Undefined until the answer is there, and for an entity that does not exist. */
  found: ObjectRecord | undefined;
  readonly runs: (string | Piece[])[] = [];

  constructor(
    readonly typeName: string,
    /** Of no other entity of the run. */
    readonly number: number,
  ) {}
}

/** The text is not what was asked for: a value that the schema does not allow, another order, white space, garbage. */
export const unrecognised = new Error('unrecognised');

/** Reads one JSON text from front to back, checking it and cutting it into pieces of the client's response. */
export class Scan {
  at = 0;
  /** Where text begins that is not in a piece yet. */
  from = 0;
  pieces: Piece[] = [];

  constructor(
    readonly text: string,
    /** Hears of each object that entity fetches start from. */
    readonly onJoin: (record: ObjectRecord, slot: number, join: Join) => void,
  ) {}

  /** Puts what has been read so far into a piece. */
  cut(): void {
    if (this.at > this.from) this.pieces.push(this.text.slice(this.from, this.at));
    this.from = this.at;
  }

  expectText(text: string): void {
    if (!this.text.startsWith(text, this.at)) throw unrecognised;
    this.at += text.length;
  }

  expectEnd(): void {
    if (this.at !== this.text.length) throw unrecognised;
  }

  expect(code: number): void {
    if (this.text.charCodeAt(this.at) !== code) throw unrecognised;
    this.at++;
  }

  /** Reads `null` if it is there. */
  isNull(): boolean {
    if (this.text.charCodeAt(this.at) !== letterN) return false;
    if (!this.text.startsWith('null', this.at)) throw unrecognised;
    this.at += 4;
    return true;
  }
}

export type EntityScanner = (scan: Scan, entity: EntityRecord) => void;

/** Makes the function that reads an entity. The cost is paid once for an operation, so everything is decided here. */
export function entityScanner(plan: EntityPlan, typeKey: string): EntityScanner {
  const makeRecord = plan.captures > 0 || plan.nests > 0;
  const hidden = hiddenStep(plan.hidden, typeKey, plan.runs.length > 0);
  const runs = plan.runs.map((run, index) => fieldsStep(run, typeKey, index > 0 || plan.hidden.length > 0));
  return (scan, entity) => {
    const record = makeRecord ? new ObjectRecord(plan) : empty;
    scan.expect(openBrace);
    scan.from = scan.at;
    hidden?.(scan, record);
    const { pieces } = scan;
    for (let index = 0; index < runs.length; index++) {
      const step = runs[index] as RunStep;
      scan.pieces = [];
      step(scan, record, true);
      scan.cut();
      entity.runs.push(scan.pieces.length === 1 ? (scan.pieces[0] as string) : scan.pieces);
    }
    scan.pieces = pieces;
    scan.expect(closeBrace);
    scan.from = scan.at;
    entity.found = record;
  };
}

type Step = (scan: Scan, record: ObjectRecord) => void;
/** `fresh`: what is read begins a piece, without the comma that may stand before it. */
type RunStep = (scan: Scan, record: ObjectRecord, fresh: boolean) => void;
type ValueScanner = (scan: Scan) => Nested;

const openBrace = 123;
const closeBrace = 125;
const openBracket = 91;
const closeBracket = 93;
const comma = 44;
const letterN = 110;
const empty = new ObjectRecord({ captures: 0, nests: 0 });
const nothing: Nested[] = [];

/** Reads the fields of an object behind its opening brace, and the closing one. */
function objectScanner(plan: ObjectPlan, typeKey: string, isDiscriminated: boolean): (scan: Scan) => ObjectRecord {
  const { hidden, parts, joins } = plan;
  const makeRecord = plan.captures > 0 || plan.nests > 0 || joins.length > 0;
  const own = parts.some((part) => !isHole(part));
  const steps: Step[] = [];
  const skipsAny = hidden.length > 0 || isDiscriminated;
  const readHidden = hiddenStep(hidden, typeKey, own, isDiscriminated);
  if (readHidden) steps.push(readHidden);

  let isFirstInText = !skipsAny;
  let isFirstInOutput = true;
  let run: FieldPlan[] = [];
  const endRun = () => {
    if (run.length === 0) return;
    const read = fieldsStep(run, typeKey, !isFirstInText);
    const fresh = isFirstInOutput && !isFirstInText;
    const needsComma = !isFirstInOutput && isFirstInText;
    steps.push((scan, record) => {
      if (needsComma) scan.pieces.push(',');
      read(scan, record, fresh);
    });
    isFirstInText = false;
    isFirstInOutput = false;
    run = [];
  };
  for (const part of parts) {
    if (!isHole(part)) {
      run.push(part);
      continue;
    }
    endRun();
    const needsComma = !isFirstInOutput;
    steps.push((scan, record) => {
      scan.cut();
      if (needsComma) scan.pieces.push(',');
      scan.pieces.push(record, part);
    });
    isFirstInOutput = false;
  }
  endRun();

  return (scan) => {
    const record = makeRecord ? new ObjectRecord(plan) : empty;
    for (let index = 0; index < steps.length; index++) (steps[index] as Step)(scan, record);
    scan.expect(closeBrace);
    for (let slot = 0; slot < joins.length; slot++) scan.onJoin(record, slot, joins[slot] as Join);
    return record;
  };
}

/** Reads what the client does not see and leaves it out. The opening brace (and the type) is read already. */
function hiddenStep(
  hidden: readonly FieldPlan[],
  typeKey: string,
  isFollowed: boolean,
  hasCommaBefore = false,
): Step | undefined {
  if (hidden.length === 0 && !hasCommaBefore) return undefined;
  const read = fieldsStep(hidden, typeKey, hasCommaBefore);
  return (scan, record) => {
    // The type is left out with the rest: the piece ended at the brace already.
    if (!hasCommaBefore) scan.cut();
    const { pieces } = scan;
    scan.pieces = ignored;
    if (hidden.length > 0) read(scan, record, false);
    scan.pieces = pieces;
    ignored.length = 0;
    scan.from = scan.at;
    if (isFollowed && scan.text.charCodeAt(scan.at) !== comma) throw unrecognised;
  };
}

/** Where pieces go that nobody wants. */
const ignored: Piece[] = [];

/** Reads fields that follow each other in the text. */
function fieldsStep(fields: readonly FieldPlan[], typeKey: string, hasCommaBefore: boolean): RunStep {
  const steps: Step[] = [];
  let source = hasCommaBefore ? ',' : '';
  let captures: number[] = [];
  const endFlat = () => {
    if (source !== '') steps.push(flatStep(source, captures));
    source = '';
    captures = [];
  };
  fields.forEach((field, index) => {
    const { responseName, value, capture, nest } = field;
    source += `${index > 0 ? ',' : ''}"${responseName}":`;
    if (value.kind === 'flat') {
      source += capture === undefined ? value.pattern : `(${value.pattern})`;
      if (capture !== undefined) captures.push(capture);
      if (source.length > maxPatternLength) endFlat();
      return;
    }
    endFlat();
    const read = valueScanner(value, typeKey, nest !== undefined);
    steps.push(
      nest === undefined
        ? (scan) => void read(scan)
        : (scan, record) => {
            record.nested[nest] = read(scan);
          },
    );
  });
  endFlat();
  const [only] = steps;
  const readAll: Step =
    steps.length === 1 && only
      ? only
      : (scan, record) => {
          for (let index = 0; index < steps.length; index++) (steps[index] as Step)(scan, record);
        };
  if (!hasCommaBefore) {
    return (scan, record, fresh) => {
      if (fresh) scan.from = scan.at;
      readAll(scan, record);
    };
  }
  return (scan, record, fresh) => {
    scan.from = fresh ? scan.at + 1 : scan.from;
    readAll(scan, record);
  };
}

function flatStep(source: string, captures: readonly number[]): Step {
  const pattern = new RegExp(source, 'y');
  if (captures.length === 0) {
    return (scan) => {
      pattern.lastIndex = scan.at;
      if (!pattern.test(scan.text)) throw unrecognised;
      scan.at = pattern.lastIndex;
    };
  }
  return (scan, record) => {
    pattern.lastIndex = scan.at;
    const match = pattern.exec(scan.text);
    if (!match) throw unrecognised;
    for (let index = 0; index < captures.length; index++) {
      record.texts[captures[index] as number] = match[index + 1] as string;
    }
    scan.at = pattern.lastIndex;
  };
}

/** `keeps`: the objects within are needed for representations. */
function valueScanner(value: ValuePlan, typeKey: string, keeps: boolean): ValueScanner {
  if (value.kind === 'flat') {
    const read = flatStep(value.pattern, []);
    return (scan) => {
      read(scan, empty);
      return null;
    };
  }
  if (value.kind === 'enum') return enumScanner(value);
  const read =
    value.kind === 'list' ? listScanner(valueScanner(value.of, typeKey, keeps), keeps) : objectsScanner(value, typeKey);
  if (!value.nullable) return read;
  return (scan) => (scan.isNull() ? null : read(scan));
}

/** Reads a value of an enum and puts the one that is shown in its place. */
function enumScanner({ shown, nullable }: ValuePlan & { kind: 'enum' }): ValueScanner {
  const pattern = /"(\w+)"/y;
  return (scan) => {
    if (nullable && scan.isNull()) return null;
    pattern.lastIndex = scan.at;
    const given = pattern.exec(scan.text)?.[1];
    const value = given === undefined ? undefined : shown.get(given);
    if (value === undefined) throw unrecognised;
    if (value !== given) {
      scan.cut();
      scan.pieces.push(`"${value}"`);
      scan.from = pattern.lastIndex;
    }
    scan.at = pattern.lastIndex;
    return null;
  };
}

function listScanner(readElement: ValueScanner, keeps: boolean): ValueScanner {
  return (scan) => {
    const elements: Nested[] = keeps ? [] : nothing;
    scan.expect(openBracket);
    if (scan.text.charCodeAt(scan.at) === closeBracket) {
      scan.at++;
      return elements;
    }
    for (;;) {
      const element = readElement(scan);
      if (keeps) elements.push(element);
      const code = scan.text.charCodeAt(scan.at);
      scan.at++;
      if (code === closeBracket) return elements;
      if (code !== comma) throw unrecognised;
    }
  };
}

function objectsScanner({ byType, discriminated }: ValuePlan & { kind: 'object' }, typeKey: string): ValueScanner {
  const [plan] = byType.values();
  if (!discriminated && plan) {
    const read = objectScanner(plan, typeKey, false);
    return (scan) => {
      scan.expect(openBrace);
      return read(scan);
    };
  }
  const scanners = new Map([...byType].map(([name, each]) => [name, objectScanner(each, typeKey, true)]));
  const type = new RegExp(`"${typeKey}":"(\\w+)"`, 'y');
  return (scan) => {
    scan.expect(openBrace);
    scan.cut();
    type.lastIndex = scan.at;
    const name = type.exec(scan.text)?.[1];
    const read = name === undefined ? undefined : scanners.get(name);
    if (!read) throw unrecognised;
    scan.at = type.lastIndex;
    return read(scan);
  };
}

import {
  amount,
  code,
  dateTime,
  flag,
  integer,
  number,
  oneOf,
  reference,
  seconds,
  text,
  timeOfDay,
  unit,
} from './field-types.ts';
import type { FieldType } from './field-types.ts';

type Fields = Readonly<Record<string, FieldType<unknown>>>;

interface ModelDefinition<Held extends Fields = Fields, Required extends string = string> {
  /** Fields that together name a record (frePPLe's own uniqueness constraints); a single one may stand in `pk` instead. */
  readonly key: readonly string[];
  readonly required: readonly Required[];
  /** Fields that have a place in the graph. */
  readonly fields: Held;
  /** Fields that are checked and have no place in the graph. */
  readonly unheld?: Fields;
  /** Values of fields without a place that say nothing, because frePPLe would assume them anyway. */
  readonly defaults?: Readonly<Record<string, readonly string[]>>;
  /** Pairs of fields of which the second may not come before the first. */
  readonly ordered?: readonly (readonly [string, string])[];
}

function model<Held extends Fields, const Required extends keyof Held & string = never>(
  definition: ModelDefinition<Held, Required>,
): ModelDefinition<Held, Required> {
  return definition;
}

const named = { name: code, description: text, category: text, subcategory: text };
const effective = { effective_start: dateTime, effective_end: dateTime };
const withinEffect = ['effective_start', 'effective_end'] as const;
/** frePPLe's own numbering: a surrogate key, and the nested set that it computes from `owner`. */
export const INTERNAL_FIELDS: ReadonlySet<string> = new Set(['id', 'lft', 'rght', 'lvl']);

/**
 * frePPLe's models that the graph has a place for, with the fields that the connector understands
 * (https://frepple.com/docs/current/model-reference). A field `x` may be written `x_id`.
 */
const MODELS = {
  'input.location': model({
    key: ['name'],
    required: ['name'],
    fields: {
      name: code,
      description: text,
      available: reference('input.calendar'),
      owner: reference('input.location'),
    },
  }),
  'input.calendar': model({ key: ['name'], required: ['name'], fields: { name: code, defaultvalue: amount } }),
  'input.calendarbucket': model({
    key: ['calendar', 'startdate', 'enddate', 'priority'],
    required: ['calendar'],
    fields: {
      calendar: reference('input.calendar'),
      startdate: dateTime,
      enddate: dateTime,
      value: amount,
      priority: integer,
      monday: flag,
      tuesday: flag,
      wednesday: flag,
      thursday: flag,
      friday: flag,
      saturday: flag,
      sunday: flag,
      starttime: timeOfDay,
      endtime: timeOfDay,
    },
    ordered: [
      ['startdate', 'enddate'],
      ['starttime', 'endtime'],
    ],
  }),
  'input.customer': model({
    key: ['name'],
    required: ['name'],
    fields: { name: code, owner: reference('input.customer') },
  }),
  'input.item': model({
    key: ['name'],
    required: ['name'],
    fields: { ...named, owner: reference('input.item'), cost: number, weight: number, volume: number, uom: unit },
  }),
  'input.operation': model({
    key: ['name'],
    required: ['name'],
    fields: {
      name: code,
      category: text,
      subcategory: text,
      type: oneOf('fixed_time', 'time_per', 'routing', 'alternate', 'split'),
      item: reference('input.item'),
      location: reference('input.location'),
      owner: reference('input.operation'),
      priority: integer,
      sizeminimum: amount,
      sizemultiple: amount,
      sizemaximum: amount,
      duration: seconds,
      duration_per: seconds,
    },
    unheld: { ...effective, fence: seconds, posttime: seconds, cost: number, available: reference('input.calendar') },
    ordered: [withinEffect],
  }),
  'input.operationmaterial': model({
    key: ['operation', 'item', 'location', 'effective_start'],
    required: ['operation', 'item'],
    fields: {
      ...effective,
      operation: reference('input.operation'),
      item: reference('input.item'),
      location: reference('input.location'),
      quantity: number,
      quantity_fixed: number,
      type: oneOf('start', 'end', 'transfer_batch', 'fixed_start', 'fixed_end'),
      name: code,
      priority: integer,
    },
    unheld: { transferbatch: amount },
    defaults: { search: ['PRIORITY'] },
    ordered: [withinEffect],
  }),
  'input.operationresource': model({
    key: ['operation', 'resource', 'effective_start'],
    required: ['operation', 'resource'],
    fields: {
      operation: reference('input.operation'),
      resource: reference('input.resource'),
      skill: reference('input.skill'),
      quantity: amount,
      priority: integer,
    },
    unheld: { ...effective, quantity_fixed: amount },
    defaults: { search: ['PRIORITY'] },
    ordered: [withinEffect],
  }),
  'input.buffer': model({
    key: ['item', 'location', 'batch'],
    required: ['item', 'location'],
    fields: {
      item: reference('input.item'),
      location: reference('input.location'),
      batch: code,
      onhand: amount,
      minimum: amount,
    },
    unheld: { minimum_calendar: reference('input.calendar'), min_interval: seconds },
  }),
  'input.resource': model({
    key: ['name'],
    required: ['name'],
    fields: {
      ...named,
      location: reference('input.location'),
      owner: reference('input.resource'),
      maximum: amount,
      maximum_calendar: reference('input.calendar'),
      available: reference('input.calendar'),
      efficiency: amount,
      constrained: flag,
    },
    unheld: { maxearly: seconds, cost: number, efficiency_calendar: reference('input.calendar') },
  }),
  'input.skill': model({ key: ['name'], required: ['name'], fields: { name: code } }),
  'input.resourceskill': model({
    key: ['resource', 'skill'],
    required: ['resource', 'skill'],
    fields: { resource: reference('input.resource'), skill: reference('input.skill'), priority: integer },
    unheld: effective,
    ordered: [withinEffect],
  }),
  'input.supplier': model({
    key: ['name'],
    required: ['name'],
    fields: { name: code, description: text },
    unheld: { owner: reference('input.supplier'), available: reference('input.calendar') },
  }),
  'input.itemsupplier': model({
    key: ['item', 'location', 'supplier', 'effective_start'],
    required: ['item', 'supplier'],
    fields: {
      item: reference('input.item'),
      location: reference('input.location'),
      supplier: reference('input.supplier'),
      leadtime: seconds,
      sizeminimum: amount,
      sizemultiple: amount,
      cost: number,
      priority: integer,
    },
    unheld: {
      ...effective,
      sizemaximum: amount,
      fence: seconds,
      resource: reference('input.resource'),
      resource_qty: amount,
    },
    defaults: { resource_qty: ['1'] },
    ordered: [withinEffect],
  }),
  'input.itemdistribution': model({
    key: ['item', 'location', 'origin', 'effective_start'],
    required: ['item', 'origin'],
    fields: {
      item: reference('input.item'),
      location: reference('input.location'),
      origin: reference('input.location'),
      leadtime: seconds,
      sizeminimum: amount,
      sizemultiple: amount,
      priority: integer,
    },
    unheld: {
      ...effective,
      sizemaximum: amount,
      cost: number,
      fence: seconds,
      resource: reference('input.resource'),
      resource_qty: amount,
    },
    defaults: { resource_qty: ['1'] },
    ordered: [withinEffect],
  }),
  'input.demand': model({
    key: ['name'],
    required: ['name', 'item', 'due', 'quantity'],
    fields: {
      name: code,
      item: reference('input.item'),
      location: reference('input.location'),
      customer: reference('input.customer'),
      operation: reference('input.operation'),
      due: dateTime,
      quantity: amount,
      priority: integer,
      status: oneOf('inquiry', 'quote', 'open', 'closed', 'canceled'),
      minshipment: amount,
    },
    unheld: { maxlateness: seconds, owner: reference('input.demand') },
  }),
  'input.operationplan': model({
    key: ['reference'],
    required: ['reference', 'quantity'],
    fields: {
      reference: code,
      type: oneOf('MO', 'PO', 'DO', 'STCK', 'DLVR'),
      status: oneOf('proposed', 'approved', 'confirmed', 'completed', 'closed'),
      quantity: amount,
      quantity_completed: amount,
      startdate: dateTime,
      enddate: dateTime,
      operation: reference('input.operation'),
      item: reference('input.item'),
      location: reference('input.location'),
      origin: reference('input.location'),
      destination: reference('input.location'),
      supplier: reference('input.supplier'),
      owner: reference('input.operationplan'),
    },
    ordered: [['startdate', 'enddate']],
  }),
  'forecast.forecast': model({
    key: ['item', 'location', 'customer'],
    required: ['item', 'location'],
    fields: {
      name: code,
      item: reference('input.item'),
      location: reference('input.location'),
      customer: reference('input.customer'),
      method: text,
      priority: integer,
      discrete: flag,
      planned: flag,
    },
  }),
} as const;

export type ModelName = keyof typeof MODELS;

type DefinitionOf<Name extends ModelName> = (typeof MODELS)[Name];
type HeldOf<Name extends ModelName> = DefinitionOf<Name>['fields'];
type ValueOf<Field> = Field extends FieldType<infer Value> ? Value : never;

/** The held fields of a record, read; an absent field is not there. */
export type Values<Name extends ModelName> = {
  readonly [Field in keyof HeldOf<Name>]?: ValueOf<HeldOf<Name>[Field]>;
} & {
  readonly [Field in DefinitionOf<Name>['required'][number] & keyof HeldOf<Name>]: ValueOf<HeldOf<Name>[Field]>;
};

export function isModelName(name: string): name is ModelName {
  return Object.hasOwn(MODELS, name);
}

/** The definition without its exact types, for code that treats every model alike. */
export function definitionOf(name: ModelName): ModelDefinition {
  return MODELS[name];
}

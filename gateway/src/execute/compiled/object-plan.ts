import type { FieldNode, SelectionNode } from 'graphql';

/**
 * What is fetched of an object, and how the client's response is made of it. Every fetch is asked for its fields in
 * this order: what only the gateway needs first, then what the client sees, in the client's order and by its names.
 */
export interface ObjectPlan {
  readonly typeName: string;
  readonly hidden: readonly FieldPlan[];
  /** What the client sees: fields that come with the object, and holes for what entity fetches add to it. */
  readonly parts: readonly (FieldPlan | Hole)[];
  readonly joins: readonly Join[];
  readonly captures: number;
  readonly nests: number;
}

/** What an entity fetch (or a fetch of root fields) gives for an object of one type. */
export interface EntityPlan {
  readonly typeName: string;
  readonly hidden: readonly FieldPlan[];
  /** Fields that follow each other in the client's response, without another source's between them. */
  readonly runs: readonly (readonly FieldPlan[])[];
  readonly captures: number;
  readonly nests: number;
}

export interface FieldPlan {
  readonly responseName: string;
  /** The field with its arguments; what is selected below it is in `value`. */
  readonly node: FieldNode;
  readonly value: ValuePlan;
  /** Where the JSON text of the value is kept for representations. */
  capture: number | undefined;
  /** Where the objects of the value are kept for representations. */
  nest: number | undefined;
}

export type ValuePlan =
  /** Recognised by a regular expression as a whole. */
  | { readonly kind: 'flat'; readonly pattern: string; readonly selections?: readonly SelectionNode[] }
  /** By the value of the graph, which one is shown; no other is recognised. */
  | { readonly kind: 'enum'; readonly nullable: boolean; readonly shown: ReadonlyMap<string, string> }
  | { readonly kind: 'list'; readonly nullable: boolean; readonly of: ValuePlan }
  | {
      readonly kind: 'object';
      readonly nullable: boolean;
      readonly byType: ReadonlyMap<string, ObjectPlan>;
      /** Whether the object tells its type, under the operation's `typeKey`. */
      readonly discriminated: boolean;
    };

/** A place in an object for a run of what an entity fetch gives. */
export interface Hole {
  /** Index in the object's joins. */
  readonly slot: number;
  readonly run: number;
  /** What stands there for an entity that does not exist; undefined if a field of the run may not be null. */
  readonly absent: string | undefined;
}

/** An entity fetch that starts from an object. */
export interface Join {
  readonly fetch: number;
  readonly typeName: string;
  readonly representation: readonly Need[];
  /** The slot of the first join of the object that sends the same; undefined for what no other sends. */
  readonly sendsAs: number | undefined;
}

/** A value that a representation holds, and where it is found: in the object itself (`slot` -1) or what a join gave. */
export type Need =
  | { readonly kind: 'typename'; readonly name: string; readonly typeName: string }
  | {
      readonly kind: 'text';
      readonly name: string;
      /** The fetch that gives it. */
      readonly fetch: number;
      readonly slot: number;
      readonly capture: number;
      readonly responseName: string;
    }
  | {
      readonly kind: 'objects';
      readonly name: string;
      readonly fetch: number;
      readonly slot: number;
      readonly nest: number;
      readonly responseName: string;
      /** The type of the objects. */
      readonly typeName: string;
      readonly fields: readonly Need[];
    };

export function isHole(part: FieldPlan | Hole): part is Hole {
  return 'slot' in part;
}

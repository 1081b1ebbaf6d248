import { REFERENCE_KINDS } from '@takt/mapping';
import {
  CommandRefused,
  connectionOf,
  enumOf,
  Provenance,
  RevisionConflict,
  FILTER,
  PROVENANCE,
  REVISION,
} from '@takt/subgraph-server';
import { createUnionType, Field, InputType, Int, ObjectType } from 'type-graphql';

const ReferenceKind = enumOf('ReferenceKind', REFERENCE_KINDS, 'What a cross-reference is about.', {
  PRODUCT: 'Canonical id: the sku.',
  LOCATION: 'Canonical id: the code of the location.',
  WORK_CENTER: 'Canonical id: the code of the work center.',
  SUPPLIER: 'Canonical id: the id of the supplier.',
  CUSTOMER: 'Canonical id: the id of the customer.',
});

@ObjectType({ simpleResolvers: true, description: 'How an instance of a backing system calls what we call otherwise.' })
export class CrossReference {
  @Field(() => String, { description: '`erp` of `erp/P100`.' })
  system!: string;

  @Field(() => String, { description: '`P100` of `erp/P100`.' })
  instance!: string;

  @Field(() => ReferenceKind)
  kind!: keyof typeof ReferenceKind;

  @Field(() => String, { description: 'As the system calls it.' })
  id!: string;

  @Field(() => String, { nullable: true, description: 'As we call it; null once it was withdrawn.' })
  canonicalId?: string;

  @Field(() => Int, { description: REVISION })
  revision!: number;

  @Field(() => Provenance, { description: PROVENANCE })
  provenance!: Provenance;
}

export const CrossReferenceConnection = connectionOf(CrossReference);

@InputType({ description: FILTER })
export class CrossReferenceFilter {
  @Field(() => [String], { nullable: true })
  system?: string[] | null;

  @Field(() => [String], { nullable: true })
  instance?: string[] | null;

  @Field(() => [ReferenceKind], { nullable: true })
  kind?: (keyof typeof ReferenceKind)[] | null;

  @Field(() => [String], { nullable: true, description: 'As systems call it.' })
  id?: string[] | null;

  @Field(() => [String], { nullable: true, description: 'As we call it.' })
  canonicalId?: string[] | null;
}

@InputType({ description: 'What a system calls so is no longer known as anything of ours.' })
export class WithdrawCrossReferenceInput {
  @Field(() => String, { description: 'Kind of backing system, e.g. `erp`.' })
  system!: string;

  @Field(() => String, { description: 'Which one of them, e.g. `P100`.' })
  instance!: string;

  @Field(() => ReferenceKind)
  kind!: keyof typeof ReferenceKind;

  @Field(() => String, { description: 'As the system calls it.' })
  id!: string;
}

@InputType({ description: 'What a system calls so is this of ours; it stands until a source reports another.' })
export class SetCrossReferenceInput extends WithdrawCrossReferenceInput {
  @Field(() => String, { description: 'As we call it.' })
  canonicalId!: string;
}

@ObjectType({
  simpleResolvers: true,
  description: 'The cross-reference was told or withdrawn as asked, and is this now.',
})
export class CrossReferenceAccepted {
  @Field(() => CrossReference, { nullable: true, description: 'Null if one was withdrawn that nobody had told.' })
  crossReference!: CrossReference | null;
}

export const CrossReferenceResult = createUnionType({
  name: 'CrossReferenceResult',
  description: 'What became of a command on a cross-reference.',
  types: () => [CrossReferenceAccepted, CommandRefused, RevisionConflict] as const,
  resolveType: (value) => value.constructor.name,
});

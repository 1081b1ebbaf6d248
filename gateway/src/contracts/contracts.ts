import type { GraphQLSchema } from 'graphql';
import type { Contract, ContractName } from './contract.ts';
import type { ContractList } from './contract-list.ts';
import { deriveSchema } from './derive-contract.ts';
import { epochOf } from './graph-source.ts';
import type { GraphSource } from './graph-source.ts';
import type { Lifecycle } from './lifecycle.ts';

/** The contracts of a supergraph that carries a list of them. */
export interface Contracts {
  readonly list: ContractList;
  /** By coordinate, as `@lifecycle` says of elements of the graph. */
  readonly lives: ReadonlyMap<string, Lifecycle>;
  /**
   * Undefined if there is none of that name; whether it is past its sunset is not looked at. Derived when it is first
   * asked for, and then the same object. Contracts that show the same have the same schema object. Throws Error where
   * nothing valid can be derived.
   */
  get(name: ContractName): Contract | undefined;
  /** Every release and `next`, the oldest first: of the whole graph, then of each audience. */
  names(): readonly ContractName[];
}

export function createContracts(list: ContractList, source: GraphSource): Contracts {
  const contracts = new Map<string, Contract>();
  const schemas = new Map<string, GraphQLSchema>();

  const schemaOf = (version: string, audienceName: string | undefined): GraphQLSchema => {
    const audience = audienceName === undefined ? undefined : list.audiences[audienceName];
    const key = JSON.stringify([epochOf(source, version), audience?.include, audience?.exclude]);
    let schema = schemas.get(key);
    if (!schema) schemas.set(key, (schema = deriveSchema(source, version, audience)));
    return schema;
  };

  const derive = (name: ContractName): Contract | undefined => {
    const { version, audience } = name;
    const release = list.releases.find((each) => each.version === version);
    if (!release && version !== 'next') return undefined;
    if (audience !== undefined && !Object.hasOwn(list.audiences, audience)) return undefined;
    const schema = schemaOf(release?.version ?? list.next, audience);
    return { name, label: contractLabel(name), schema, release };
  };

  return {
    list,
    lives: source.lives,
    get(name) {
      const label = contractLabel(name);
      let contract = contracts.get(label);
      if (!contract && (contract = derive(name))) contracts.set(label, contract);
      return contract;
    },
    names() {
      const versions = [...list.releases.map(({ version }) => version), 'next'];
      return [undefined, ...Object.keys(list.audiences)].flatMap((audience) =>
        versions.map((version) => (audience === undefined ? { version } : { version, audience })),
      );
    },
  };
}

/** As in `Takt-Contract`. */
export function contractLabel({ version, audience }: ContractName): string {
  return audience === undefined ? version : `${audience}/${version}`;
}

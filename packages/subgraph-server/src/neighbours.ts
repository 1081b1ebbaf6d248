import type { Intake } from '@takt/intake';
import { NO_CROSS_REFERENCES, type CrossReferences } from '@takt/mapping';

/** What a domain may reach of the others: never their documents. */
export interface Neighbours {
  /** The way into another domain. */
  intake(domain: string): Intake;
  /** How backing systems call what we call otherwise: kept by the products. */
  readonly crossReferences: CrossReferences;
}

/** A domain on its own. */
export const NO_NEIGHBOURS: Neighbours = {
  intake(domain) {
    throw new Error(`The domain ${domain} cannot be reached from here.`);
  },
  crossReferences: NO_CROSS_REFERENCES,
};

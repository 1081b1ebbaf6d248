import { readInstances, SettingError, type BackingSystem } from '@takt/backing-system';
import { loadMapping, MappingFileError, type Mapping } from '@takt/mapping';
import { CANONICAL_TYPES } from './canonical-types.ts';
import { CONNECTOR_TYPES } from './connector-types.ts';

/**
 * The backing systems that folders declare; without any those in `connectors/instances` of the working directory, if
 * there is such. Throws InstanceError with one line for each thing that is wrong.
 */
export function readBackingSystems(
  folders: readonly string[] | undefined,
  env: Readonly<Record<string, string | undefined>>,
): Promise<BackingSystem[]> {
  return readInstances(folders, CONNECTOR_TYPES, env, loadMappingFor);
}

/** Throws SettingError with what is wrong in the file. */
export async function loadMappingFor(path: string, connector: string): Promise<Mapping> {
  try {
    return await loadMapping(path, { connector, canonical: CANONICAL_TYPES });
  } catch (error) {
    if (error instanceof MappingFileError) throw new SettingError('mapping', error.problems.join('\n'));
    throw error;
  }
}

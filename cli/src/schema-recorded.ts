import { type ContractList, type Contracts, contractSdl } from '@takt/gateway';
import {
  type Candidate,
  checkRecordedOperations,
  type Finding,
  type UsageEntry,
  type UsageReport,
  versionOf,
} from '@takt/governance';

/**
 * What consumers run against what they will meet: who pins a version meets that, everybody else the stable one. What
 * would fail once the coming version is stable, and what asks for `next` by itself, is only warned of.
 */
export function checkUsage({ entries }: UsageReport, contracts: Contracts, list: ContractList): Finding[] {
  const candidates = new Map<string, Candidate | undefined>();
  const candidate = (entry: UsageEntry, version: string): Candidate | undefined => {
    const audience = audienceOf(entry.contract);
    const label = audience === undefined ? version : `${audience}/${version}`;
    if (!candidates.has(label)) {
      const contract = contracts.get({ version, audience });
      const shown = version === 'next' ? `${label} (${list.next})` : label;
      candidates.set(label, contract && { label: shown, sdl: contractSdl(contract) });
    }
    return candidates.get(label);
  };
  const fixed = entries.filter(({ contract }) => versionOf(contract) !== 'next');
  const moving = entries.filter(({ contract, isPinned }) => !isPinned || versionOf(contract) === 'next');
  const now = checkRecordedOperations(fixed, (entry) =>
    candidate(entry, entry.isPinned ? versionOf(entry.contract) : list.stable),
  );
  const later = checkRecordedOperations(moving, (entry) => candidate(entry, 'next'));
  const failing = new Set(now.map(({ where }) => where));
  return [
    ...now,
    ...later
      .filter(({ where }) => !failing.has(where))
      .map((finding): Finding => ({
        ...finding,
        severity: 'warning',
        whatToDo:
          'Tell the client before the coming version becomes stable: see its changelog, or have it pin its version.',
      })),
  ];
}

function audienceOf(label: string): string | undefined {
  return label.includes('/') ? label.slice(0, label.lastIndexOf('/')) : undefined;
}

/** Releases one after the other; one that fails keeps none of the rest from being released. Throws what failed. */
export async function releaseAll(releases: readonly (() => Promise<void>)[]): Promise<void> {
  const failures: unknown[] = [];
  for (const release of releases) await release().catch((error: unknown) => failures.push(error));
  if (failures.length > 0) throw new AggregateError(failures, 'Not everything could be released.');
}

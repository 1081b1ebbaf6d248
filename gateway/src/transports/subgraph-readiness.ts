/** Reasons that a subgraph gives at `/health/ready` why it is not; none if it gives none or has no such place. */
export async function readinessOf(subgraph: URL, signal: AbortSignal): Promise<readonly string[]> {
  const response = await fetch(new URL('/health/ready', subgraph), { signal, redirect: 'manual' });
  if (response.status !== 503 || Number(response.headers.get('content-length') ?? 0) > MAX_BYTES) {
    await response.body?.cancel();
    return response.status === 503 ? ['It is not ready.'] : [];
  }
  const reasons = reasonsIn(await response.text());
  return reasons.length > 0 ? reasons : ['It is not ready.'];
}

const MAX_BYTES = 64 * 1024;

function reasonsIn(text: string): string[] {
  try {
    const { reasons } = JSON.parse(text) as { reasons?: unknown };
    return Array.isArray(reasons) ? reasons.filter((reason) => typeof reason === 'string') : [];
  } catch {
    return [];
  }
}

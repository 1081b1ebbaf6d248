/** Reasons that a subgraph gives at `/health/ready` why it is not; none if it is, or has no such place. */
export async function readinessOf(subgraph: URL, signal: AbortSignal): Promise<readonly string[]> {
  const response = await fetch(new URL('/health/ready', subgraph), { signal, redirect: 'manual' });
  if (response.status !== 503) {
    await response.body?.cancel();
    return [];
  }
  const reasons = reasonsIn(await beginningOf(response));
  return reasons.length > 0 ? reasons : ['It is not ready.'];
}

const MAX_BYTES = 64 * 1024;

async function beginningOf({ body }: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of (body ?? []) as unknown as AsyncIterable<Uint8Array>) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > MAX_BYTES) break;
  }
  return Buffer.concat(chunks).toString();
}

function reasonsIn(text: string): string[] {
  if (text.length > MAX_BYTES) return [];
  try {
    const { reasons } = Object(JSON.parse(text)) as { reasons?: unknown };
    return Array.isArray(reasons) ? reasons.filter((reason) => typeof reason === 'string') : [];
  } catch {
    return [];
  }
}

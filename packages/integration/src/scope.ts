import type { Scope } from '@takt/backing-system';
import type { CanonicalMessage } from '@takt/mapping';

/**
 * Why an instance may not say this: it is about a location outside its scope. What lies between two locations may be said
 * by the system of either; what names none by any.
 */
export function scopeFault({ locations }: Scope, { type, data }: CanonicalMessage): string | undefined {
  if (!locations) return undefined;
  const named = locationsOf(type, data);
  if (named.length === 0 || named.some((location) => locations.has(location))) return undefined;
  return `It is about ${named.join(' and ')}: the instance may speak of ${[...locations].slice(0, 20).join(', ')} only.`;
}

function locationsOf(type: string, data: unknown): string[] {
  if (typeof data !== 'object' || data === null) return [];
  const { location, origin, destination, code } = data as Readonly<Record<string, unknown>>;
  const named = type === 'LocationReported' ? [code] : location === undefined ? [origin, destination] : [location];
  return named.filter((value) => typeof value === 'string');
}

import { describe, expect, it } from 'vitest';
import { NO_CROSS_REFERENCES } from './mapping.ts';
import { KNOWN_MS, ReferenceReader } from './references.ts';

describe('A reader of cross-references', () => {
  it('knows what it read for a while', async () => {
    let [now, ours, asked] = [0, 'OLD', 0];
    const references = {
      ...NO_CROSS_REFERENCES,
      toCanonical: (_system: string, _kind: string, ids: readonly string[]) => {
        asked += 1;
        return Promise.resolve(ids.map((id) => (id === 'none' ? undefined : ours)));
      },
    };
    const reader = new ReferenceReader(references, 'erp/P100', () => now);
    expect(await reader.read('toCanonical', 'PRODUCT', 'A')).toBe('OLD');
    expect(await reader.read('toCanonical', 'PRODUCT', 'none')).toBeUndefined();
    ours = 'NEW';
    expect(reader.read('toCanonical', 'PRODUCT', 'A')).toBe('OLD');
    expect(reader.read('toCanonical', 'PRODUCT', 'none')).toBeUndefined();
    expect(asked).toBe(2);
    now = KNOWN_MS;
    expect(await reader.read('toCanonical', 'PRODUCT', 'A')).toBe('NEW');
  });

  it('asks again after it was not answered', async () => {
    let isDown = true;
    const references = {
      ...NO_CROSS_REFERENCES,
      toSource: () => (isDown ? Promise.reject(new Error('down')) : Promise.resolve(['4711'])),
    };
    const reader = new ReferenceReader(references, 'erp/P100', () => 0);
    await expect(reader.read('toSource', 'PRODUCT', 'A')).rejects.toThrow('down');
    isDown = false;
    expect(await reader.read('toSource', 'PRODUCT', 'A')).toBe('4711');
  });
});

import { describe, expect, test, vi } from 'vitest';
import { createPlant } from '../../test-subgraphs/plant/data.ts';
import { plantSubgraphs } from '../../test-subgraphs/plant/subgraphs.ts';
import { composeSupergraph } from './compose.ts';
import { composeInThread } from './compose-in-thread.ts';
import { SupergraphRefused } from './supergraph.ts';

// A thread takes seconds to start on a busy machine.
vi.setConfig({ testTimeout: 120_000 });

const { signal } = new AbortController();
const plant = plantSubgraphs(createPlant).map(({ name, sdl }) => ({ name, url: `http://${name}.example/`, sdl }));

describe('a supergraph composed in a thread', () => {
  test('is the one composed here', async () => {
    const sources = plant.map(({ sdl, ...source }) => ({ ...source, transport: { sdl: () => Promise.resolve(sdl) } }));
    expect(await composeInThread(plant, signal)).toBe(await composeSupergraph(sources, signal));
  });

  test('is refused with the same lines', async () => {
    const clash = ['one', 'two'].map((name) => ({ ...plant[0]!, name }));
    const sources = clash.map(({ sdl, ...source }) => ({ ...source, transport: { sdl: () => Promise.resolve(sdl) } }));
    const refusal = composeInThread(clash, signal);
    await expect(refusal).rejects.toBeInstanceOf(SupergraphRefused);
    const reason = (error: Error) => error.message;
    expect(await refusal.catch(reason)).toBe(await composeSupergraph(sources, signal).catch(reason));
  });

  test('is given up when nobody wants it any more', async () => {
    const stop = new AbortController();
    const composing = composeInThread(plant, stop.signal);
    stop.abort();
    await expect(composing).rejects.toThrow('has been ended');
    await expect(composeInThread(plant, stop.signal)).rejects.toThrow(/abort/i);
  });
});

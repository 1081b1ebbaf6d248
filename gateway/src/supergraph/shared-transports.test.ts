import { describe, expect, test } from 'vitest';
import { transportOf } from '../../test-subgraphs/compose-gateway.ts';
import { sharedTransports } from './shared-transports.ts';
import { SupergraphRefused } from './supergraph.ts';

const a = { name: 'a', url: 'http://a.example/' };
const b = { name: 'b', url: 'http://b.example/' };
const movedB = { name: 'b', url: 'http://elsewhere.example/' };

function noted() {
  const log: string[] = [];
  const transportTo = (url: string) => ({
    ...transportOf(() => Promise.reject(new Error('never asked'))),
    close: () => {
      log.push(`close ${url}`);
      return Promise.resolve();
    },
  });
  const connect = ({ url }: { url: string }) => {
    log.push(`connect ${url}`);
    return transportTo(url);
  };
  return { log, connect, transportTo };
}

describe('versions of a graph', () => {
  test('share the transport of a subgraph that stays where it is', async () => {
    const { log, connect } = noted();
    const shared = sharedTransports(new Map(), connect);
    const before = shared.lease([a, b]);
    const after = shared.lease([a, movedB]);
    expect(after.transports.get('a')).toBe(before.transports.get('a'));
    expect(after.transports.get('b')).not.toBe(before.transports.get('b'));
    await before.release();
    await before.release();
    expect(log).toEqual([
      'connect http://a.example/',
      'connect http://b.example/',
      'connect http://elsewhere.example/',
      'close http://b.example/',
    ]);
    await after.release();
    expect(log.slice(4).sort()).toEqual(['close http://a.example/', 'close http://elsewhere.example/']);
    shared.lease([a]);
    expect(log.at(-1)).toBe('connect http://a.example/');
  });

  test('use what was given, for as long as it leads where the supergraph says, and do not close it', async () => {
    const { log, connect, transportTo } = noted();
    const given = transportTo('given');
    const anywhere = transportTo('anywhere');
    const shared = sharedTransports(
      new Map([
        ['a', { transport: given, url: a.url }],
        ['c', { transport: anywhere }],
      ]),
      connect,
    );
    const lease = shared.lease([a, { name: 'c', url: 'in-process:c' }]);
    expect([lease.transports.get('a'), lease.transports.get('c')]).toEqual([given, anywhere]);
    expect(shared.lease([{ ...a, url: b.url }]).transports.get('a')).not.toBe(given);
    await lease.release();
    expect(log).toEqual(['connect http://b.example/']);
    await shared.close();
    expect(log.slice(1)).toEqual(['close given', 'close anywhere']);
  });

  test('connect to nothing if one subgraph cannot be reached', () => {
    const { log, connect } = noted();
    const shared = sharedTransports(new Map(), connect);
    expect(() => shared.lease([a, { name: 'c', url: '' }, { name: 'd', url: 'file:///etc/passwd' }])).toThrow(
      new SupergraphRefused('The supergraph gives no http(s) URL for: c, d.'),
    );
    expect(log).toEqual([]);
  });
});

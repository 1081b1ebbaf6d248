import { Value } from '@sinclair/typebox/value';
import { SettingError } from '@takt/backing-system';
import { describe, expect, it } from 'vitest';
import { readSettings, Settings } from './settings.ts';
import { isTopicFilter, matches } from './topic-filter.ts';

const setup = { secret: (_field: string, variable: string) => `<${variable}>`, folder: '/nowhere' };
const base: Settings = {
  endpoint: 'mqtts://broker:8883',
  clientId: 'takt',
  subscriptions: [{ topic: 'spBv1.0/#', format: 'sparkplug-b' }],
};

describe('settings', () => {
  it('make a session that outlives its connection, with secrets of the environment', () => {
    const { options } = readSettings({ ...base, credentials: { user: 'U', password: 'P' } }, setup);
    expect(options).toMatchObject({
      clean: false,
      username: '<U>',
      password: '<P>',
      properties: { receiveMaximum: 20 },
    });
  });

  it.each<[string, Partial<Settings>]>([
    ['subscriptions.0.topic', { subscriptions: [{ topic: 'a/#/b', format: 'b2mml-xml' }] }],
    ['subscriptions.0.topic', { subscriptions: [{ topic: '$share/g/a', format: 'b2mml-xml' }] }],
    ['subscriptions.0.key', { subscriptions: [{ topic: 'a', format: 'json' }] }],
    ['subscriptions.0.key', { subscriptions: [{ topic: 'a', format: 'b2mml-xml', key: ['/id'] }] }],
    [
      'subscriptions.0.key',
      { protocolVersion: 4, subscriptions: [{ topic: 'a', format: 'json', key: { userProperty: 'id' } }] },
    ],
    ['tls', { endpoint: 'mqtt://broker', tls: { ca: 'ca.pem' } }],
    ['tls.ca', { tls: { ca: 'ca.pem' } }],
  ])('name what makes no sense: %s', (field, settings) => {
    const read = () => readSettings({ ...base, ...settings }, setup);
    expect(read).toThrow(SettingError);
    expect(read).toThrow(expect.objectContaining({ field }) as Error);
  });

  it('know no QoS 2, and no credentials in the endpoint', () => {
    expect(Value.Check(Settings, { ...base, subscriptions: [{ topic: 'a', format: 'b2mml-xml', qos: 2 }] })).toBe(
      false,
    );
    expect(Value.Check(Settings, { ...base, endpoint: 'mqtt://user:secret@broker' })).toBe(false);
    expect(Value.Check(Settings, base)).toBe(true);
  });
});

describe('a topic filter', () => {
  it.each([
    ['a/+/c', 'a/b/c', true],
    ['a/#', 'a', true],
    ['a/#', 'a/b/c', true],
    ['a/+', 'a/b/c', false],
    ['#', '$SYS/x', false],
    ['a/b', 'a', false],
  ])('%s takes %s: %s', (filter, topic, isTaken) => {
    expect(isTopicFilter(filter)).toBe(true);
    expect(matches(filter, topic)).toBe(isTaken);
  });
});

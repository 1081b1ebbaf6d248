import { describe, expect, test } from 'vitest';
import { parseNatsUrl } from './nats-url.ts';

describe('NATS_URL', () => {
  test.each([
    ['nats://localhost', { servers: ['localhost'], options: {} }],
    ['nats://127.0.0.1:4222', { servers: ['127.0.0.1:4222'], options: {} }],
    ['nats://[::1]:4222', { servers: ['[::1]:4222'], options: {} }],
    ['tls://nats.example:4443', { servers: ['nats.example:4443'], options: { tls: {} } }],
    ['nats://a:1, nats://b:2', { servers: ['a:1', 'b:2'], options: {} }],
    ['nats://me:p%40ss@a:1,nats://b:2', { servers: ['a:1', 'b:2'], options: { user: 'me', pass: 'p@ss' } }],
    ['nats://t%3Aken@a', { servers: ['a'], options: { token: 't:ken' } }],
  ])('is read: %s', (url, expected) => {
    expect(parseNatsUrl(url)).toEqual(expected);
  });

  test.each(['', 'localhost:4222', 'http://a', 'nats://', 'nats://a,', 'nats://me:s3cret@a:port'])(
    'is refused, and not repeated: %j',
    (url) => {
      expect(() => parseNatsUrl(url)).toThrow(/^NATS_URL must be nats:\/\/host:port or tls:\/\/host:port/);
    },
  );
});

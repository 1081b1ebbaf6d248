import type { ConnectionOptions } from '@nats-io/transport-node';

export interface NatsServers {
  /** `host:port` of each server, without credentials. */
  readonly servers: string[];
  readonly options: Pick<ConnectionOptions, 'user' | 'pass' | 'token' | 'tls'>;
}

/**
 * Reads `nats://host:4222`, several of them separated by commas, with `user:password@` or `token@` in the first, or
 * `tls://` for an encrypted connection. Throws `RangeError`, which does not repeat it: it may hold a password.
 */
export function parseNatsUrl(url: string): NatsServers {
  const parsed = url.split(',').map(parseServer);
  const { username, password } = parsed[0] as URL;
  return {
    servers: parsed.map(({ host }) => host),
    options: {
      ...(username !== '' && password === '' && { token: decodeURIComponent(username) }),
      ...(password !== '' && { user: decodeURIComponent(username), pass: decodeURIComponent(password) }),
      ...(parsed.some(({ protocol }) => protocol === 'tls:') && { tls: {} }),
    },
  };
}

function parseServer(text: string): URL {
  const url = URL.canParse(text.trim()) ? new URL(text.trim()) : undefined;
  if (!url || (url.protocol !== 'nats:' && url.protocol !== 'tls:') || url.hostname === '') {
    throw new RangeError(
      'NATS_URL must be nats://host:port or tls://host:port, or several of them, separated by commas.',
    );
  }
  return url;
}

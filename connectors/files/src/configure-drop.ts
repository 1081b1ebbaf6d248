import { resolve } from 'node:path';
import { SettingError, type Setup } from '@takt/backing-system';
import type { DropSettings } from './drop-settings.ts';
import { openLocalPlace } from './local-place.ts';
import { matcher } from './names.ts';
import { openSftpPlace } from './sftp-place.ts';
import type { Drop } from './watch-drop.ts';

/** Throws SettingError for what a schema cannot say; repeats no secret. */
export function configureDrop(settings: DropSettings, setup: Pick<Setup, 'secret' | 'folder'>): Drop {
  const { folder, endpoint, stillFor = '10s' } = settings;
  if ((folder === undefined) === (endpoint === undefined)) {
    throw new SettingError('folder', 'Either a folder of this machine or an endpoint is needed.');
  }
  const [, amount = '', unit = ''] = /^(\d+)(\D+)$/.exec(stillFor) ?? [];
  const common = { matches: matcher(settings.pattern), stillForMs: Number(amount) * (UNITS[unit] ?? 1) };
  if (folder !== undefined) {
    if (settings.credentials ?? settings.hostKey) {
      throw new SettingError('credentials', 'A folder of this machine has neither credentials nor a host key.');
    }
    return { ...common, open: () => openLocalPlace(resolve(setup.folder, folder)) };
  }
  const { credentials, hostKey } = settings;
  const url = readEndpoint(endpoint ?? '');
  if (!credentials)
    throw new SettingError('credentials', 'An SFTP server wants a user and a password or a private key.');
  if (hostKey === undefined && !isLoopback(url.hostname)) {
    throw new SettingError('hostKey', 'It is needed to know the server again: SHA256:… as ssh-keygen -lf shows it.');
  }
  const server = {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port || 22),
    folder: decodeURIComponent(url.pathname) || '/',
    hostKey,
    user: setup.secret('credentials.user', credentials.user),
    secret:
      'password' in credentials
        ? { password: setup.secret('credentials.password', credentials.password) }
        : { privateKey: setup.secret('credentials.privateKey', credentials.privateKey) },
  };
  return { ...common, open: () => openSftpPlace(server) };
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

function readEndpoint(endpoint: string): URL {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (url?.protocol !== 'sftp:' || url.hostname === '') {
    throw new SettingError('endpoint', 'It must be sftp://host:port/path.');
  }
  if (url.username !== '' || url.password !== '') {
    throw new SettingError('endpoint', 'It has credentials in it: name them under credentials.');
  }
  return url;
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(host);
}

import { describe, expect, test } from 'vitest';
import { readCommandLine, usage } from './command-line.ts';

const read = (args: string, env: Record<string, string> = {}) => readCommandLine(args.split(' '), env);

test('a supergraph is a file unless said otherwise, on port 4000 of this machine', () => {
  expect(read('--supergraph graph.graphql')).toEqual({
    graph: { kind: 'file', path: 'graph.graphql' },
    pollMs: undefined,
    configPath: undefined,
    port: 4000,
    host: '127.0.0.1',
    isProduction: false,
    watchesStdin: false,
    adminToken: undefined,
    authentication: undefined,
  });
});

test('everything else is as the arguments and the environment say', () => {
  const secret = 'a secret of thirty-two bytes, or more';
  const args = '--supergraph https://graphs.example/a --poll-seconds 0.5 --config c.json --port 0 --host ::1';
  const env = {
    NODE_ENV: 'test',
    TAKT_ADMIN_TOKEN: 'correct horse battery',
    TAKT_JWT_SECRET: secret,
    TAKT_CORS: 'http://a.example',
  };
  expect(read(`${args} --production --watch-stdin`, env)).toEqual({
    graph: { kind: 'url', url: 'https://graphs.example/a' },
    pollMs: 500,
    configPath: 'c.json',
    port: 0,
    host: '::1',
    isProduction: true,
    watchesStdin: true,
    adminToken: 'correct horse battery',
    cors: ['http://a.example'],
    authentication: expect.objectContaining({ keys: { secret }, required: false }),
  });
});

test('subgraphs have names and URLs, which may hold an equals sign', () => {
  expect(read('--subgraph stock=http://stock.example/?a=b --subgraph sites=https://sites.example/')).toMatchObject({
    graph: {
      kind: 'subgraphs',
      subgraphs: [
        { name: 'stock', url: 'http://stock.example/?a=b' },
        { name: 'sites', url: 'https://sites.example/' },
      ],
    },
  });
});

test('production is also what NODE_ENV says', () => {
  expect(read('--supergraph x', { NODE_ENV: 'production' })).toMatchObject({ isProduction: true });
});

test('who asks for help needs nothing else', () => {
  expect(read('--help')).toBe('help');
});

describe('refuses', () => {
  test.each<[string, string, string, Record<string, string>?]>([
    ['an unknown option', '--supergrph x', "Unknown option '--supergrph'"],
    ['neither a supergraph nor a subgraph', '--port 1', usage],
    ['both', '--supergraph x --subgraph a=http://a.example', usage],
    ['a port that is none', '--supergraph x --port 99999', '--port needs a number up to 65535, and got "99999".'],
    ['a pause that is none', '--supergraph x --poll-seconds 0', '--poll-seconds needs a number from 0.1 to 86400'],
    ['a subgraph without a URL', '--subgraph stock', '--subgraph needs NAME=URL with an http(s) URL, and got "stock".'],
    ['a subgraph without a name', '--subgraph =http://a.example', '--subgraph needs NAME=URL'],
    ['a subgraph over another protocol', '--subgraph stock=file:///etc/hosts', '--subgraph needs NAME=URL'],
    [
      'a token of the administrator that is too short to be one',
      '--supergraph x',
      'TAKT_ADMIN_TOKEN needs at least 16 characters.',
      { TAKT_ADMIN_TOKEN: 'short' },
    ],
    ['settings of tokens without a key', '--supergraph x', 'TAKT_JWT_ISSUER needs', { TAKT_JWT_ISSUER: 'x' }],
  ])('%s', (_what, args, message, env) => {
    expect(() => read(args, env)).toThrow(message);
  });

  test('without telling what is secret', () => {
    const attempt = () => read('--supergraph x', { TAKT_ADMIN_TOKEN: 'hunter2' });
    expect(attempt).toThrow(/^((?!hunter2).)*$/);
  });
});

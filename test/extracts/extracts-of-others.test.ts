import { createAuthentication, hostExtracts, inProcessTransport, startGateway } from '@takt/gateway';
import { SignJWT } from 'jose';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { sharedSystem, temporaryFolder } from '../system.ts';
import { extracting } from './extracting.ts';
import { tellWorkCenters } from './work-centers.ts';

const secret = 'a secret that is long enough to sign with';
const QUERY = '{ workCenters { nodes { code } } }';
const LISTED = '{ extracts { totalCount nodes { id } } }';
const CANCEL = 'mutation ($id: ID!) { cancelExtract(id: $id) { state } }';

/** Extracts go on after a page once this resolves. */
let turn = Promise.resolve();
const plant = sharedSystem(
  { authentication: { keys: { secret } }, extracts: { pace: { rest: () => turn } } },
  (system) => tellWorkCenters(system, 3),
);

async function bearer(sub: string, claims: object = {}): Promise<{ authorization: string }> {
  const token = await new SignJWT({ sub, ...claims })
    .setProtectedHeader({ alg: 'HS256' })
    .setExpirationTime('1h')
    .sign(Buffer.from(secret));
  return { authorization: `Bearer ${token}` };
}

/** A caller that no other test knows. */
let count = 0;
const somebody = async (claims: object = {}, headers: Readonly<Record<string, string>> = {}) =>
  extracting(plant().system.url, { ...(await bearer(`caller-${++count}`, claims)), ...headers });
const nobody = () => extracting(plant().system.url);

describe('an extract of somebody else', () => {
  let ada: ReturnType<typeof extracting>;
  let others: ReturnType<typeof extracting>[];
  beforeEach(async () => {
    ada = await somebody();
    others = [await somebody(), nobody()];
  });

  it('is not seen, and cannot be cancelled, while it is made', async () => {
    // given one that waits in the middle
    let goOn = (): void => undefined;
    turn = new Promise((resolve) => (goOn = resolve));
    onTestFinished(goOn);
    const { extract } = await ada.bulkExtract({ query: QUERY });
    const { id } = extract!;
    await expect.poll(async () => (await ada.find(id))?.state).toBe('RUNNING');

    // when others look for it, and want it to end
    for (const other of others) {
      expect(await other.ask(LISTED)).toEqual({ extracts: { totalCount: 0, nodes: [] } });
      expect(await other.find(id)).toBeNull();
      expect(await other.ask(CANCEL, { id })).toEqual({ cancelExtract: null });
    }

    // then it comes to its own end
    goOn();
    expect(await ada.over(id)).toMatchObject({ state: 'DONE', progress: { rows: 3 } });
    expect(await ada.ask(LISTED)).toEqual({ extracts: { totalCount: 1, nodes: [{ id }] } });
  });

  it('tells nobody its position, and is downloaded by nobody else', async () => {
    const { id, files, position } = await ada.extracted({ query: QUERY });
    expect(position).toEqual(expect.any(String));
    for (const other of others) {
      expect(await other.find(id)).toBeNull();
      expect(await other.ask(LISTED)).toEqual({ extracts: { totalCount: 0, nodes: [] } });
      expect((await other.download(files[0]!.url)).status).toBe(404);
      expect((await other.download(files[0]!.url, { range: 'bytes=0-0' })).status).toBe(404);
      await expect(other.ask('query ($id: String) { extracts(after: $id) { totalCount } }', { id })).rejects.toThrow(
        'CURSOR_INVALID',
      );
    }
    expect((await ada.download(files[0]!.url)).status).toBe(200);
    expect((await ada.download(files[0]!.url, { authorization: 'Bearer nonsense' })).status).toBe(401);
  });

  it('is not found by its idempotency key', async () => {
    const input = { query: QUERY, idempotencyKey: 'nightly' };
    const all = await Promise.all([ada, ...others].map((each) => each.extracted(input)));
    expect(new Set(all.map(({ id }) => id)).size).toBe(3);
    expect((await ada.extracted(input)).id).toBe(all[0]?.id);
  });

  it('is not told to who asks the same at the same time, where callers with equal scopes share answers', async () => {
    const url = await sharingGateway();
    const [one, other] = [extracting(url, await bearer('one')), extracting(url, await bearer('other'))];
    const { id } = await one.extracted({ query: QUERY });
    for (let round = 0; round < 20; round++) {
      const find = `query Round${round} ($id: ID!) { extract(id: $id) { id } extracts { totalCount } }`;
      const answers = await Promise.all([one, other, one].map((each) => each.ask(find, { id })));
      const own = { extract: { id }, extracts: { totalCount: 1 } };
      expect(answers).toEqual([own, { extract: null, extracts: { totalCount: 0 } }, own]);
    }
  });
});

it('of the same subject is not seen by who is bound to an audience', async () => {
  const { url } = plant().system;
  const unbound = extracting(url, await bearer('ada'));
  const bound = extracting(url, await bearer('ada', { takt_audience: 'analytics' }));
  const { id, files } = await unbound.extracted({ query: QUERY });
  expect(await bound.find(id)).toBeNull();
  expect(await bound.ask(LISTED)).toEqual({ extracts: { totalCount: 0, nodes: [] } });
  expect((await bound.download(files[0]!.url)).status).toBe(404);
  expect((await bound.download((await bound.extracted({ query: QUERY })).files[0]!.url)).status).toBe(200);
});

describe('a position that somebody else has got', () => {
  it('is one of the query, which is read by the contract of who gives it', async () => {
    const next = { 'takt-contract': 'next' };
    const ofNext = await somebody({}, next);
    const { position: since } = await ofNext.extracted({
      query: '{ supplierCommitments { nodes { id expectedOn } } }',
    });
    const alike = await somebody({}, next);
    expect(await alike.extractChanges({ since })).toMatchObject({ extract: { files: [] } });
    expect(await (await somebody()).extractChanges({ since })).toEqual({
      code: 'EXTRACT_QUERY_INVALID',
      reason: expect.stringContaining('expectedOn') as string,
    });
  });
});

describe('a caller of the audience of suppliers', () => {
  const supplier = (headers: Readonly<Record<string, string>> = {}) =>
    somebody({ takt_audience: 'suppliers' }, headers);

  it('has no extracts, neither of what it may see nor of what is hidden from it', async () => {
    const ada = await somebody();
    const { id, files, position: since } = await ada.extracted({ query: '{ forecasts { nodes { id } } }' });
    const { bulkExtract, extractChanges, find, ask, download } = await supplier();
    for (const asked of [
      bulkExtract({ query: '{ forecasts { nodes { id } } }' }),
      bulkExtract({ query: '{ supplierCommitments { nodes { id } } }' }),
      extractChanges({ since }),
      find(id),
      ask(LISTED),
      ask(CANCEL, { id }),
    ]) {
      await expect(asked).rejects.toThrow(/Cannot query field|Unknown type/);
    }
    expect((await download(files[0]!.url)).status).toBe(404);
  });

  it.each(['2026-11', '2026-08', 'next'])('has none in version %s either', async (version) => {
    const { bulkExtract } = await supplier({ 'takt-contract': version });
    await expect(bulkExtract({ query: QUERY })).rejects.toThrow(/Cannot query field|Unknown type/);
  });

  it('cannot ask as another audience', async () => {
    const { bulkExtract } = await supplier({ 'takt-contract': 'analytics' });
    await expect(bulkExtract({ query: QUERY })).rejects.toThrow('CONTRACT_FORBIDDEN');
  });
});

/** A gateway of the same domains where whoever has equal scopes shares answers. */
async function sharingGateway(): Promise<string> {
  const authenticate = await createAuthentication({ keys: { secret }, sharing: 'scopes' });
  const running: { gateway?: Awaited<ReturnType<typeof startGateway>> } = {};
  const extracts = await hostExtracts({
    folder: await temporaryFolder(),
    gateway: (contract) => running.gateway?.gatewayOf(contract),
    mayExtract: () => true,
    authenticate,
  });
  const domains = [...plant().system.domains.values()];
  const subgraphs = [
    ...domains.map((domain) => ({ name: domain.name, transport: inProcessTransport(domain) })),
    extracts,
  ];
  const gateway = await startGateway({
    supergraph: { kind: 'subgraphs', subgraphs },
    host: '127.0.0.1',
    port: 0,
    planning: 'inline',
    dedupe: true,
    authenticate,
  });
  running.gateway = gateway;
  onTestFinished(async () => {
    await extracts.close();
    await gateway.close();
  });
  return gateway.url;
}

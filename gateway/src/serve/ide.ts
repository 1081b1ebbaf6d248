import type { IncomingMessage, ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

export interface IdeOptions {
  readonly title: string;
  /** What the editor opens with. */
  readonly defaultQuery: string;
}

/**
 * Serves the GraphQL IDE: one page with everything in it, and a policy under which it can load nothing from outside. It
 * opens on the stable contract, or on that of `?contract=`, and offers the others.
 */
export function createIde(options: IdeOptions): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  let page: Promise<{ plain: Buffer; compressed: Buffer }> | undefined;
  return async (request, response) => {
    const { plain, compressed } = await (page ??= render(options));
    const compress = /\bgzip\b/.test(String(request.headers['accept-encoding']));
    const body = compress ? compressed : plain;
    response.writeHead(200, {
      'content-type': 'text/html; charset=utf-8',
      'content-length': body.length,
      ...(compress && { 'content-encoding': 'gzip' }),
      vary: 'accept, accept-encoding',
      'content-security-policy': contentSecurityPolicy,
      'x-content-type-options': 'nosniff',
    });
    response.end(request.method === 'HEAD' ? undefined : body);
  };
}

export function wantsIde(request: IncomingMessage): boolean {
  return /^(GET|HEAD)$/.test(request.method ?? '') && /text\/(html|\*)|\*\/\*/.test(request.headers.accept ?? '*/*');
}

const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'unsafe-inline' 'unsafe-eval' blob:",
  "style-src 'unsafe-inline'",
  'img-src data:',
  'font-src data:',
  'worker-src blob:',
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

async function render({ title, defaultQuery }: IdeOptions): Promise<{ plain: Buffer; compressed: Buffer }> {
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql');
  const page = renderGraphiQL({ title, defaultQuery, endpoint: '/graphql', subscriptionsProtocol: 'WS' })
    .trim()
    .replace('"endpoint":"/graphql"', '"endpoint":endpointOfContract()')
    .replace('<div id="root"></div>', () => `${contractChooser}<div id="root"></div>`);
  const plain = Buffer.from(page);
  return { plain, compressed: await promisify(gzip)(plain) };
}

/** Hidden where the graph has no contracts. */
const contractChooser = `
<style>
  body { display: flex; flex-direction: column; height: 100vh; margin: 0; overflow: hidden }
  #root { flex: 1; min-height: 0; height: auto !important }
  #contract { padding: .4em 1em; font: 14px system-ui, sans-serif }
</style>
<form id="contract" hidden><label>Contract <select></select></label> <a>Docs</a></form>
<script>
  function endpointOfContract() {
    const contract = new URLSearchParams(location.search).get('contract') || '';
    return /^[a-z0-9/-]+$/.test(contract) ? '/graphql/' + contract : '/graphql';
  }
  (async () => {
    const { contracts } = await (await fetch('/health/supergraph')).json();
    if (!contracts) return;
    const versions = contracts.releases.map(({ version }) => version).reverse();
    const today = new Date().toISOString().slice(0, 10);
    const ended = contracts.releases.filter(({ sunset }) => sunset < today).map(({ version }) => version);
    const served = versions.filter((version) => !ended.includes(version));
    const current = endpointOfContract().slice('/graphql/'.length) || contracts.stable;
    const form = document.getElementById('contract');
    const select = form.querySelector('select');
    for (const audience of ['', ...Object.keys(contracts.audiences)]) {
      for (const version of [...served, 'next']) {
        const label = audience ? audience + '/' + version : version;
        const text = version === contracts.stable ? label + ' (stable)' : label;
        select.add(new Option(text, label, false, label === current));
      }
    }
    select.onchange = () => (location.search = '?contract=' + encodeURIComponent(select.value));
    form.querySelector('a').href = '/docs/' + current;
    form.hidden = false;
  })();
</script>
`;

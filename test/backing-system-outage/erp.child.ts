import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';

/** An ERP as a process of its own, to be killed: applies each command once, and remembers on disk what it applied. */
const [port, file = ''] = process.argv.slice(2);
const applied = new Set(existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : []);

createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const { id } = JSON.parse(Buffer.concat(chunks).toString('utf8')) as { id: string };
    if (!applied.has(id)) appendFileSync(file, `${id}\n`);
    applied.add(id);
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"outcome":"APPLIED"}');
  });
}).listen(Number(port), '127.0.0.1', () => process.stdout.write('ready\n'));

import { readFileSync } from 'node:fs';
import mercuriusGateway from '@mercuriusjs/gateway';
import fastify from 'fastify';

const [services, port] = process.argv.slice(2);
const app = fastify();
app.register(mercuriusGateway, {
  jit: 1,
  subscription: true,
  gateway: { services: JSON.parse(readFileSync(services, 'utf8')) },
});
await app.listen({ host: '127.0.0.1', port: Number(port) });

import type { IncomingMessage, ServerResponse } from 'node:http';
import { BodyTooLarge, readBody } from '@takt/serving';
import type { GraphQLSchema } from 'graphql';
import type { LimitGuard } from '../guard/limit-guard.ts';
import { adminOnly } from '../serve/admin-token.ts';
import { answerError, answerJson } from '../serve/answer.ts';
import { ManifestRefused, parseManifest } from './manifest.ts';
import type { Manifest } from './manifest.ts';
import { manifestFaults } from './manifest-faults.ts';
import { PublicationRefused } from './trusted-documents.ts';
import type { TrustedDocuments } from './trusted-documents.ts';

export interface OperationsEndpointOptions {
  readonly trusted: TrustedDocuments;
  readonly adminToken: string;
  /** What documents must fit: the contract with this label, the stable one for undefined; undefined if there is none. */
  readonly schemaOf: (contract: string | undefined) => GraphQLSchema | undefined;
  readonly limits: LimitGuard;
}

/**
 * Serves `/operations` to who has the token: GET lists what is registered; POST registers a manifest, all or nothing;
 * `DELETE /operations/CLIENT/VERSION` retires one.
 */
export function operationsEndpoint(
  options: OperationsEndpointOptions,
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const { trusted } = options;
  const isAdmin = adminOnly(options.adminToken);

  const publish = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const text = await manifestText(request, response);
    if (text === undefined) return;
    let manifest: Manifest;
    try {
      manifest = parseManifest(text);
    } catch (error) {
      if (!(error instanceof ManifestRefused)) throw error;
      answerJson(response, 422, { errors: error.message.split('\n').map((message) => ({ message })) });
      return;
    }
    const schema = options.schemaOf(manifest.contract);
    if (!schema) {
      const asked = manifest.contract === undefined ? 'contract' : `contract ${JSON.stringify(manifest.contract)}`;
      answerError(response, 422, `This gateway serves no ${asked}.`);
      return;
    }
    const faults = await manifestFaults(manifest, schema, options.limits);
    if (faults.length > 0) {
      answerJson(response, 422, { errors: faults });
      return;
    }
    try {
      const outcome = await trusted.publish(manifest);
      answerJson(response, outcome === 'published' ? 201 : 200, { outcome, ...listed(manifest) });
    } catch (error) {
      if (!(error instanceof PublicationRefused)) throw error;
      answerError(response, error.kind === 'ALREADY_PUBLISHED' ? 409 : 507, error.message);
    }
  };

  const retire = async (path: string, response: ServerResponse): Promise<void> => {
    const [, client = '', version = ''] = retired.exec(path) ?? [];
    if (client !== '' && (await trusted.retire({ client, version }))) {
      answerJson(response, 200, { outcome: 'retired', client, version });
    } else answerError(response, 404, 'There is no such publication: DELETE /operations/CLIENT/VERSION.');
  };

  return async (request, response) => {
    if (!isAdmin(request, response)) return;
    const [path = ''] = (request.url ?? '').split('?', 1);
    if (request.method === 'DELETE') return retire(path, response);
    if (path !== '/operations') answerError(response, 404, 'There is nothing here.');
    else if (request.method === 'POST') await publish(request, response);
    else if (request.method === 'GET') {
      answerJson(response, 200, { mode: trusted.mode, publications: trusted.manifests().map(listed) });
    } else answerError(response, 405, 'Operations are listed by GET and published by POST.', { allow: 'GET, POST' });
  };
}

/** Names that manifests may have, and no path out of their folder. */
const retired = /^\/operations\/([A-Za-z0-9][A-Za-z0-9._-]{0,63})\/([A-Za-z0-9][A-Za-z0-9._-]{0,63})$/;

const maxBytes = 8 * 1024 * 1024;

function listed({ client, version, contract, documents }: Manifest) {
  return { client, version, contract, documents: Object.keys(documents).length };
}

/** Undefined if the request has been answered. */
async function manifestText(request: IncomingMessage, response: ServerResponse): Promise<string | undefined> {
  try {
    return await readBody(request, maxBytes);
  } catch (error) {
    if (error instanceof BodyTooLarge) {
      answerError(response, 413, `The manifest is larger than ${maxBytes} bytes.`, { connection: 'close' });
    } else if (error instanceof TypeError) answerError(response, 400, 'The manifest is not UTF-8.');
    request.resume();
    return undefined;
  }
}

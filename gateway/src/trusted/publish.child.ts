import { openTrustedDocuments } from './trusted-documents.ts';
import type { Manifest } from './manifest.ts';

/** Another gateway's process over the same folder: publishes one manifest and says what came of it. */
const [folder = '', manifest = '{}'] = process.argv.slice(2);
const trusted = await openTrustedDocuments({ folder, mode: 'only' });
const outcome = await trusted.publish(JSON.parse(manifest) as Manifest).catch((error: unknown) => String(error));
process.stdout.write(outcome);
await trusted.close();

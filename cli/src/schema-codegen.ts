import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Makes the typed client anew from schema/, or looks whether it is up to date. Answers what it said where it failed. */
export async function codegen(mode: 'write' | 'check'): Promise<string | undefined> {
  const args = ['--no', '--', 'graphql-codegen', '--config', 'codegen.yml', '--silent'];
  const child = spawn('npx', mode === 'check' ? [...args, '--check'] : args, {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  const listen = (chunk: Buffer) => (said = (said + chunk.toString()).slice(-MAX_SAID));
  child.stdout.on('data', listen);
  child.stderr.on('data', listen);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  return code === 0 ? undefined : said.trim() || `graphql-codegen ended with code ${code}.`;
}

const MAX_SAID = 10_000;

import { failureOf, runCommand } from './run-command.ts';

try {
  const code = await runCommand(process.argv.slice(2));
  if (code !== undefined) process.exitCode = code;
} catch (error) {
  const { code, text } = failureOf(error);
  process.stderr.write(text);
  process.exit(code);
}

import { startProblem } from '@takt/subgraph-server';
import { UsageError } from './usage-error.ts';

/** Answers the exit code, or undefined if the command goes on by itself. */
type Command = (args: readonly string[]) => Promise<number | undefined>;

const COMMANDS: Record<string, { readonly help: string; load(): Promise<Command> }> = {
  start: {
    help: 'start                     serve the graph: its domains and the gateway in this process',
    load: async () => (await import('./start.ts')).startCommand,
  },
  services: {
    help: 'services                  the same graph as processes over HTTP, one a domain',
    load: async () => (await import('./services.ts')).servicesCommand,
  },
  import: {
    help: 'import frepple FILE...    load frePPLe fixtures, into the running Takt or into its data directory',
    load: async () => (await import('./import.ts')).importCommand,
  },
  watch: {
    help: 'watch SUBJECT             print live changes of schedule, forecast, inventory, work-center or supplier',
    load: async () => (await import('./watch.ts')).watchCommand,
  },
  replay: {
    help: 'replay --domain D ...     feed the log of a domain again to what follows it, or make that anew',
    load: async () => (await import('./replay.ts')).replayCommand,
  },
  deadletter: {
    help: 'deadletter list|show|...  see to messages that could not be brought to an end',
    load: async () => (await import('./dead-letter.ts')).deadLetterCommand,
  },
  fault: {
    help: 'fault [SYSTEM FAULT on|off]   list or switch what goes wrong with the demo plant’s systems',
    load: async () => (await import('./fault.ts')).faultCommand,
  },
  mapping: {
    help: 'mapping test FILE SAMPLE  what a mapping makes of a document',
    load: async () => (await import('./mapping.ts')).mappingCommand,
  },
  connector: {
    help: 'connector list|dry-run    backing systems that are declared, and what a file of one would cause',
    load: async () => (await import('./connector.ts')).connectorCommand,
  },
  policy: {
    help: 'policy check|simulate FILE    what a decision table says, and what it would have decided',
    load: async () => (await import('./policy.ts')).policyCommand,
  },
  operations: {
    help: 'operations publish|list|retire    register what a client runs, so that it may send hashes of it',
    load: async () => (await import('./trusted-operations.ts')).operationsCommand,
  },
  schema: {
    help: 'schema [--check]          write the contract under schema/, or check that it is up to date',
    load: async () => (await import('./schema.ts')).schemaCommand,
  },
};

const [name = '', ...args] = process.argv.slice(2);
const command = COMMANDS[name];
if (command) {
  try {
    const code = await (await command.load())(args);
    if (code !== undefined) process.exitCode = code;
  } catch (error) {
    process.stderr.write(`${startProblem(error)}\n`);
    process.exit(error instanceof UsageError ? 2 : 1);
  }
} else {
  const asked = ['', 'help', '--help', '-h'].includes(name);
  const usage = [
    'Usage: npm run takt -- COMMAND',
    '',
    ...Object.values(COMMANDS).map(({ help }) => `  ${help}`),
    '',
  ].join('\n');
  (asked ? process.stdout : process.stderr).write(asked ? usage : `There is no command "${name}".\n\n${usage}`);
  process.exitCode = asked ? 0 : 2;
}

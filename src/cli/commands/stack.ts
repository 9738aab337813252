import { type Command, Option } from 'commander';
import { PUBLISHED_PORT } from '../../stack/compose/containers.ts';
import { takeDown } from '../../stack/lifecycle/down.ts';
import type { PerAddress } from '../../stack/state.ts';
import { STACK_PROFILES } from '../../stack/topology.ts';
import type { CommandHost } from '../host.ts';
import { asTyped, portNumber, repeatable, wholeNumber } from '../options.ts';
import { type ComposeFlags, runCompose } from '../stack/compose.ts';
import { runStackDoctor } from '../stack/doctor.ts';
import { type ExplainFlags, runExplain } from '../stack/explain.ts';
import { addFault } from '../stack/fault.ts';
import { type InstallFlags, runInstall } from '../stack/install.ts';
import { type LogsFlags, runLogs } from '../stack/logs.ts';
import { defaultStackDir } from '../stack/stack-dir.ts';
import { runStatus, type StatusFlags } from '../stack/status.ts';
import { runUp, type UpFlags } from '../stack/up.ts';

/** Brought up where no profile is named. */
const DEFAULT_PROFILE = 'scaled';

/** `stack`: relays with everything behind them, as processes of this machine. */
export function addStack(program: Command, host: CommandHost): void {
  const stack = program
    .command('stack')
    .description('run the reference stack: HAProxy, relays, Redis and Postgres with replicas');
  addUp(stack, host);
  addFault(stack, host);
  withDir(stack.command('down'))
    .description('stop every process of the stack and remove its data')
    .option('--keep', 'keep the data for the next start', false)
    .action(async (flags: DownFlags) => runDown(flags, host));
  withDir(stack.command('status'))
    .description("show every process of the stack; exit 3 if one of them can't serve")
    .option('--json', 'print the status as JSON', false)
    .option('--watch', 'keep refreshing it until Ctrl-C', false)
    .option('--wide', 'with the ports, however wide that is', false)
    .action(async (flags: StatusFlags) => runStatus(flags, host));
  withDir(stack.command('logs'))
    .description('show what the processes of the stack wrote')
    .argument('[service]', 'one service; default: the end of every log')
    .option('-f, --follow', 'keep following until Ctrl-C', false)
    .action(async (service: string | undefined, flags: LogsFlags) => runLogs(service, flags, host));
  withDir(stack.command('explain'))
    .description('show where the time of Postgres goes: slowest statements with their plans, use of indexes')
    .option('--top <n>', 'statements of each server', wholeNumber(1), 5)
    .option(
      '--without-indexes',
      'copy a sample of the events and compare: with and without covering indexes and partitions',
      false,
    )
    .option('--full', 'with whole statements and plans, and the use of every index', false)
    .option('--json', 'print the report as JSON', false)
    .action(async (flags: ExplainFlags) => runExplain(flags, host));
  addCompose(stack, host);
  stack
    .command('doctor')
    .description('say which programs of a stack this machine has, and how to get the others')
    .action(async () => runStackDoctor(host));
  stack
    .command('install')
    .description('install what a stack needs and this machine lacks, with its package manager')
    .option('--yes', 'do not ask before using sudo', false)
    .option('--observe', 'Prometheus too, for `stack up --observe`')
    .addOption(
      postgresOption('where Postgres comes from; default: the package manager, npm where there is none'),
    )
    .action(async (flags: InstallFlags) => runInstall(flags, host));
}

interface DirFlags {
  readonly dir?: string;
}

interface DownFlags extends DirFlags {
  readonly keep: boolean;
}

function withDir(command: Command): Command {
  return command.option(
    '--dir <dir>',
    "directory of the stack; default: in the user's state directory, for root in /var/lib/relay-bench",
    asTyped,
  );
}

function addUp(stack: Command, host: CommandHost): void {
  withShape(withDir(stack.command('up')))
    .description('start the stack, or find it running')
    .option(
      '--port <n>',
      'port for clients, of the first region where there are regions; default: a free one',
      portNumber,
    )
    .option('--faultable', 'with a proxy in every link, for `stack fault` and scenarios; costs some CPU')
    .option('--observe', 'with a Prometheus that scrapes the stack, and runs with --metrics-listen')
    .addOption(postgresOption("which Postgres; default: the system's, or npm's where there is none"))
    .action(async (profile: string, flags: UpFlags) => runUp(profile, flags, host));
}

function addCompose(stack: Command, host: CommandHost): void {
  withShape(stack.command('compose'))
    .description('print the stack as a Docker Compose file (not exercised in our CI)')
    .option('--port <n>', `port for clients; default: ${PUBLISHED_PORT}`, portNumber)
    .option('--out <file>', 'write the file instead of printing it', asTyped)
    .action(async (profile: string, flags: ComposeFlags) => runCompose(profile, flags, host));
}

function postgresOption(description: string): Option {
  return new Option('--postgres <from>', description).choices(['system', 'npm']);
}

/** The options that say what a stack is to be. */
function withShape(command: Command): Command {
  return command
    .argument('[profile]', `one of ${STACK_PROFILES.join(', ')}`, DEFAULT_PROFILE)
    .option('--relays <n>', 'relay processes', wholeNumber(1))
    .option('--replicas <n>', 'streaming replicas of Postgres', wholeNumber(0))
    .option('--edges <n>', 'of profile edge: edge relays of each region, 0 for none', wholeNumber(0))
    .option(
      '--per-address-connections <n>',
      'connections that the balancer takes from one address, off for any number; default: nine tenths of all',
      perAddress,
    )
    .addOption(
      new Option('--durability <how>', 'whether a commit waits for a replica')
        .choices(['async', 'sync'])
        .default('async'),
    )
    .addOption(
      new Option(
        '--cache <layers>',
        'caches of the relays: none, the one in each relay, or both (l2 is the same); default: all that the profile has',
      ).choices(['off', 'l1', 'l2', 'both']),
    )
    .option(
      '--set <key=value>',
      'a setting of every Postgres (postgres.work_mem=16MB), relay (relay.pool=8) or way to the origin (region-2.rtt=200ms); repeatable',
      repeatable(asTyped),
    )
    .option('--without-indexes', 'tables without their covering indexes, to see what those are worth');
}

function perAddress(text: string): PerAddress {
  return text === 'off' ? text : wholeNumber(1)(text);
}

async function runDown({ dir, keep }: DownFlags, { io }: CommandHost): Promise<void> {
  const path = dir ?? defaultStackDir(io.env);
  const down = await takeDown(path, { keep });
  const data = keep ? 'its data is kept' : 'its data is removed';
  io.stdout.write(
    down === null
      ? `no stack in ${path}\n`
      : `stack ${down.profile} is down: ${down.stopped} services stopped, ${data}\n`,
  );
}

import { Command } from 'commander';
import { EXIT, type ExitCode } from '../base/exit-codes.ts';
import { addAb } from './commands/ab.ts';
import { addAgent } from './commands/agent.ts';
import { addAudit } from './commands/audit.ts';
import { addCalibrate } from './commands/calibrate.ts';
import { addCapacity } from './commands/capacity.ts';
import { addCompare } from './commands/compare.ts';
import { addCompletion } from './commands/completion.ts';
import { addCorpus } from './commands/corpus.ts';
import { addDiagnose } from './commands/diagnose.ts';
import { addDoctor } from './commands/doctor.ts';
import { addEvidence } from './commands/evidence.ts';
import { addGate } from './commands/gate.ts';
import { addPlan } from './commands/plan.ts';
import { addRecord } from './commands/record.ts';
import { addRelay } from './commands/relay.ts';
import { addReport } from './commands/report.ts';
import { addRun } from './commands/run.ts';
import { addScenarios } from './commands/scenarios.ts';
import { addStack } from './commands/stack.ts';
import { addSuite } from './commands/suite.ts';
import { addVersus } from './commands/versus.ts';
import { addExamples } from './examples.ts';
import type { CommandHost } from './host.ts';
import { type Io, sizeOf } from './io.ts';
import { commandPath } from './options.ts';
import { formatUsageError } from './print-error.ts';
import { readTool } from './version.ts';

/** Every command in the order of the help. */
const COMMANDS: readonly ((program: Command, host: CommandHost) => void)[] = [
  addRun,
  addPlan,
  addScenarios,
  addGate,
  addReport,
  addAudit,
  addEvidence,
  addDiagnose,
  addCompare,
  addAb,
  addVersus,
  addCapacity,
  addSuite,
  addCalibrate,
  addCorpus,
  addAgent,
  addRelay,
  addRecord,
  addStack,
  addCompletion,
  addDoctor,
];

/** The command line with all its commands. */
export interface Program {
  /**
   * Carries out what the arguments ask for and gives the exit code.
   * @throws RelayBenchError, or CommanderError where parsing ended (usage errors are already printed)
   */
  run(args: readonly string[]): Promise<ExitCode>;
}

export function createProgram(io: Io): Program {
  let exitCode: ExitCode = EXIT.ok;
  const program = baseCommand(io);
  const host: CommandHost = {
    io,
    colourFlag: () => program.opts<{ color?: boolean }>().color,
    finish: (code) => {
      exitCode = code;
    },
  };
  for (const add of COMMANDS) add(program, host);
  addExamples(program);
  explainUsageErrors(program);
  return {
    run: async (args) => {
      await program.parseAsync(args, { from: 'user' });
      return exitCode;
    },
  };
}

/** Settings here are inherited by every command that is added afterwards. */
function baseCommand(io: Io): Command {
  const tool = readTool();
  return new Command(tool.name)
    .description('Load testing and benchmarking for Nostr relays.')
    .version(tool.version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show what exists')
    .option('--color', 'colour the output, wherever it goes')
    .option('--no-color', 'never colour the output')
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      getOutHelpWidth: () => sizeOf(io.stdout).columns,
      getErrHelpWidth: () => sizeOf(io.stderr).columns,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .exitOverride();
}

/** Usage errors name the help of the command that they concern, hence one setting a command. */
function explainUsageErrors(command: Command): void {
  command.configureOutput({
    outputError: (text, write) => write(formatUsageError(text, `${commandPath(command)} --help`)),
  });
  for (const child of command.commands) explainUsageErrors(child);
}

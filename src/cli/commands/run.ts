import type { Command } from 'commander';
import { requireOwnDirectory, requireWritable } from '../../base/directory.ts';
import type { CommandHost } from '../host.ts';
import { requireAgentFlags, runOnAgents } from '../run/agents-of-run.ts';
import { corporaOf } from '../run/corpora.ts';
import { executeRun } from '../run/execute-run.ts';
import { checkFaultsFor } from '../run/faults-of-run.ts';
import { addLoadOptions, addRunOptions, type RunFlags } from '../run/flags.ts';
import { observedProcesses } from '../run/observed-process.ts';
import { placed } from '../run/placed.ts';
import { DEFAULT_SCENARIO, plannedAddresses, preparePlan } from '../run/prepare-plan.ts';
import { requireDifferentNames } from '../run/relay-flag.ts';
import { addTelemetryOptions } from '../run/telemetry-flags.ts';

/** `run`: carry out a scenario and judge it; exit 0 where every gate holds. */
export function addRun(program: Command, host: CommandHost): void {
  const command = program
    .command('run')
    .description('run a scenario against relays and judge the result by its gates')
    .argument('[scenario]', 'built-in name or YAML file', DEFAULT_SCENARIO);
  addTelemetryOptions(addRunOptions(addLoadOptions(command))).action(
    async (scenario: string, flags: RunFlags) => {
      // Before a corpus is generated, which takes its time.
      if (flags.out !== undefined) {
        requireOwnDirectory(flags.out, '--out');
        await requireWritable(flags.out, '--out');
      }
      requireAgentFlags(flags, (option) => command.getOptionValueSource(option) === 'cli');
      requireDifferentNames(flags.relay);
      const observed = observedProcesses(flags);
      const planned = {
        ...flags,
        relay: plannedAddresses(flags),
        checkFault: checkFaultsFor(flags, host.io.env),
      };
      const prepared = await preparePlan(scenario, planned, corporaOf(host, flags.cache), host.io.env);
      const plan = flags.pin === true ? await placed(prepared) : prepared;
      const run =
        flags.agents === undefined ? {} : { run: await runOnAgents({ host, plan, flags, scenario }) };
      host.finish(await executeRun({ host, plan, flags, observed, ...run }));
    },
  );
}

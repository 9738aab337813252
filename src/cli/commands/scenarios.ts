import type { Command } from 'commander';
import { RelayBenchError } from '../../base/errors.ts';
import { didYouMean } from '../../base/suggest.ts';
import { scenarioJsonSchema } from '../../scenario/json-schema.ts';
import { listBuiltins, readScenario } from '../../scenario/load.ts';
import type { CommandHost } from '../host.ts';
import { preparePlan } from '../run/prepare-plan.ts';

/** `scenarios`: what comes with the program, and whether a file of the user's own is right. */
export function addScenarios(program: Command, host: CommandHost): void {
  const print = (text: string): void => {
    host.io.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
  };
  const scenarios = program.command('scenarios').description('list, show and validate scenarios');
  scenarios
    .command('list', { isDefault: true })
    .description('list the built-in scenarios (default)')
    .allowExcessArguments()
    .action(async (_options: unknown, command: Command) => {
      refuseUnknown(command.args[0], scenarios);
      print(await builtinTable());
    });
  scenarios
    .command('show')
    .description('print a scenario as it is written')
    .argument('<scenario>', 'built-in name or YAML file')
    .action(async (name: string) => print((await readScenario(name)).text));
  scenarios
    .command('validate')
    .description('check a scenario file and print all its problems at once')
    .argument('<file>', 'YAML file')
    .action(async (file: string) => {
      const plan = await preparePlan(file, { defaultGates: true });
      print(`${file}: valid, scenario ${plan.scenario.name}`);
    });
  scenarios
    .command('schema')
    .description('print the JSON Schema of scenario files')
    .action(() => print(JSON.stringify(scenarioJsonSchema(), null, 2)));
}

async function builtinTable(): Promise<string> {
  const builtins = await listBuiltins();
  const width = Math.max(...builtins.map(({ name }) => name.length));
  return builtins.map(({ name, description }) => `${name.padEnd(width)}  ${description}`).join('\n');
}

/** The default command also gets words that are no command at all. */
function refuseUnknown(word: string | undefined, scenarios: Command): void {
  if (word === undefined) return;
  const known = scenarios.commands.map((command) => command.name());
  throw new RelayBenchError(`unknown command 'scenarios ${word}'${didYouMean(word, known)}`, {
    code: 'COMMAND_UNKNOWN',
    hint: `use one of ${known.join(', ')}`,
  });
}

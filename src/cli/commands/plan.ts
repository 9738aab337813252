import { Chalk } from 'chalk';
import type { Command } from 'commander';
import { maskCommand } from '../../base/mask-command.ts';
import { maskUrl } from '../../base/mask-url.ts';
import { describePlan, type PlanSection } from '../../plan/describe.ts';
import { visible } from '../../report/escape.ts';
import { wantsColour } from '../colour.ts';
import type { CommandHost } from '../host.ts';
import { corporaInCache } from '../run/corpora.ts';
import { checkFaultsFor } from '../run/faults-of-run.ts';
import { addLoadOptions, type LoadFlags } from '../run/flags.ts';
import { DEFAULT_SCENARIO, plannedAddresses, preparePlan } from '../run/prepare-plan.ts';
import { type RelayFlag, requireDifferentNames, type TargetFlags } from '../run/relay-flag.ts';

/** `plan`: every resolved number of a run; nothing is started and nothing is sent. */
export function addPlan(program: Command, host: CommandHost): void {
  const command = program
    .command('plan')
    .description('print every resolved number of a run, start nothing')
    .argument('[scenario]', 'built-in name or YAML file', DEFAULT_SCENARIO);
  addLoadOptions(command).action(async (scenario: string, flags: LoadFlags & TargetFlags) => {
    requireDifferentNames(flags.relay);
    const planned = {
      ...flags,
      relay: plannedAddresses(flags),
      checkFault: checkFaultsFor(flags, host.io.env),
    };
    const plan = await preparePlan(scenario, planned, corporaInCache(host.io.env, flags.cache), host.io.env);
    const own = flags.stack === undefined ? 'the embedded relay' : `the stack ${flags.stack}`;
    const targets = flags.relay?.map(targetText) ?? [own];
    const colour = wantsColour(host.colourFlag(), host.io.env, host.io.stdout);
    host.io.stdout.write(renderSections(describePlan({ ...plan, targets }), colour));
  });
}

/** Without the secrets of addresses and commands. */
function targetText({ name, url, command }: RelayFlag): string {
  const what = url === null ? `started by ${maskCommand(command ?? '')}` : maskUrl(url);
  return name === null ? what : `${name}: ${what}`;
}

function renderSections(sections: readonly PlanSection[], colour: boolean): string {
  const chalk = new Chalk({ level: colour ? 1 : 0 });
  const width = Math.max(...sections.flatMap(({ rows }) => rows.map(([label]) => label.length)));
  const blocks = sections.map(({ title, rows }) => {
    const lines = rows.map(([label, text]) => `  ${label.padEnd(width)}  ${visible(text, 1_000)}`);
    return [chalk.bold(title), ...lines].join('\n');
  });
  return `${blocks.join('\n\n')}\n`;
}

import { type Command, Option } from 'commander';
import { readRunRecord } from '../../record/read.ts';
import { FORMATS, formatByName } from '../../report/formats.ts';
import type { CommandHost } from '../host.ts';
import { screenOptions } from '../run/reporters.ts';

/** `report`: render a finished run again, from its file alone; exit 0 whatever the verdict was. */
export function addReport(program: Command, host: CommandHost): void {
  const format = new Option('--format <format>', 'what to print on stdout')
    .choices(FORMATS.map(({ name }) => name))
    .default('terminal');
  program
    .command('report')
    .description('render a finished run again')
    .argument('<run.json>', 'record of the run')
    .addOption(format)
    .action(async (file: string, flags: { format: string }) => {
      const record = await readRunRecord(file);
      host.io.stdout.write(formatByName(flags.format).render(record, screenOptions(host, [])));
    });
}

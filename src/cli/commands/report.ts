import type { Command } from 'commander';
import { readRunRecord } from '../../record/read.ts';
import { FORMATS, formatNamed } from '../../report/formats.ts';
import type { CommandHost } from '../host.ts';
import { printedFormat } from '../report-format.ts';
import { screenOptions } from '../run/reporters.ts';

/** `report`: render a finished run again, from its file alone; exit 0 whatever the verdict was. */
export function addReport(program: Command, host: CommandHost): void {
  program
    .command('report')
    .description('render a finished run again')
    .argument('<run.json>', 'record of the run')
    .addOption(printedFormat(FORMATS.run))
    .action(async (file: string, flags: { format: string }) => {
      const record = await readRunRecord(file);
      host.io.stdout.write(formatNamed(FORMATS.run, flags.format).render(record, screenOptions(host, [])));
    });
}

import type { Command } from 'commander';
import { diagnose } from '../../diagnose/diagnose.ts';
import { readRunRecord } from '../../record/read.ts';
import { FORMATS, formatNamed } from '../../report/formats.ts';
import type { CommandHost } from '../host.ts';
import { printedFormat } from '../report-format.ts';
import { screenOptions } from '../run/reporters.ts';

/** `diagnose`: what saturated first in a finished run; exit 0 whatever it was. */
export function addDiagnose(program: Command, host: CommandHost): void {
  program
    .command('diagnose')
    .description('say what saturated first in a run, with evidence and what to do about it')
    .argument('<run.json>', 'record of the run')
    .addOption(printedFormat(FORMATS.diagnosis))
    .action(async (file: string, { format }: { format: string }) => {
      const diagnosis = diagnose(await readRunRecord(file));
      const text = formatNamed(FORMATS.diagnosis, format).render(diagnosis, screenOptions(host, []));
      host.io.stdout.write(text);
    });
}

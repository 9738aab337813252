import { Chalk, type ChalkInstance } from 'chalk';
import type { Command } from 'commander';
import { EXIT } from '../../base/exit-codes.ts';
import { examinePrograms } from '../../stack/missing-packages.ts';
import { wantsColour } from '../colour.ts';
import { examine, type Finding } from '../doctor/examine.ts';
import { readMachineFacts } from '../doctor/facts.ts';
import { programFindings } from '../doctor/programs.ts';
import type { CommandHost } from '../host.ts';

/** `doctor`: what this machine allows and what to do about it; exit 3 where no run is possible. */
export function addDoctor(program: Command, host: CommandHost): void {
  program
    .command('doctor')
    .description('examine limits and programs of this machine and say what they allow')
    .action(async () => {
      const path = host.io.env['PATH'] ?? '';
      const programs = programFindings(await examinePrograms(path), path);
      const findings = [...examine(readMachineFacts()), ...programs];
      const colour = wantsColour(host.colourFlag(), host.io.env, host.io.stdout);
      host.io.stdout.write(renderFindings(findings, new Chalk({ level: colour ? 1 : 0 })));
      if (findings.some((finding) => finding.verdict === 'problem')) host.finish(EXIT.unreachable);
    });
}

function renderFindings(findings: readonly Finding[], chalk: ChalkInstance): string {
  const style = { ok: chalk.green, warning: chalk.yellow, problem: chalk.red };
  const width = (pick: (finding: Finding) => string): number =>
    Math.max(...findings.map((finding) => pick(finding).length));
  const nameWidth = width((finding) => finding.name);
  const valueWidth = width((finding) => finding.value);
  const lines = findings.map((finding) => {
    const { name, value, allows, advice } = finding;
    const verdict = style[finding.verdict](finding.verdict.padEnd(7));
    const line = `${verdict}  ${name.padEnd(nameWidth)}  ${value.padEnd(valueWidth)}  ${allows}`;
    return advice === undefined ? line : `${line}\n         ${chalk.dim(`→ ${advice}`)}`;
  });
  return `${lines.join('\n')}\n`;
}

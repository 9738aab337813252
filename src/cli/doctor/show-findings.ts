import { Chalk, type ChalkInstance } from 'chalk';
import { wantsColour } from '../colour.ts';
import type { CommandHost } from '../host.ts';
import type { Finding } from './examine.ts';

/** Prints findings, a line each, with what to do about them. */
export function showFindings(findings: readonly Finding[], { io, colourFlag }: CommandHost): void {
  const colour = wantsColour(colourFlag(), io.env, io.stdout);
  io.stdout.write(renderFindings(findings, new Chalk({ level: colour ? 1 : 0 })));
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

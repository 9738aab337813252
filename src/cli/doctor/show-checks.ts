import { Chalk, type ChalkInstance } from 'chalk';
import { wantsColour } from '../colour.ts';
import type { CommandHost } from '../host.ts';
import type { MachineCheck } from './examine.ts';

/** Prints checks, a line each, with what to do about them. */
export function showChecks(checks: readonly MachineCheck[], { io, colourFlag }: CommandHost): void {
  const colour = wantsColour(colourFlag(), io.env, io.stdout);
  io.stdout.write(renderChecks(checks, new Chalk({ level: colour ? 1 : 0 })));
}

function renderChecks(checks: readonly MachineCheck[], chalk: ChalkInstance): string {
  const style = { ok: chalk.green, warning: chalk.yellow, problem: chalk.red };
  const width = (pick: (check: MachineCheck) => string): number =>
    Math.max(...checks.map((check) => pick(check).length));
  const nameWidth = width((check) => check.name);
  const valueWidth = width((check) => check.value);
  const lines = checks.map((check) => {
    const { name, value, allows, advice } = check;
    const verdict = style[check.verdict](check.verdict.padEnd(7));
    const line = `${verdict}  ${name.padEnd(nameWidth)}  ${value.padEnd(valueWidth)}  ${allows}`;
    return advice === undefined ? line : `${line}\n         ${chalk.dim(`→ ${advice}`)}`;
  });
  return `${lines.join('\n')}\n`;
}

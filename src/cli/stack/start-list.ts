import { Chalk } from 'chalk';
import { formatDurationMs } from '../../base/duration.ts';
import type { OnStartStep, StartStep } from '../../stack/lifecycle/start-all.ts';
import { wantsColour } from '../colour.ts';
import type { CommandHost } from '../host.ts';

const SYMBOL: Readonly<Record<StartStep['status'], string>> = {
  waiting: '·',
  starting: '…',
  ready: '✓',
  failed: '✗',
};

/**
 * Shows how far the start of a stack is, on stderr: on a terminal a list that is drawn again with each step,
 * elsewhere a line for each service that has become ready or failed.
 */
export function startList({ io, colourFlag }: CommandHost): OnStartStep {
  const chalk = new Chalk({ level: wantsColour(colourFlag(), io.env, io.stderr) ? 1 : 0 });
  const paint = { waiting: chalk.dim, starting: chalk.yellow, ready: chalk.green, failed: chalk.red };
  const line = ({ service, status, elapsedMs }: StartStep): string => {
    const time = status === 'ready' || status === 'failed' ? formatDurationMs(elapsedMs) : '';
    const text = `${service.name.padEnd(12)}  ${service.role.padEnd(22)}  ${time}`;
    return `${paint[status](SYMBOL[status])} ${text.trimEnd()}\n`;
  };
  if (io.stderr.isTTY !== true || io.env['TERM'] === 'dumb') {
    return (step) => {
      if (step.status === 'ready' || step.status === 'failed') io.stderr.write(line(step));
    };
  }
  const steps = new Map<string, StartStep>();
  let drawn = 0;
  return (step) => {
    steps.set(step.service.name, step);
    const back = drawn === 0 ? '' : `\u001b[${drawn}A\u001b[0J`;
    drawn = steps.size;
    io.stderr.write(back + [...steps.values()].map(line).join(''));
  };
}

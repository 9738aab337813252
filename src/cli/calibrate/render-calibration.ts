import { Chalk } from 'chalk';
import type { Calibration } from '../../calibrate/calibration.ts';
import { visible } from '../../report/escape.ts';
import { plainTable } from '../../report/plain-table.ts';
import { count, duration, NOTHING } from '../../report/quantity.ts';

type Row = readonly [what: string, perCpuSecond: string, highestValid: string];

/**
 * A calibration for a person: what one worker can do, and how late it is at which rate.
 * @param path where it was saved; null where it was not
 */
export function renderCalibration(calibration: Calibration, path: string | null, colour: boolean): string {
  const { machine } = calibration;
  const chalk = new Chalk({ level: colour ? 1 : 0 });
  const title = (text: string): string => chalk.bold.underline(text);
  const facts = `${machine.cpuModel}, ${machine.cpus} CPUs, Node.js ${machine.nodeMajor}, kernel ${machine.kernel}`;
  return [
    title('What one worker can do on this machine'),
    chalk.dim(`  ${visible(facts)}`),
    table([HEAD, ...ceilingRows(calibration)]),
    '',
    title('On time: the highest rate with 99 % of the events written within 5 ms, one worker'),
    ratesOnTime(calibration),
    '',
    title('Send lag on 64 connections'),
    table([['at', 'p50', 'p99'], ...calibration.sendLag.map(lagRow)]),
    '',
    path === null ? 'not saved' : `saved to ${visible(path, path.length)}`,
    '',
  ].join('\n');
}

const HEAD: Row = ['', 'per second of CPU', 'highest valid rate'];

function ceilingRows(calibration: Calibration): Row[] {
  const only = (what: string, perSecond: number): Row => [what, rate(perSecond), ''];
  return [
    ...calibration.events.map(({ connections, perCpuSecond, highestValid_per_s }): Row => {
      const on = `events acknowledged, ${soMany(connections)}`;
      return [on, rate(perCpuSecond), highestValid_per_s === null ? NOTHING : rate(highestValid_per_s)];
    }),
    only('queries completed', calibration.queriesPerCpuSecond),
    only('deliveries received', calibration.deliveriesPerCpuSecond),
    only('connections opened', calibration.connectionsPerCpuSecond),
    only('events signed', calibration.signaturesPerCpuSecond),
  ];
}

function ratesOnTime({ onTime }: Calibration): string {
  if (onTime.length === 0) return '  at no rate';
  return table([['', 'rate', 'lag p50', 'lag p99'], ...onTime.map(onTimeRow)]);
}

function onTimeRow({ connections, rate_per_s, p50_us, p99_us }: Calibration['onTime'][number]): string[] {
  return [`events, ${soMany(connections)}`, rate(rate_per_s), duration(p50_us), duration(p99_us)];
}

function soMany(connections: number): string {
  return `${count(connections)} ${connections === 1 ? 'connection' : 'connections'}`;
}

function lagRow({ rate_per_s, p50_us, p99_us }: Calibration['sendLag'][number]): Row {
  return [rate(rate_per_s), duration(p50_us), duration(p99_us)];
}

function rate(perSecond: number): string {
  return `${count(perSecond)}/s`;
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, at) => Math.max(...rows.map((row) => (row[at] ?? '').length)));
  return plainTable({
    rows,
    widths,
    aligns: widths.map((_, at) => (at === 0 ? 'left' : 'right')),
    wraps: -1,
    width: 100,
    gap: 2,
  });
}

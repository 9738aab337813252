import { loadavg } from 'node:os';
import { pid } from 'node:process';
import type { Command } from 'commander';
import { formatDurationMs } from '../../base/duration.ts';
import { calibrate } from '../../calibrate/calibrate.ts';
import { FULL, mostConnections, QUICK, withinLimit } from '../../calibrate/effort.ts';
import { secondsLeft } from '../../calibrate/estimate.ts';
import { calibrationToJson, prepareToWrite, writeCalibration } from '../../calibrate/store.ts';
import { watchOtherPrograms } from '../../observe/other-programs.ts';
import { pathOfCalibration, thisMachine } from '../calibrate/find-calibration.ts';
import { busyText, requireQuiet, tooBusy } from '../calibrate/quiet.ts';
import { renderCalibration } from '../calibrate/render-calibration.ts';
import { wantsColour } from '../colour.ts';
import type { CommandHost } from '../host.ts';
import { readSupply } from '../limit-check.ts';
import { inLoadSession } from '../load-session.ts';

interface CalibrateFlags {
  readonly quick: boolean;
  readonly json: boolean;
  /** Measure and save although other programs use the cores. */
  readonly evenIfBusy: boolean;
}

/** `calibrate`: measure what a worker can do on this machine, and keep it for runs to be held against. */
export function addCalibrate(program: Command, host: CommandHost): void {
  program
    .command('calibrate')
    .description("measure this machine's own ceiling against a relay that costs nothing")
    .option('--quick', 'less exact, in less than half the time', false)
    .option('--json', 'print the result as JSON', false)
    .option('--even-if-busy', 'measure and save although other programs use the cores', false)
    .action(async (flags: CalibrateFlags) => runCalibrate(flags, host));
}

async function runCalibrate(flags: CalibrateFlags, host: CommandHost): Promise<void> {
  const { quick, json, evenIfBusy } = flags;
  const { io } = host;
  const supply = readSupply();
  const effort = withinLimit(quick ? QUICK : FULL, supply.openFiles);
  const path = pathOfCalibration(io.env);
  const machine = thisMachine();
  const [loadAverage = 0] = loadavg();
  const demand = {
    connections: mostConnections(effort),
    workers: 1,
    addressPairs: 1,
    relay: 'the null relay',
  };
  await prepareToWrite(path);
  if (!evenIfBusy) requireQuiet(loadAverage, machine.cpus);
  const total = formatDurationMs(secondsLeft(effort, 1) * 1_000);
  io.stderr.write(`takes about ${total}; leave the machine alone meanwhile\n`);
  const session = {
    host,
    given: [],
    owned: [],
    demands: [demand],
    insecure: false,
    onFirst: (signal: string) => io.stderr.write(`${signal}: stopping, a second signal ends at once\n`),
  };
  // The null relays and the worker end by themselves when this process does.
  await inLoadSession(session, async ({ interruption }) => {
    const others = watchOtherPrograms(() => [pid]);
    others.start();
    const calibration = await calibrate({
      effort,
      machine,
      loadAverage,
      signal: interruption.signal,
      onStep: ({ number, total, name }) => {
        const left = formatDurationMs(secondsLeft(effort, number) * 1_000);
        io.stderr.write(`[${number}/${total}] ${name}, about ${left} left\n`);
      },
    });
    const busy = evenIfBusy ? null : busyText(others.stop(), machine.cpus);
    if (busy === null) await writeCalibration(path, calibration);
    const colour = wantsColour(host.colourFlag(), io.env, io.stdout);
    io.stdout.write(
      json
        ? calibrationToJson(calibration)
        : renderCalibration(calibration, busy === null ? path : null, colour),
    );
    if (busy !== null)
      throw tooBusy(`${busy} while it was measured: the result is too low and was not saved`);
  });
}

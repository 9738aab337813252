import { loadavg } from 'node:os';
import type { Command } from 'commander';
import { calibrate } from '../../calibrate/calibrate.ts';
import { FULL, mostConnections, QUICK, withinLimit } from '../../calibrate/effort.ts';
import { calibrationToJson, prepareToWrite, writeCalibration } from '../../calibrate/store.ts';
import { pathOfCalibration, thisMachine } from '../calibrate/find-calibration.ts';
import { renderCalibration } from '../calibrate/render-calibration.ts';
import { wantsColour } from '../colour.ts';
import type { CommandHost } from '../host.ts';
import { readSupply } from '../limit-check.ts';
import { inLoadSession } from '../load-session.ts';

interface CalibrateFlags {
  readonly quick: boolean;
  readonly json: boolean;
}

/** Above this load average per core other programs take CPU from what is measured. */
const QUIET_LOAD_PER_CPU = 0.5;

/** `calibrate`: measure what a worker can do on this machine, and keep it for runs to be held against. */
export function addCalibrate(program: Command, host: CommandHost): void {
  program
    .command('calibrate')
    .description("measure this machine's own ceiling against a relay that costs nothing")
    .option('--quick', 'less exact, in less than half the time', false)
    .option('--json', 'print the result as JSON', false)
    .action(async (flags: CalibrateFlags) => runCalibrate(flags, host));
}

async function runCalibrate({ quick, json }: CalibrateFlags, host: CommandHost): Promise<void> {
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
  if (loadAverage > QUIET_LOAD_PER_CPU * machine.cpus) {
    io.stderr.write(
      `warning: other programs are using the cores (load average ${loadAverage.toFixed(1)}): the result will be too low\n`,
    );
  }
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
    const calibration = await calibrate({
      effort,
      machine,
      loadAverage,
      signal: interruption.signal,
      onStep: ({ number, total, name }) => io.stderr.write(`[${number}/${total}] ${name}\n`),
    });
    await writeCalibration(path, calibration);
    const colour = wantsColour(host.colourFlag(), io.env, io.stdout);
    io.stdout.write(json ? calibrationToJson(calibration) : renderCalibration(calibration, path, colour));
  });
}

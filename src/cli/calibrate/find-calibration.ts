import { homedir } from 'node:os';
import { stateDir } from '../../base/state-dir.ts';
import type { CalibratedMachine } from '../../calibrate/calibration.ts';
import { type Lookup, lookUpCalibration } from '../../calibrate/lookup.ts';
import { machineOf } from '../../calibrate/machine.ts';
import { calibrationPath } from '../../calibrate/store.ts';
import { readEnvironment } from '../../observe/environment.ts';
import type { Io } from '../io.ts';
import { readTool } from '../version.ts';

/** Where the calibration of this user lies. */
export function pathOfCalibration(env: Io['env']): string {
  return calibrationPath(stateDir(env, homedir()));
}

/** This machine, as a calibration names it. */
export function thisMachine(): CalibratedMachine {
  return machineOf(readEnvironment(true), readTool());
}

/** The calibration that holds for runs here and now, or why there is none. */
export function findCalibration(env: Io['env']): Promise<Lookup> {
  return lookUpCalibration(pathOfCalibration(env), thisMachine(), Date.now());
}

import type { Environment } from '../observe/environment.ts';
import type { CalibratedMachine } from './calibration.ts';

const NAMES: Readonly<Record<keyof CalibratedMachine, string>> = {
  cpuModel: 'CPU',
  cpus: 'number of CPUs',
  nodeMajor: 'Node.js',
  kernel: 'kernel',
  version: 'relay-bench',
};

/** What a calibration of this machine holds for. @param tool versions of this program and of its Node.js */
export function machineOf(
  { cpuModel, cpus, kernel }: Pick<Environment, 'cpuModel' | 'cpus' | 'kernel'>,
  tool: { readonly version: string; readonly node: string },
): CalibratedMachine {
  const nodeMajor = Number.parseInt(tool.node.replace(/^v/, ''), 10);
  return { cpuModel, cpus, nodeMajor, kernel, version: tool.version };
}

/** What differs between two machines, for example `Node.js 20, now 24`; empty where nothing does. */
export function differences(calibrated: CalibratedMachine, now: CalibratedMachine): readonly string[] {
  return (Object.keys(NAMES) as (keyof CalibratedMachine)[])
    .filter((key) => calibrated[key] !== now[key])
    .map((key) => `${NAMES[key]} ${calibrated[key]}, now ${now[key]}`);
}

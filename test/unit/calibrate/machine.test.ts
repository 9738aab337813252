import { describe, expect, it } from 'vitest';
import { differences, machineOf } from '../../../src/calibrate/machine.ts';
import { sampleCalibration } from '../../support/sample-calibration.ts';

const { machine } = sampleCalibration();

describe('the machine of a calibration', () => {
  it('keeps of Node.js the major version alone', () => {
    const environment = { cpuModel: 'c', cpus: 4, kernel: 'k' };
    expect(machineOf(environment, { version: '1.2.3', node: 'v22.11.0' })).toEqual({
      cpuModel: 'c',
      cpus: 4,
      kernel: 'k',
      nodeMajor: 22,
      version: '1.2.3',
    });
  });

  it('equals itself', () => {
    expect(differences(machine, { ...machine })).toEqual([]);
  });

  it.each([
    ['cpuModel', 'Other', 'CPU Sample CPU @ 2.40GHz, now Other'],
    ['cpus', 8, 'number of CPUs 2, now 8'],
    ['nodeMajor', 24, 'Node.js 20, now 24'],
    ['kernel', '7.0', 'kernel 6.12.0, now 7.0'],
    ['version', '0.2.0', 'relay-bench 0.1.0, now 0.2.0'],
  ])('is another one with another %s', (key, value, text) => {
    expect(differences(machine, { ...machine, [key]: value })).toEqual([text]);
  });
});

import { describe, expect, test } from 'vitest';
import { FULL, QUICK } from '../../../../src/calibrate/effort.ts';
import { secondsLeft, secondsOfSteps } from '../../../../src/calibrate/estimate.ts';
import { busyText, requireQuiet } from '../../../../src/cli/calibrate/quiet.ts';
import { examineCalibration } from '../../../../src/cli/doctor/examine-calibration.ts';
import { NOT_CALIBRATED } from '../../../../src/record/caveats.ts';
import { sampleCalibration } from '../../../support/sample-calibration.ts';

describe('a machine that is calibrated', () => {
  test('must be quiet before anything is measured', () => {
    expect(() => requireQuiet(0.9, 2)).not.toThrow();
    expect(() => requireQuiet(1.1, 2)).toThrow(
      expect.objectContaining({
        code: 'MACHINE_BUSY',
        exitCode: 3,
        message: 'other programs use the cores (load average 1.1 on 2): nothing was measured',
        hint: expect.stringContaining('--even-if-busy'),
      }),
    );
  });

  test('must have been quiet meanwhile; who was not is named', () => {
    const programs = [
      { name: 'postgres', cores: 0.9 },
      { name: 'fire\u001bfox', cores: 0.4 },
    ];
    expect(busyText({ loadAverage: 2, cores: 1.3, programs }, 2)).toBe(
      'postgres and fire\\x1bfox used 1.3 of 2 cores',
    );
    expect(busyText({ loadAverage: 2, cores: 0.1, programs: [] }, 2)).toBeNull();
    expect(busyText(null, 2)).toBeNull();
  });
});

describe('how long a calibration takes', () => {
  test('is known step by step, and less where it is quick', () => {
    expect(secondsOfSteps(FULL)).toHaveLength(FULL.events.length + FULL.onTime.connections.length + 4);
    expect(secondsLeft(FULL, 1)).toBeGreaterThan(secondsLeft(QUICK, 1));
    const steps = secondsOfSteps(FULL);
    expect(secondsLeft(FULL, steps.length)).toBe(steps.at(-1));
    expect(secondsLeft(FULL, steps.length + 1)).toBe(0);
  });
});

describe('doctor', () => {
  test('says that a calibration is missing, and how to get one', () => {
    const findings = examineCalibration({ calibration: null, reason: NOT_CALIBRATED });
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({ verdict: 'warning', value: 'none' });
    expect(findings[0]?.advice).toMatch(/^relay-bench calibrate/);
    expect(findings[0]?.allows).not.toContain('`');
  });

  test('says at which rate a worker is on time', () => {
    const [ceiling, onTime] = examineCalibration({ calibration: sampleCalibration() });
    expect(ceiling).toMatchObject({ verdict: 'ok', name: 'calibration', value: '2026-11-20' });
    expect(onTime).toEqual({
      verdict: 'ok',
      name: 'rate on time',
      value: '90,000 events/s',
      allows: 'on time up to this rate for each worker, on 64 connections',
    });
  });
});

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { judgeStored, lookUpCalibration } from '../../../src/calibrate/lookup.ts';
import { writeCalibration } from '../../../src/calibrate/store.ts';
import { sampleCalibration } from '../../support/sample-calibration.ts';

const calibration = sampleCalibration();
const { machine } = calibration;
const MADE_MS = Date.parse(calibration.calibratedAt);
const DAY_MS = 86_400_000;

describe('judgeStored', () => {
  it('accepts a calibration of this machine for 30 days', () => {
    expect(judgeStored({ calibration }, machine, MADE_MS)).toEqual({ calibration });
    expect(judgeStored({ calibration }, machine, MADE_MS + 30 * DAY_MS)).toEqual({ calibration });
  });

  it('refuses an older one', () => {
    expect(judgeStored({ calibration }, machine, MADE_MS + 30 * DAY_MS + 1)).toEqual({
      calibration: null,
      reason: 'the calibration of 2026-11-20 is older than 30 days',
    });
  });

  it('refuses one of another machine and says what differs', () => {
    const now = { ...machine, cpus: 16, kernel: '7.1' };
    expect(judgeStored({ calibration }, now, MADE_MS)).toEqual({
      calibration: null,
      reason: 'the calibration is from another machine: number of CPUs 2, now 16; kernel 6.12.0, now 7.1',
    });
  });

  it('allows clocks to be set back a little, not a day', () => {
    expect(judgeStored({ calibration }, machine, MADE_MS - 60_000)).toEqual({ calibration });
    expect(judgeStored({ calibration }, machine, MADE_MS - DAY_MS)).toMatchObject({
      reason: expect.stringContaining('in the future'),
    });
  });

  it('says whether there is no file or an unusable one', () => {
    expect(judgeStored({ calibration: null, problem: null }, machine, MADE_MS)).toMatchObject({
      reason: expect.stringContaining('run `relay-bench calibrate` once'),
    });
    expect(judgeStored({ calibration: null, problem: 'it is not JSON' }, machine, MADE_MS)).toMatchObject({
      reason: "the calibration file can't be used: it is not JSON",
    });
  });
});

describe('lookUpCalibration', () => {
  let directory = '';
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'relay-bench-lookup-'));
  });
  afterAll(async () => {
    await rm(directory, { recursive: true });
  });

  it('finds what was written', async () => {
    const path = join(directory, 'calibration.json');
    await writeCalibration(path, calibration);
    expect(await lookUpCalibration(path, machine, MADE_MS)).toEqual({ calibration });
  });
});

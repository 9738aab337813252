import { chmod, mkdir, mkdtemp, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  calibrationPath,
  calibrationToJson,
  parseCalibration,
  prepareToWrite,
  readCalibration,
  writeCalibration,
} from '../../../src/calibrate/store.ts';
import { sampleCalibration } from '../../support/sample-calibration.ts';

let directory = '';
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'relay-bench-calibration-'));
});
afterAll(async () => {
  await rm(directory, { recursive: true });
});

const sample = sampleCalibration();

describe('the file of a calibration', () => {
  it('gives back what was written, from a directory that did not exist', async () => {
    const path = calibrationPath(join(directory, 'a', 'b'));
    await prepareToWrite(path);
    await writeCalibration(path, sample);
    expect(await readCalibration(path)).toEqual({ calibration: sample });
    expect(await readFile(path, 'utf8')).toBe(calibrationToJson(sample));
  });

  it('is not used where others may have written it, or its directory', async () => {
    const path = calibrationPath(join(directory, 'open'));
    await prepareToWrite(path);
    await writeCalibration(path, sample);
    await chmod(path, 0o666);
    expect(await readCalibration(path)).toMatchObject({
      calibration: null,
      problem: expect.stringContaining('others may write it (mode 666)'),
    });
    await chmod(path, 0o600);
    await chmod(join(directory, 'open'), 0o777);
    expect(await readCalibration(path)).toMatchObject({
      problem: expect.stringContaining('others may write it (mode 777)'),
    });
  });

  it('is written to a directory that was open to others, closed to them first', async () => {
    const path = calibrationPath(join(directory, 'umask'));
    await mkdir(join(directory, 'umask'));
    await chmod(join(directory, 'umask'), 0o775);
    await prepareToWrite(path);
    await writeCalibration(path, sample);
    expect(await readCalibration(path)).toEqual({ calibration: sample });
    expect((await stat(join(directory, 'umask'))).mode & 0o777).toBe(0o755);
  });

  it('replaces an older one as a whole', async () => {
    const path = join(directory, 'twice.json');
    await writeCalibration(path, sample);
    await writeCalibration(path, sampleCalibration({ quick: true }));
    expect(await readCalibration(path)).toEqual({ calibration: sampleCalibration({ quick: true }) });
  });

  it.each(['missing.json', 'missing/calibration.json'])(
    'is no problem where there is none: %s',
    async (name) => {
      expect(await readCalibration(join(directory, name))).toEqual({ calibration: null, problem: null });
    },
  );

  it('is no problem where a file stands in the way of the directory', async () => {
    await writeFile(join(directory, 'in-the-way'), '');
    const path = join(directory, 'in-the-way', 'calibration.json');
    expect(await readCalibration(path)).toEqual({ calibration: null, problem: null });
    await expect(prepareToWrite(path)).rejects.toMatchObject({
      code: 'FILE_NOT_WRITTEN',
      hint: expect.stringContaining('XDG_STATE_HOME'),
    });
  });

  it('is not read where it is huge, or no file at all', async () => {
    const huge = join(directory, 'huge.json');
    await writeFile(huge, '');
    await truncate(huge, 10_000_000_000);
    expect(await readCalibration(huge)).toEqual({ calibration: null, problem: 'it is larger than 64 KiB' });
    await mkdir(join(directory, 'folder.json'));
    expect(await readCalibration(join(directory, 'folder.json'))).toMatchObject({
      problem: 'it is not a file',
    });
    expect(await readCalibration('/dev/zero')).toMatchObject({ problem: 'it is not a file' });
  });

  it('never holds what the schema does not know', () => {
    expect(() => calibrationToJson({ ...sample, queriesPerCpuSecond: Number.NaN })).toThrow();
  });
});

describe('parseCalibration', () => {
  const problemOf = (value: unknown): string | null => {
    const stored = parseCalibration(typeof value === 'string' ? value : JSON.stringify(value));
    return stored.calibration === null ? stored.problem : null;
  };

  it.each(['', '{', 'null', '[]', '"text"', '42', '\u0000', '{"formatVersion":1}'])('refuses %j', (text) => {
    expect(problemOf(text)).toEqual(expect.any(String));
  });

  it.each([
    ['another format', { formatVersion: 3 }],
    ['an unknown key', { trusted: true }],
    ['a rate of zero, which every run would exceed', { queriesPerCpuSecond: 0 }],
    ['a negative rate', { deliveriesPerCpuSecond: -1 }],
    ['a rate that no machine reaches', { connectionsPerCpuSecond: 1e300 }],
    ['a rate that is text', { signaturesPerCpuSecond: '480000' }],
    ['no date', { calibratedAt: 'yesterday' }],
    ['no events', { events: [] }],
    ['events out of order', { events: sample.events.toReversed() }],
    ['the same connections twice', { events: [sample.events[0], sample.events[0]] }],
    ['connections that are no number', { events: [{ ...sample.events[0], connections: null }] }],
    ['more points than anyone measures', { events: Array(100_000).fill(sample.events[0]) }],
    ['a rate on time of zero', { onTime: [{ ...sample.onTime[0], rate_per_s: 0 }] }],
    ['a name without end', { machine: { ...sample.machine, cpuModel: 'x'.repeat(10_000) } }],
  ])('refuses %s', (_, changes) => {
    expect(problemOf({ ...sample, ...changes })).toEqual(expect.any(String));
  });

  it('says of the file of another version what to do', () => {
    const { onTime: _, ...older } = sample;
    expect(problemOf({ ...older, formatVersion: 1 })).toBe(
      'it was written by another version of relay-bench: calibrate again',
    );
  });

  it('takes no keys from a prototype', () => {
    const text = calibrationToJson(sample).replace('{', '{"__proto__": {"quick": true},');
    expect(problemOf(text)).toEqual(expect.any(String));
  });

  it('names the place of the first problem', () => {
    expect(problemOf({ ...sample, events: [{ ...sample.events[0], perCpuSecond: 'x' }] })).toMatch(
      /^events\.0\.perCpuSecond: /,
    );
  });

  it('says in one short line what is wrong, whatever the file says', () => {
    const long = problemOf({ ...sample, ['key '.repeat(1_000)]: 1 }) ?? '';
    expect(long.length).toBeLessThan(200);
    const problem = problemOf({ ...sample, queriesPerCpuSecond: -1, events: [] }) ?? '';
    expect(problem).not.toContain('\n');
    expect(problem.length).toBeLessThan(200);
  });
});

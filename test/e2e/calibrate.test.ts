import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseCalibration } from '../../src/calibrate/store.ts';
import { readRunRecord } from '../../src/record/read.ts';
import { childrenOf } from '../support/children.ts';
import { eventuallyPasses } from '../support/eventually.ts';
import { runCli, startCli } from '../support/run-cli.ts';

// The built command from end to end, against null relays of its own. What this machine can do is not asserted:
// others may be using it.

const TIMEOUT_MS = 240_000;

let directory = '';
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'relay-bench-calibrate-'));
});
afterAll(async () => {
  await rm(directory, { recursive: true });
});

const stateHome = (name: string) => ({ XDG_STATE_HOME: join(directory, name) });
const fileIn = (name: string): string => join(directory, name, 'relay-bench', 'calibration.json');

function isGone(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return false;
  } catch {
    return true;
  }
}

describe('calibrate --quick --json', () => {
  let result: Awaited<ReturnType<typeof runCli>>;
  beforeAll(async () => {
    result = await runCli(['calibrate', '--quick', '--json', '--even-if-busy'], { env: stateHome('quick') });
  }, TIMEOUT_MS);

  test('ends well and prints nothing but what it saved', async () => {
    expect(result.exitCode, result.stderr).toBe(0);
    expect(result.stdout).toBe(await readFile(fileIn('quick'), 'utf8'));
  });

  test('tells on stderr what it measures', () => {
    expect(result.stderr).toMatch(/^takes about \d+/m);
    expect(result.stderr).toMatch(/^\[1\/8\] events on 1 connection, about .* left$/m);
    expect(result.stderr).toMatch(/^\[8\/8\] deliveries, about .* left$/m);
  });

  test('has every figure, in order', () => {
    const { calibration } = parseCalibration(result.stdout);
    expect(calibration).toMatchObject({ quick: true, machine: { cpus: expect.any(Number) } });
    expect(calibration?.events.map(({ connections }) => connections)).toEqual([1, 64, 1_000]);
    expect(calibration?.sendLag.map(({ rate_per_s }) => rate_per_s)).toContain(1_000);
    for (const { p50_us, p99_us } of calibration?.sendLag ?? []) {
      expect(p50_us).toBeLessThanOrEqual(p99_us ?? 0);
    }
  });

  test('knows what is on time, where anything is', () => {
    const { calibration } = parseCalibration(result.stdout);
    expect(calibration?.onTime.length).toBeLessThanOrEqual(1);
    for (const { connections, rate_per_s, failed_per_s, p99_us } of calibration?.onTime ?? []) {
      expect(connections).toBe(64);
      expect(rate_per_s).toBeLessThan(failed_per_s ?? Number.POSITIVE_INFINITY);
      expect(p99_us).toBeLessThanOrEqual(5_000);
    }
  });

  test('finds that signing alone costs less than a round trip on a socket of its own', () => {
    const { calibration } = parseCalibration(result.stdout);
    const perCpuSecond = calibration?.events.at(-1)?.perCpuSecond ?? Number.NaN;
    expect(perCpuSecond).toBeLessThan(calibration?.signaturesPerCpuSecond ?? 0);
  });

  test(
    'is cited by the next run',
    async () => {
      const out = join(directory, 'out');
      const scenario = join(directory, 'small.yaml');
      await writeFile(
        scenario,
        'name: small\ndescription: small.\nconnections: { count: 8 }\nworkloads: { publish: { rate: 20/s } }\nwarmup: 0s\nphases: [{ name: steady, duration: 1s }]\n',
      );
      await runCli(['run', scenario, '--out', out, '--no-default-gates'], { env: stateHome('quick') });
      const { generator, caveats } = await readRunRecord(join(out, 'run.json'));
      const { calibration } = parseCalibration(result.stdout);
      expect(generator.ceiling).toMatchObject({
        basis: 'calibration',
        calibratedAt: calibration?.calibratedAt,
        eventsPerSecond: expect.any(Number),
      });
      expect(generator.ceiling?.share).toBeLessThan(0.1);
      expect(caveats.join()).not.toContain('ceiling');
    },
    TIMEOUT_MS,
  );
});

describe('calibrate', () => {
  test(
    'that is interrupted saves nothing and leaves nothing running',
    async () => {
      const cli = startCli(['calibrate', '--quick', '--even-if-busy'], { env: stateHome('interrupted') });
      try {
        await cli.until(/\[1\/8\]/);
        let children: number[] = [];
        await eventuallyPasses(async () => {
          children = await childrenOf(cli.child.pid ?? 0);
          expect(children.length).toBe(2);
        });
        cli.child.kill('SIGINT');
        expect(await cli.result).toMatchObject({
          exitCode: 130,
          stdout: '',
          stderr: expect.stringContaining('nothing was saved'),
        });
        await eventuallyPasses(() => expect(children.filter((pid) => !isGone(pid))).toEqual([]));
        await expect(readFile(fileIn('interrupted'))).rejects.toThrow(/ENOENT/);
      } finally {
        await cli.stop();
      }
    },
    TIMEOUT_MS,
  );

  test('measures nothing where its result could not be saved', async () => {
    await mkdir(join(directory, 'blocked'));
    await writeFile(join(directory, 'blocked', 'relay-bench'), 'a file in the way');
    const { exitCode, stderr } = await runCli(['calibrate', '--quick'], { env: stateHome('blocked') });
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/^error: .*calibration\.json can't be written/m);
    expect(stderr).toMatch(/^hint: set XDG_STATE_HOME/m);
    expect(stderr).not.toContain('[1/8]');
  });
});

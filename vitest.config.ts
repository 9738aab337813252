import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { FLOORS } from './test/coverage-floors.ts';

// unit, property and golden tests need no build and no server; engine, truth and e2e tests run the built
// program as processes, one project at a time. Engine and truth tests run one file at a time, so that they do not disturb
// each other's clocks, and within a file side by side what only counts; e2e tests run four files at a
// time, those of the stack and of the machine's limits (project `stack`) one.
const serial = (groupOrder: number) => ({
  fileParallelism: false,
  testTimeout: 120_000,
  hookTimeout: 120_000,
  // Processes on a machine that others use too: what fails runs once more, and is named at the end where it passes then.
  retry: 1,
  sequence: { groupOrder },
  // The built program is what runs, as it stands.
  server: { deps: { external: [/\/dist\//] } },
});

/** E2e tests that want the machine for themselves: a dozen processes that watch each other, or a search for its limits. */
const ALONE = [
  'test/e2e/stack{,-attack,-capacity,-fault-command,-faults,-mends,-runbooks}.test.ts',
  'test/e2e/calibrate.test.ts',
];

export default defineConfig({
  test: {
    reporters: ['default', './test/setup/tell-second-tries.ts'],
    // With --coverage: what tests reach of src/ inside their own process, and a floor for every room.
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts'],
      reporter: ['text-summary', 'json'],
      thresholds: Object.fromEntries(
        Object.entries(FLOORS).map(([room, floor]) => [`src/${room}/**`, floor]),
      ),
    },
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/{unit,property,golden}/**/*.test.ts'],
          // Threads start in half the time of processes; every core takes part (the default leaves one idle).
          pool: 'threads',
          maxWorkers: availableParallelism(),
          // Importing takes as long as testing; the files of a thread share what they import, and keep no state there.
          isolate: false,
          // For machines that are busy with something else; more than the half minute after which `eventually` says what has not come.
          testTimeout: 60_000,
        },
      },
      {
        test: { name: 'engine', include: ['test/engine/**/*.test.ts'], maxConcurrency: 3, ...serial(1) },
      },
      {
        test: {
          name: 'truth',
          include: ['test/truth/**/*.test.ts'],
          // Runs that mostly wait. Those that are timed stand alone with their other transport (truth-case.ts).
          maxConcurrency: 5,
          ...serial(2),
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          exclude: ALONE,
          globalSetup: 'test/setup/servers.ts',
          ...serial(3),
          // Servers that start and stop, and clients that wait; what a busy machine does to figures is not asserted.
          fileParallelism: true,
          maxWorkers: 4,
        },
      },
      { test: { name: 'stack', include: ALONE, globalSetup: 'test/setup/servers.ts', ...serial(4) } },
    ],
  },
});

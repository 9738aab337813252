import { defineConfig } from 'vitest/config';

// unit, property and golden tests need no build and no server; engine, truth and e2e tests run the built
// program as processes, one file and one project at a time so that they do not disturb each other's clocks.
const serial = (groupOrder: number) => ({
  fileParallelism: false,
  testTimeout: 120_000,
  hookTimeout: 120_000,
  sequence: { groupOrder },
});

export default defineConfig({
  test: {
    projects: [
      {
        // The time is for machines that are busy with something else.
        test: { name: 'unit', include: ['test/{unit,property,golden}/**/*.test.ts'], testTimeout: 30_000 },
      },
      { test: { name: 'engine', include: ['test/engine/**/*.test.ts'], ...serial(1) } },
      { test: { name: 'truth', include: ['test/truth/**/*.test.ts'], ...serial(2) } },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          globalSetup: 'test/setup/servers.ts',
          ...serial(3),
        },
      },
    ],
  },
});

// What belongs to one place, and what no module may do, each with its reason. Who may import whom stands in
// scripts/rooms.json. `npm run check` runs all of it through scripts/check-layers.mjs.

/** The package or core module `target` (a pattern) belongs to `owners` (patterns of paths) alone, within src/. */
function owned(name, target, owners, reason) {
  return {
    name,
    comment: reason,
    severity: 'error',
    from: { path: '^src/', pathNot: owners },
    to: { path: target },
  };
}

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'plan-reads-no-scenario-text',
      comment: 'YAML and files end at the scenario loader; a plan starts from the parsed scenario.',
      severity: 'error',
      from: { path: '^src/plan/' },
      to: { path: '^src/scenario/(load|parse|position|builtin|problem|issue-text|json-schema)\\.ts$' },
    },
    {
      name: 'null-relay-stands-alone',
      comment:
        'The null relay is the yardstick: it shares nothing with the relay or with the client it measures.',
      severity: 'error',
      from: { path: '^src/relay/null/' },
      to: { path: '^src/', pathNot: '^src/relay/null/' },
    },

    owned(
      'hdr-histogram-only-in-metric-hdr',
      '(^|/)hdr-histogram-js/',
      ['^src/metric/hdr\\.ts$'],
      'Its traps (NaN, resizing, inexact extremes) are guarded in one place.',
    ),
    owned(
      'hdr-only-in-metric-histogram',
      '^src/metric/hdr\\.ts$',
      ['^src/metric/histogram\\.ts$'],
      'Nobody reaches around the histogram that guards it.',
    ),
    owned(
      'ws-only-in-wire-and-relay',
      '(^|/)(@types/)?ws/',
      ['^src/wire/', '^src/relay/(?!null/)'],
      'One client connection and one server; everything else goes through them.',
    ),
    owned(
      'child-process-only-in-engine-and-stack',
      '^(node:)?child_process$',
      ['^src/engine/', '^src/stack/'],
      'Who starts a process must also stop it: two supervisors are enough.',
    ),
    owned(
      'worker-threads-only-where-cores-are-wanted',
      '^(node:)?worker_threads$',
      ['^src/engine/', '^src/relay/', '^src/corpus/', '^src/workload/query/answer-(checker|thread)\\.ts$'],
      'Threads are a matter of what needs more than one core: load, the relay, and making or checking events.',
    ),
    owned(
      'process-only-at-the-edge',
      '^(node:)?process$',
      [
        ...['^src/cli/', '^src/engine/', '^src/stack/', '^src/observe/', '^src/relay/'],
        // The clock, and who this process is to the file system.
        '^src/base/(clock|trusted-path)\\.ts$',
        // Which Node.js a guard starts; programs.
        '^src/fault/(fault-guard|proxy/main|healer/main)\\.ts$',
      ],
      'Pure layers get what they need as arguments, so that they run in tests without a process of their own.',
    ),
    owned(
      'prom-client-only-in-telemetry-and-relay',
      '(^|/)prom-client/',
      ['^src/telemetry/prometheus\\.ts$', '^src/relay/'],
      'The text format of Prometheus is written in one place, apart from the relay, which is an island.',
    ),
    owned(
      'nostr-tools-only-in-nostr',
      '(^|/)nostr-tools/',
      ['^src/nostr/'],
      'What the library has another opinion on is settled in one place, a file for each NIP.',
    ),
    owned(
      'koffi-only-in-nostr',
      '(^|/)koffi/',
      ['^src/nostr/schnorr-native\\.ts$'],
      'Whoever calls foreign code can end the process: one file, which checks every length.',
    ),
    owned(
      'bullmq-only-in-distributed',
      '(^|/)bullmq/',
      ['^src/distributed/redis-bus\\.ts$'],
      'Who gets a shard is decided in one place; all else knows the bus alone.',
    ),
    owned('commander-only-in-cli', '(^|/)commander/', ['^src/cli/'], 'Flags end at the command line.'),
    owned(
      'yaml-only-in-scenario-and-stack',
      '(^|/)yaml/',
      ['^src/scenario/', '^src/stack/compose/', '^src/stack/prometheus/'],
      'YAML text ends at the scenario loader; only the Compose file and the configuration of Prometheus are written.',
    ),
    owned(
      'terminal-only-in-report-and-cli',
      '(^|/)(chalk|cli-table3)/',
      ['^src/report/', '^src/cli/'],
      'Only what faces a person knows colours and tables.',
    ),

    {
      name: 'src-never-imports-tests-or-tools',
      comment: 'The product must work without the test folder.',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(test|bench|scripts)/' },
    },
    {
      name: 'no-circular',
      comment: 'A cycle means that two modules are one.',
      severity: 'error',
      from: { path: '^src/' },
      to: { circular: true },
    },
    {
      name: 'no-orphans',
      comment: 'A module that nothing imports and that is no entry point is dead.',
      severity: 'error',
      from: { path: '^src/', orphan: true, pathNot: ['(^|/)main\\.ts$', 'worker\\.ts$'] },
      to: {},
    },
    {
      name: 'not-to-unresolvable',
      comment: 'An import that cannot be resolved fails at run time and hides from every other rule.',
      severity: 'error',
      from: { path: '^(src|bin|test|bench|scripts)/' },
      to: { couldNotResolve: true, pathNot: '(^|/)dist/' },
    },
    {
      name: 'src-uses-no-dev-dependencies',
      comment: 'They are absent where the package is installed.',
      severity: 'error',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg'], dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: ['node_modules', '^dist/'] },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};

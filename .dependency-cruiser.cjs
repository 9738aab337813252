// The layer rules of the house as code: who may import what, each with its reason. `npm run check` runs them
// through scripts/check-layers.mjs, which also fails when fewer modules were seen than source files exist.

/** Every room of src/ besides the ones named. */
const allBut = (...rooms) => `^src/(?!(?:${rooms.join('|')})/)`;

/**
 * `room` may import itself and `values`; of `types` it may only `import type`. One rule a kind, so that the
 * message says which of the two was broken.
 */
function room(name, { values = [], types = [], reason }) {
  const rules = [
    {
      name: `${name}-imports-only-its-floor`,
      comment: reason,
      severity: 'error',
      from: { path: `^src/${name}/` },
      to: { path: allBut(name, ...values, ...types) },
    },
  ];
  if (types.length > 0) {
    rules.push({
      name: `${name}-takes-only-types-from-${types.map((type) => type.replaceAll(/[^a-z]/g, '-')).join('-and-')}`,
      comment: reason,
      severity: 'error',
      from: { path: `^src/${name}/` },
      to: { path: `^src/(${types.join('|')})/`, dependencyTypesNot: ['type-only'] },
    });
  }
  return rules;
}

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
    ...room('base', { reason: 'base is shared by every process, thread and report: it may know nothing.' }),
    ...room('metric', { values: ['base'], reason: 'Metrics know no protocol and do no I/O.' }),
    ...room('nostr', {
      values: ['base'],
      reason: 'Protocol code reports messages; it measures nothing and plans nothing.',
    }),
    ...room('judge', {
      values: ['base', 'metric', 'nostr'],
      reason:
        'What is right, and whose doing a failure is, is said in one place and from plain values alone.',
    }),
    ...room('corpus', {
      values: ['base', 'nostr'],
      reason: 'Events are made without knowing who sends them when.',
    }),
    ...room('scenario', { values: ['base', 'metric'], reason: 'A schema does not know how it is run.' }),
    ...room('plan', {
      values: ['base', 'metric', 'judge', 'scenario', 'gate'],
      reason: 'A plan is a pure function of a scenario: its gates are checked here, before anything runs.',
    }),
    {
      name: 'plan-reads-no-scenario-text',
      comment: 'YAML and files end at the scenario loader; a plan starts from the parsed scenario.',
      severity: 'error',
      from: { path: '^src/plan/' },
      to: { path: '^src/scenario/', pathNot: '^src/scenario/(schema|(corpus-)?consistency)\\.ts$' },
    },
    ...room('wire', { values: ['base', 'nostr'], reason: 'A connection does not know what it is used for.' }),
    ...room('workload', {
      values: ['base', 'judge', 'metric', 'nostr', 'corpus', 'wire'],
      types: ['plan', 'scenario'],
      reason: 'A workload gets resolved numbers only; it knows neither the engine nor the scenario text.',
    }),
    ...room('engine', {
      values: ['base', 'judge', 'metric', 'nostr', 'corpus', 'plan', 'wire', 'workload', 'observe'],
      types: ['scenario', 'record'],
      reason: 'No YAML, rendering or judging in the processes that keep time.',
    }),
    ...room('distributed', {
      values: ['base'],
      types: ['engine'],
      reason: 'A transport of the control messages needs their types and nothing else.',
    }),
    ...room('observe', {
      values: ['base'],
      reason: 'Samplers of resources serve the engine and the stack alike.',
    }),
    ...room('record', {
      values: ['base', 'metric', 'judge'],
      types: ['engine', 'plan'],
      reason: 'A reader of run.json must not need the engine that wrote it.',
    }),
    ...room('gate', {
      values: ['base', 'metric', 'judge', 'record'],
      types: ['scenario'],
      reason: 'Gates judge finished records, later and elsewhere, from files alone.',
    }),
    ...room('compare', {
      values: ['base', 'metric', 'judge', 'record'],
      reason: 'Comparison reads records, nothing else.',
    }),
    ...room('capacity', { values: ['base', 'metric', 'record'], reason: 'The curve is drawn from records.' }),
    ...room('api', {
      values: ['base', 'gate', 'compare', 'record'],
      reason: 'Programs read, judge and compare records; they start nothing.',
    }),
    ...room('audit', {
      values: ['base', 'nostr', 'wire', 'record'],
      reason: 'The audit reads back with its own connection; it must not trust the engine that it checks.',
    }),
    ...room('calibrate', {
      values: ['base', 'metric', 'corpus', 'scenario', 'plan', 'engine', 'observe', 'stack', 'record'],
      reason:
        'A calibration is a run like any other, against a relay that costs nothing: it uses the engine as runs do and knows neither connections nor workloads.',
    }),
    ...room('report', {
      values: ['base', 'metric', 'judge', 'record'],
      types: ['gate', 'compare', 'capacity', 'engine'],
      reason: 'Reports read run.json only, so they can be rendered again anywhere.',
    }),
    ...room('relay', {
      values: ['base', 'nostr'],
      reason: 'The reference relay is an island: sharing code with the load would share its mistakes.',
    }),
    ...room('stack', {
      values: ['base', 'observe'],
      reason: 'Starting servers shares no code with the load.',
    }),
    {
      name: 'relay-is-imported-by-nobody',
      comment: 'The relay is started as a program, so that it never shares a process with the generator.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/relay/' },
      to: { path: '^src/relay/' },
    },
    {
      name: 'null-relay-stands-alone',
      comment:
        'The null relay is the yardstick: it shares nothing with the relay or with the client it measures.',
      severity: 'error',
      from: { path: '^src/relay/null/' },
      to: { path: '^src/', pathNot: '^src/relay/null/' },
    },
    {
      name: 'cli-stays-out-of-the-load',
      comment:
        'Commands compose stages; what an arrival does and how bytes travel is none of their business.',
      severity: 'error',
      from: { path: '^src/cli/' },
      to: { path: '^src/(workload|wire|relay)/' },
    },
    {
      name: 'only-cli-and-bin-know-the-cli',
      comment: 'The command line is the top of the house.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/cli/' },
      to: { path: '^src/cli/' },
    },
    {
      name: 'report-takes-only-progress-from-engine',
      comment: 'A display consumes progress events; results reach a report through the record.',
      severity: 'error',
      from: { path: '^src/report/' },
      to: { path: '^src/engine/', pathNot: '^src/engine/progress\\.ts$' },
    },
    {
      name: 'record-takes-only-the-result-from-engine',
      comment: 'The record is built from what the engine measured, not from how.',
      severity: 'error',
      from: { path: '^src/record/' },
      to: { path: '^src/engine/', pathNot: '^src/engine/run-result\\.ts$' },
    },

    owned(
      'hdr-histogram-only-in-metric-histogram',
      '(^|/)hdr-histogram-js/',
      ['^src/metric/histogram\\.ts$'],
      'Its traps (NaN, resizing, inexact extremes) are guarded in one place.',
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
      'worker-threads-only-in-engine-relay-and-corpus',
      '^(node:)?worker_threads$',
      ['^src/engine/', '^src/relay/', '^src/corpus/'],
      'Threads are a matter of what needs more than one core: load, the relay, and making or checking events.',
    ),
    owned(
      'process-only-at-the-edge',
      '^(node:)?process$',
      ['^src/cli/', '^src/engine/', '^src/stack/', '^src/observe/', '^src/relay/', '^src/base/clock\\.ts$'],
      'Pure layers get what they need as arguments, so that they run in tests without a process of their own.',
    ),
    owned(
      'nostr-tools-only-in-nostr',
      '(^|/)nostr-tools/',
      ['^src/nostr/'],
      'What the library has another opinion on is settled in one place, a file for each NIP.',
    ),
    owned('commander-only-in-cli', '(^|/)commander/', ['^src/cli/'], 'Flags end at the command line.'),
    owned(
      'yaml-only-in-scenario-and-compose',
      '(^|/)yaml/',
      ['^src/scenario/', '^src/stack/compose/'],
      'YAML text ends at the scenario loader; the Compose file is the only YAML that is written.',
    ),
    owned(
      'terminal-only-in-report-and-cli',
      '(^|/)(chalk|cli-table3)/',
      ['^src/report/', '^src/cli/'],
      'Only what faces a person knows colours and tables.',
    ),
    {
      name: 'pure-layers-do-no-io',
      comment: 'Plans, metrics and verdicts are functions of their arguments.',
      severity: 'error',
      from: { path: '^src/(plan|metric|judge|gate|compare|capacity)/' },
      // A hash is a function like any other.
      to: { dependencyTypes: ['core'], pathNot: '^(node:)?crypto$' },
    },

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

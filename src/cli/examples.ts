import type { Command } from 'commander';

/** What the help of a command ends with, by the words that reach it; a test holds each against the options that exist. */
export const EXAMPLES: ReadonlyMap<string, readonly string[]> = new Map([
  [
    'run',
    [
      'run quick --relay ws://127.0.0.1:7777',
      'run publish --rate 1000 --gate "ack_latency p99 < 50ms"',
      'run soak --serve',
    ],
  ],
  ['plan', ['plan standard --connections 500', 'plan ./mine.yaml']],
  ['scenarios list', ['scenarios list']],
  ['scenarios show', ['scenarios show quick']],
  ['scenarios validate', ['scenarios validate ./mine.yaml']],
  ['scenarios schema', ['scenarios schema > scenario.schema.json']],
  ['gate', ['gate run.json --gate "ack_latency p99 < 250ms" "lost_events == 0"']],
  ['report', ['report run.json', 'report run.json --format html > report.html']],
  ['audit', ['audit reports/mine/run.json', 'audit reports/mine/run.json --probe']],
  ['evidence', ['evidence run.json', 'evidence run.json answers_wrong --ask']],
  ['diagnose', ['diagnose run.json']],
  ['compare', ['compare before.json after.json', 'compare main-*.json --to new-*.json']],
  ['ab', ['ab --base ws://127.0.0.1:7777 --candidate ws://127.0.0.1:7778 --rounds 5']],
  ['versus', ['versus --relay old=ws://127.0.0.1:7777 --relay new=ws://127.0.0.1:7778 quick']],
  [
    'capacity',
    [
      'capacity publish --relay ws://127.0.0.1:7777 --gate "ack_latency p95 < 100ms"',
      'capacity --for "1M users"',
    ],
  ],
  [
    'agent',
    ['agent --redis redis://127.0.0.1:6379', 'agent --redis redis://10.0.0.1:6379 --allow relay.example'],
  ],
  ['suite', ['suite --quick --relay mine=embedded', 'suite --relay "mine=./my-relay --port {port}"']],
  ['calibrate', ['calibrate', 'calibrate --quick']],
  ['corpus generate', ['corpus generate --profile social --events 10000 --out social']],
  ['corpus import', ['corpus import events.jsonl --out mine']],
  ['corpus info', ['corpus info mine --verify']],
  ['relay', ['relay --port 7777', 'relay --store postgres://127.0.0.1/nostr']],
  [
    'record',
    [
      'record --listen 7778 --relay ws://127.0.0.1:7777',
      'record --listen 7778 --relay ws://127.0.0.1:7777 --out mine --limit 200MB',
    ],
  ],
  ['stack up', ['stack up scaled', 'stack up single --port 7777']],
  [
    'stack fault',
    [
      'stack fault kill relay/2',
      'stack fault freeze primary --for 12s',
      'stack fault delay relay/1 --link postgres --latency 50ms --jitter 10ms --for 30s',
      'stack fault partition replica/1 --for 5s',
    ],
  ],
  ['stack down', ['stack down', 'stack down --keep']],
  ['stack status', ['stack status --watch']],
  ['stack logs', ['stack logs relay/1 --follow']],
  ['stack explain', ['stack explain --top 10']],
  ['stack compose', ['stack compose scaled --out compose.yaml']],
  ['stack doctor', ['stack doctor']],
  ['stack install', ['stack install']],
  ['completion', ['source <(relay-bench completion bash)', 'relay-bench completion fish | source']],
  ['doctor', ['doctor']],
]);

/** Ends the help of every command below `parent` with its examples. */
export function addExamples(parent: Command, path: readonly string[] = []): void {
  for (const command of parent.commands) {
    const words = [...path, command.name()];
    const lines = EXAMPLES.get(words.join(' ')) ?? [];
    if (lines.length > 0) command.addHelpText('after', exampleText(lines));
    addExamples(command, words);
  }
}

function exampleText(lines: readonly string[]): string {
  const whole = lines.map((line) => `  ${line.includes('relay-bench') ? line : `relay-bench ${line}`}`);
  return `\n${lines.length === 1 ? 'Example' : 'Examples'}:\n${whole.join('\n')}`;
}

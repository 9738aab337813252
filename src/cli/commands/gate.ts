import { Chalk } from 'chalk';
import type { Command } from 'commander';
import { EXIT } from '../../base/exit-codes.ts';
import { judgeAgain } from '../../gate/judge-again.ts';
import { parseGates } from '../../gate/parse.ts';
import { readRunRecord } from '../../record/read.ts';
import type { GateResult, RunRecord } from '../../record/schema.ts';
import { provesNothing } from '../../record/validity.ts';
import { areGatesJudged } from '../../report/answer/word.ts';
import { visible } from '../../report/escape.ts';
import { gateActual } from '../../report/quantity.ts';
import { wantsColour } from '../colour.ts';
import type { CommandHost } from '../host.ts';

/** `gate`: judge a finished run by gates of one's own; exit 99 where one fails, 103 where the run is invalid or leaves one undecided. */
export function addGate(program: Command, host: CommandHost): void {
  program
    .command('gate')
    .description('evaluate gates on a finished run')
    .argument('<run.json>', 'record of the run')
    .requiredOption('--gate <expr...>', 'gates such as "ack_latency p99 < 250ms"')
    .action(async (file: string, { gate }: { gate: string[] }) => {
      // A gate that is mistyped is named before the file is read.
      parseGates(gate);
      const judged = judgeAgain(await readRunRecord(file), gate);
      const colour = wantsColour(host.colourFlag(), host.io.env, host.io.stdout);
      const isJudged = areGatesJudged(judged);
      const lines = judged.gates.map((gate) => renderGate(gate, isJudged, colour));
      host.io.stdout.write(lines.join(''));
      explain(judged, host);
      const code = Object.values(EXIT).find((one) => one === judged.exitCode);
      host.finish(code ?? EXIT.internal);
    });
}

const PAINTS = { pass: 'green', fail: 'red', undecided: 'yellow', 'no-data': 'red' } as const;

/** The word of a gate that nobody can judge, because the run is invalid. */
const UNJUDGED = 'unjudged';

function renderGate(gate: GateResult, isJudged: boolean, colour: boolean): string {
  const chalk = new Chalk({ level: colour ? 1 : 0 });
  const isSaid = isJudged || gate.verdict === 'undecided';
  const word = (isSaid ? gate.verdict : UNJUDGED).padEnd(9);
  const actual =
    gate.actual === null || gate.verdict === 'undecided'
      ? visible(gate.reason ?? 'no data', 1_000)
      : `actual ${gateActual(gate)}`;
  const shown = isSaid ? chalk[PAINTS[gate.verdict]](word) : word;
  return `${shown}  ${visible(gate.expression, 1_000)}  ${actual}\n`;
}

/** What the gates alone do not tell: why the run is invalid, or what failed it besides. */
function explain(record: RunRecord, { io }: CommandHost): void {
  const texts = (all: readonly string[]): string => all.map((text) => visible(text, 1_000)).join('; ');
  if (record.validity.verdict === 'invalid') {
    const what = provesNothing(record)
      ? 'the run is invalid: its numbers prove nothing'
      : 'the run is invalid';
    io.stderr.write(`${what}: ${texts(record.validity.reasons)}\n`);
  }
  if (record.failures.length > 0)
    io.stderr.write(
      `the run failed, whatever its gates say: ${texts(record.failures.map(({ text }) => text))}\n`,
    );
}

import { Chalk } from 'chalk';
import type { Command } from 'commander';
import { EXIT, type ExitCode } from '../../base/exit-codes.ts';
import { checkGates } from '../../gate/check.ts';
import { allGatesHold, evaluateGates, measurableOfRecord } from '../../gate/evaluate.ts';
import { parseGates } from '../../gate/parse.ts';
import { readRunRecord } from '../../record/read.ts';
import type { GateResult, RunRecord } from '../../record/schema.ts';
import { visible } from '../../report/escape.ts';
import { gateActual } from '../../report/quantity.ts';
import { wantsColour } from '../colour.ts';
import type { CommandHost } from '../host.ts';

/** `gate`: judge a finished run by gates of one's own; exit 99 where one fails, 103 where the run is invalid. */
export function addGate(program: Command, host: CommandHost): void {
  program
    .command('gate')
    .description('evaluate gates on a finished run')
    .argument('<run.json>', 'record of the run')
    .requiredOption('--gate <expr...>', 'gates such as "ack_latency p99 < 250ms"')
    .action(async (file: string, { gate }: { gate: string[] }) => {
      const gates = parseGates(gate);
      const record = await readRunRecord(file);
      checkGates(gates, measurableOfRecord(record));
      const results = evaluateGates(record, gate);
      const colour = wantsColour(host.colourFlag(), host.io.env, host.io.stdout);
      host.io.stdout.write(results.map((result) => renderGate(result, colour)).join(''));
      if (record.validity.verdict === 'invalid') warnInvalid(record, host);
      host.finish(verdictOf(record, results));
    });
}

function verdictOf(record: RunRecord, results: readonly GateResult[]): ExitCode {
  if (record.validity.verdict === 'invalid') return EXIT.invalidRun;
  return allGatesHold(results) ? EXIT.ok : EXIT.gateFailed;
}

function renderGate(gate: GateResult, colour: boolean): string {
  const chalk = new Chalk({ level: colour ? 1 : 0 });
  const paint = gate.verdict === 'pass' ? chalk.green : chalk.red;
  const actual =
    gate.actual === null ? visible(gate.reason ?? 'no data', 1_000) : `actual ${gateActual(gate)}`;
  return `${paint(gate.verdict.padEnd(7))}  ${visible(gate.expression, 1_000)}  ${actual}\n`;
}

function warnInvalid(record: RunRecord, { io }: CommandHost): void {
  const reasons = record.validity.reasons.map((reason) => visible(reason, 1_000)).join('; ');
  io.stderr.write(`the run is invalid, its numbers prove nothing: ${reasons}\n`);
}

import { Chalk } from 'chalk';
import Table from 'cli-table3';
import { visible } from '../../report/escape.ts';
import { type ExplainReport, explainStack, type StatementReport } from '../../stack/explain.ts';
import { wantsColour } from '../colour.ts';
import type { CommandHost } from '../host.ts';
import { requireStack } from './require-stack.ts';

export interface ExplainFlags {
  readonly dir?: string;
  readonly top: number;
  readonly json: boolean;
}

const MOST_CHARACTERS = 2_000;
const MIB = 2 ** 20;

/** `stack explain`: where the time of Postgres goes, by which plans, and which indexes are used. */
export async function runExplain({ dir, top, json }: ExplainFlags, host: CommandHost): Promise<void> {
  const report = await explainStack(requireStack(dir, host), top);
  const colour = wantsColour(host.colourFlag(), host.io.env, host.io.stdout);
  host.io.stdout.write(json ? `${JSON.stringify(report)}\n` : render(report, colour));
}

function render({ statements, indexes }: ExplainReport, colour: boolean): string {
  const chalk = new Chalk({ level: colour ? 1 : 0 });
  const table = new Table({
    head: ['server', 'table', 'index', 'scans', 'rows read', 'size'],
    style: { head: [], border: [], compact: true },
    colAligns: ['left', 'left', 'left', 'right', 'right', 'right'],
  });
  for (const { server, table: of, index, scans, rowsRead, bytes } of indexes) {
    table.push([server, of, index, String(scans), String(rowsRead), `${(bytes / MIB).toFixed(1)} MiB`]);
  }
  const blocks = statements.map((statement) => statementText(statement, chalk.bold));
  const head = chalk.bold(
    'Statements of the relays by the time that they took, since the servers were started',
  );
  return `${[head, ...blocks, chalk.bold('Indexes'), table.toString()].join('\n\n')}\n`;
}

function statementText(statement: StatementReport, bold: (text: string) => string): string {
  const { server, calls, total_ms, mean_ms, max_ms, rows, blocksHit, blocksRead } = statement;
  const figures = [
    `${calls} calls`,
    `total ${total_ms.toFixed(0)} ms`,
    `mean ${mean_ms.toFixed(3)} ms`,
    `max ${max_ms.toFixed(1)} ms`,
    `${(rows / Math.max(1, calls)).toFixed(1)} rows a call`,
    `pages: ${blocksHit} hit, ${blocksRead} read`,
  ];
  const lines = statement.plan ?? [`no plan: ${statement.planProblem}`];
  return [
    `${bold(server)}  ${figures.join(' · ')}`,
    `  ${visible(statement.query.replaceAll(/\s+/g, ' '), MOST_CHARACTERS)}`,
    ...lines.map((line) => `    ${visible(line, MOST_CHARACTERS)}`),
  ].join('\n');
}

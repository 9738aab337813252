import { Chalk } from 'chalk';
import Table from 'cli-table3';
import { visible } from '../../report/escape.ts';
import type { Cost, EffectsReport } from '../../stack/explain/effects.ts';
import type { ExplainReport, IndexReport, StatementReport } from '../../stack/explain/explain.ts';
import { costliestNode } from './costliest-node.ts';

const MOST_CHARACTERS = 2_000;
const MIB = 2 ** 20;

/** How much of an explanation is shown, and in which room. */
export interface ExplainLayout {
  readonly colour: boolean;
  readonly full: boolean;
  readonly columns: number;
}

/** What `stack explain` found, for people: a line for each plan, or all of it. */
export function renderExplain(
  { statements, indexes, effects }: ExplainReport,
  { colour, full, columns }: ExplainLayout,
): string {
  const chalk = new Chalk({ level: colour ? 1 : 0 });
  const head = chalk.bold('Statements of the relays by the time they took since the servers started');
  const comparison = effects === null ? [] : effectsParts(effects, chalk.bold);
  const blocks = statements.map((statement) =>
    full ? statementText(statement, chalk.bold) : shortText(statement, chalk.bold, columns),
  );
  const rest = full
    ? [chalk.bold('Indexes'), indexTable(indexes)]
    : ['--full shows whole statements and plans, and the use of every index'];
  return `${[head, ...blocks, ...rest, ...comparison].join('\n\n')}\n`;
}

/** Figures, the beginning of the statement, and where its plan spends most. */
function shortText(statement: StatementReport, bold: (text: string) => string, columns: number): string {
  const { server, calls, total_ms, mean_ms, max_ms, query, plan, planProblem } = statement;
  const figures = `${calls} calls · total ${total_ms.toFixed(0)} ms · mean ${mean_ms.toFixed(3)} ms · max ${max_ms.toFixed(1)} ms`;
  const costliest = plan === null ? null : costliestNode(plan);
  const where =
    costliest === null
      ? `no plan: ${planProblem ?? 'none was found'}`
      : `most in ${costliest.name} (${(costliest.share * 100).toFixed(0)} % of ${statement.planKind === 'analyzed' ? 'the time' : 'the estimated cost'})`;
  const line = (text: string): string => `  ${visible(text, Math.max(20, columns - 2))}`;
  return [`${bold(server)}  ${figures}`, line(query.replaceAll(/\s+/g, ' ')), line(where)].join('\n');
}

function indexTable(indexes: readonly IndexReport[]): string {
  const table = newTable(['server', 'table', 'index', 'scans', 'rows read', 'size'], 3);
  for (const { server, table: of, index, scans, rowsRead, bytes } of indexes) {
    table.push([server, of, index, String(scans), String(rowsRead), `${(bytes / MIB).toFixed(1)} MiB`]);
  }
  return table.toString();
}

function effectsParts(
  { events, questions, shapes }: EffectsReport,
  bold: (text: string) => string,
): string[] {
  const columns = ['as stored', 'without indexes', 'ratio', 'without partitions', 'ratio'];
  const table = newTable(['shape', ...columns], 1);
  for (const { shape, asStored, withoutIndexes, withoutPartitions } of shapes) {
    const ratio = (cost: Cost): string => `×${(cost.p50_ms / asStored.p50_ms).toFixed(1)}`;
    table.push([
      ...[shape, costText(asStored), costText(withoutIndexes), ratio(withoutIndexes)],
      ...[costText(withoutPartitions), ratio(withoutPartitions)],
    ]);
  }
  const count = events.toLocaleString('en-US');
  const note = `${count} of the stored events, copied into temporary tables; median of ${questions} questions of each shape, each asked before, so that what it needs is in memory. Without indexes: the primary key of events is left.`;
  return [bold('What indexes and partitions are worth'), table.toString(), note];
}

/** `0.21 ms, 34 pages` */
function costText({ p50_ms, pages }: Cost): string {
  return `${p50_ms.toFixed(2)} ms, ${pages} pages`;
}

/** @param texts how many of the columns are texts; the others are aligned to the right */
function newTable(head: string[], texts: number): Table.Table {
  return new Table({
    head,
    style: { head: [], border: [], compact: true },
    colAligns: head.map((_, index) => (index < texts ? 'left' : 'right')),
  });
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
  return [
    `${bold(server)}  ${figures.join(' · ')}`,
    `  ${visible(statement.query.replaceAll(/\s+/g, ' '), MOST_CHARACTERS)}`,
    `  ${visible(planHead(statement), MOST_CHARACTERS)}`,
    ...(statement.plan ?? []).map((line) => `    ${visible(line, MOST_CHARACTERS)}`),
  ].join('\n');
}

function planHead({ planKind, planProblem }: StatementReport): string {
  switch (planKind) {
    case 'analyzed':
      return 'plan, carried out with the parameters of a logged call:';
    case 'generic':
      return `plan for any parameters, not carried out (${planProblem}):`;
    case null:
      return `no plan: ${planProblem}`;
  }
}

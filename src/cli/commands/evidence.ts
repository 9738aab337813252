import type { Command } from 'commander';
import { type AskedAgain, askAgain } from '../../audit/ask-again.ts';
import { RelayBenchError } from '../../base/errors.ts';
import { EXIT } from '../../base/exit-codes.ts';
import { metricKind } from '../../metric/catalogue.ts';
import { readRunRecord } from '../../record/read.ts';
import type { RunRecord } from '../../record/schema.ts';
import { visible } from '../../report/escape.ts';
import { hasEvents, ruleOf } from '../../report/view/observed.ts';
import { requireConsent } from '../consent.ts';
import type { CommandHost } from '../host.ts';
import { addAskingOptions, relaysOfRun } from '../relays-of-run.ts';
import { resolveTargets } from '../target.ts';

type Evidence = RunRecord['evidence'][string][number];

interface EvidenceFlags {
  readonly ask: boolean;
  readonly relay?: readonly string[];
  readonly stackDir?: string;
  readonly insecure?: boolean;
  readonly authUrl?: string;
  readonly json: boolean;
  readonly iOwnThisRelay?: readonly string[];
}

interface ShownCase {
  readonly counter: string;
  readonly evidence: Evidence;
  /** What the relay says now; left out where it was not asked, null where there is nothing to ask. */
  readonly now?: AskedAgain | null;
}

const LONGEST_LINE = 2_000;

/** `evidence`: the kept cases behind what a run holds against a relay; asked again on request. */
export function addEvidence(program: Command, host: CommandHost): void {
  const command = program
    .command('evidence')
    .description('show the kept cases behind a wrong, missing or unmatched answer')
    .argument('<run.json>', 'record of the run')
    .argument('[counter]', 'of this counter only, such as answers_wrong')
    .option('--ask', 'ask the relay again and say what it answers now', false);
  addAskingOptions(command, 'the cases').action(
    async (file: string, counter: string | undefined, flags: EvidenceFlags) => {
      const record = await readRunRecord(file);
      const cases = casesOf(record, counter);
      const shown = flags.ask ? await withAnswers(record, cases, flags, host) : cases;
      host.io.stdout.write(flags.json ? `${JSON.stringify(shown)}\n` : render(shown, counter));
    },
  );
}

/** @throws RelayBenchError `COUNTER_UNKNOWN` (exit 2) */
function casesOf({ evidence }: RunRecord, counter: string | undefined): readonly ShownCase[] {
  if (counter !== undefined && !Object.hasOwn(evidence, counter)) requireCounter(counter);
  return Object.entries(evidence)
    .filter(([name]) => counter === undefined || name === counter)
    .flatMap(([name, cases]) => cases.map((each) => ({ counter: name, evidence: each })));
}

function requireCounter(counter: string): void {
  const kind = metricKind(counter);
  if (kind === 'counter' || kind === 'counter-map') return;
  throw new RelayBenchError(`there is no counter "${visible(counter, 100)}"`, {
    code: 'COUNTER_UNKNOWN',
    hint: 'name a counter of the record, such as answers_wrong or deliveries_unmatched, or none for all cases',
    exitCode: EXIT.usage,
  });
}

async function withAnswers(
  record: RunRecord,
  cases: readonly ShownCase[],
  flags: EvidenceFlags,
  host: CommandHost,
): Promise<readonly ShownCase[]> {
  const urls = flags.relay ?? relaysOfRun(record, flags.stackDir, host);
  requireConsent(await resolveTargets(urls), flags.iOwnThisRelay ?? []);
  const shown: ShownCase[] = [];
  for (const url of urls) {
    const relay = { url, insecure: flags.insecure === true, authUrl: flags.authUrl };
    const answers = await askAgain(
      relay,
      cases.map(({ evidence }) => evidence),
    );
    shown.push(...cases.map((each, at) => ({ ...each, now: answers[at] ?? null })));
  }
  return shown;
}

function render(cases: readonly ShownCase[], counter: string | undefined): string {
  if (cases.length === 0)
    return `no cases${counter === undefined ? '' : ` of ${counter}`} were kept in this run\n`;
  return cases.map((each) => `${linesOf(each).join('\n')}\n`).join('\n');
}

function linesOf({ counter, evidence, now }: ShownCase): readonly string[] {
  const { atMs, connection, subscription, filter, expected, got, reason, note } = evidence;
  const name = reason === undefined ? counter : `${counter}{reason=${reason}}`;
  const rule = ruleOf(reason);
  return [
    `${name} at ${(atMs / 1_000).toFixed(3)} s, connection ${connection}${subscription === '' ? '' : `, subscription ${subscription}`}`,
    ...(note === undefined ? [] : [`  what      ${note}`]),
    ...(filter === null ? [] : [`  asked     ${JSON.stringify(filter)}`]),
    ...(hasEvents(evidence) ? [...eventLines('expected', expected), ...eventLines('got', got)] : []),
    ...(rule === null ? [] : [`  rule      ${rule}`]),
    ...(now === undefined ? [] : [`  now       ${nowText(now, evidence)}`]),
  ].map((line) => visible(line, LONGEST_LINE));
}

function eventLines(label: string, events: Evidence['got']): readonly string[] {
  if (events.length === 0) return [`  ${label.padEnd(8)}  nothing`];
  return events.map(
    ({ id, kind }, at) =>
      `  ${(at === 0 ? label : '').padEnd(8)}  ${id}${kind === undefined ? '' : ` kind ${kind}`}`,
  );
}

function nowText(now: AskedAgain | null, { expected, got }: Evidence): string {
  if (now === null) return 'nothing to ask';
  const { events, isNewestFirst, expectedThere, gotAgain } = now;
  return [
    `${events} events, ${isNewestFirst ? 'newest first' : 'not newest first'}`,
    `${expectedThere.length} of the ${expected.length} expected ones are there`,
    `${gotAgain.length} of the ${got.length} that came then came again`,
  ].join('; ');
}

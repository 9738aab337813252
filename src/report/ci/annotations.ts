import type { RunRecord } from '../../record/schema.ts';
import { provesNothing } from '../../record/validity.ts';
import { severity } from '../answer/severity.ts';
import { areGatesJudged } from '../answer/word.ts';
import { visible } from '../escape.ts';
import { gateSentence } from '../view/gate-sentence.ts';

/** GitHub shows at most ten of a kind for each step. */
const MAX_ANNOTATIONS = 10;
const MAX_CHARACTERS = 500;

/**
 * What a run has to complain about as workflow commands of GitHub Actions, the worst first, one line each; none where
 * all is well. https://docs.github.com/actions/reference/workflow-commands-for-github-actions
 */
export function annotationsOf(record: RunRecord): string[] {
  const all = [...validityLines(record), ...failureLines(record), ...gateLines(record)];
  if (all.length <= MAX_ANNOTATIONS) return all;
  const shown = all.slice(0, MAX_ANNOTATIONS - 1);
  return [
    ...shown,
    line('error', 'more', `${all.length - shown.length} more gates do not hold, see the summary`),
  ];
}

function validityLines(record: RunRecord): string[] {
  const { validity } = record;
  if (validity.verdict === 'valid') return [];
  const what = provesNothing(record) ? 'its numbers prove nothing: ' : '';
  return [line('error', 'the run is invalid', `${what}${validity.reasons.join('; ')}`)];
}

function failureLines({ verdict, failures }: RunRecord): string[] {
  return verdict === 'fail' ? failures.map(({ text }) => line('error', 'the relay failed', text)) : [];
}

/** In a run that is invalid or was stopped no gate has failed: none was judged, or the reasons name those that are undecided. */
function gateLines(record: RunRecord): string[] {
  if (!areGatesJudged(record)) return [];
  const { gates } = record;
  const open = gates.filter(({ verdict }) => verdict === 'undecided');
  return [
    ...gates
      .filter(({ verdict }) => verdict === 'fail' || verdict === 'no-data')
      .sort((a, b) => severity(b) - severity(a))
      .map((gate) => line('error', 'gate failed', gateSentence(gate))),
    ...open.map((gate) => line('warning', 'gate undecided', gateSentence(gate))),
  ];
}

function line(level: 'error' | 'warning', title: string, message: string): string {
  return `::${level} title=${property(`relay-bench: ${title}`)}::${data(visible(message, MAX_CHARACTERS))}`;
}

/** Escaped as the runner of GitHub unescapes it; a message can't end its line and begin a command of its own. */
function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

import type { Diagnosis } from '../../diagnose/schema.ts';
import { jsonText } from '../../record/json-text.ts';
import type { Format } from '../format.ts';
import { renderMarkdown } from '../markdown.ts';
import { renderTerminal } from '../terminal.ts';
import type { ReportDocument } from '../view/document.ts';
import { diagnosisSections, diagnosisSentence } from './sections.ts';

/** What a diagnosis comes to, in a word. */
type DiagnosisWord = 'SATURATED' | 'NOTHING SEEN';

const TONES = { SATURATED: 'warn', 'NOTHING SEEN': 'plain' } as const;
const MARKS = { SATURATED: '🔎', 'NOTHING SEEN': '🔎' } as const;

/** The document of a diagnosis. */
export function buildDiagnosisDocument(diagnosis: Diagnosis): ReportDocument<DiagnosisWord> {
  const [first] = diagnosis.suspects;
  return {
    headline: {
      word: first === undefined ? 'NOTHING SEEN' : 'SATURATED',
      question: `what saturated first in ${diagnosis.scenario}`,
      sentence: diagnosisSentence(diagnosis),
      next: first === undefined ? nextOf(diagnosis) : `${first.remedy}; see ${first.page}`,
      facts: [diagnosis.scenario, `run ${diagnosis.runId}`, `its verdict: ${diagnosis.verdict}`],
    },
    sections: diagnosisSections(diagnosis),
  };
}

function nextOf({ verdict }: Diagnosis): string {
  return verdict === 'pass'
    ? 'find the load at which something does with relay-bench capacity'
    : 'look into the log of the relay: what made it slow is not among what was sampled';
}

/** Every format that a diagnosis can be rendered in. */
export const DIAGNOSIS_FORMATS: readonly Format<Diagnosis>[] = [
  {
    name: 'terminal',
    fileName: null,
    render: (diagnosis, options) => renderTerminal(buildDiagnosisDocument(diagnosis), TONES, options),
  },
  { name: 'json', fileName: null, render: (diagnosis) => jsonText(diagnosis) },
  {
    name: 'md',
    fileName: null,
    render: (diagnosis) => renderMarkdown(buildDiagnosisDocument(diagnosis), MARKS),
  },
];

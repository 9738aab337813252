import { answerLine } from './answer/answer.ts';
import type { Reporter, Write } from './reporter.ts';

/** Writes verdict, finding and next step as one line, for logs: whatever other formats a run has, this is said. */
export function verdictLine(write: Write): Reporter {
  return { name: 'verdict', onRecord: (record) => write(`${answerLine(record)}\n`) };
}

import { headlineLine } from '../report/answer/answer.ts';
import type { Headline } from '../report/view/document.ts';
import type { CommandHost } from './host.ts';

/**
 * The verdict as one line on stderr, whatever is printed on stdout. Not where it would be said twice: a report for a terminal
 * ends with it.
 */
export function sayVerdict(
  headline: Pick<Headline<string>, 'word' | 'sentence' | 'next'>,
  format: string | undefined,
  { io }: CommandHost,
): void {
  const isSaid = format === 'terminal' && io.stdout.isTTY === true && io.stderr.isTTY === true;
  if (!isSaid) io.stderr.write(`${headlineLine(headline)}\n`);
}

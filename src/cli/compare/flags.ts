import type { Command } from 'commander';
import { type CompareOptions, DEFAULT_OPTIONS } from '../../compare/compare.ts';
import { asTyped, repeatable, shareInPercent } from '../options.ts';

/** What decides how runs are judged; shared by all commands that compare. */
export interface JudgeFlags {
  readonly minEffect?: number;
  readonly metric?: readonly string[];
  /** Show the comparison in the step summary of GitHub Actions. */
  readonly ci?: boolean;
}

/** Adds the options of {@link JudgeFlags}. */
export function addJudgeOptions(command: Command): Command {
  return command
    .option(
      '--min-effect <percent>',
      'smallest change that counts between many runs; default: 5%',
      shareInPercent,
    )
    .option(
      '--metric <metric>',
      'decide by this, such as "ack_latency p99", repeatable; default: p95 of ack, eose and delivery, all ratios',
      repeatable(asTyped),
    )
    .option('--ci', 'show the comparison in the step summary of GitHub Actions');
}

/** The options of a comparison, defaults filled in. */
export function compareOptionsOf(
  flags: JudgeFlags & { readonly tolerance?: number; readonly crossHost?: boolean },
): CompareOptions {
  return {
    tolerance: flags.tolerance ?? DEFAULT_OPTIONS.tolerance,
    minEffect: flags.minEffect ?? DEFAULT_OPTIONS.minEffect,
    alpha: DEFAULT_OPTIONS.alpha,
    crossHost: flags.crossHost === true,
    method: DEFAULT_OPTIONS.method,
    gated: flags.metric ?? DEFAULT_OPTIONS.gated,
  };
}

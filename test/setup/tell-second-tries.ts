import type { Reporter, TestCase } from 'vitest/node';

/**
 * Names, at the end of a test run, every test that failed at first and passed when it ran again: on a machine that
 * others use too a test of processes may fail for no fault of the program, and may also have found one that is rare.
 */
export default class TellSecondTries implements Reporter {
  readonly #found: string[] = [];

  onTestCaseResult(test: TestCase): void {
    if (test.diagnostic()?.flaky !== true) return;
    const result = test.result();
    const reasons = (result.errors ?? []).map(({ message }) => message.split('\n')[0]);
    this.#found.push(`${test.module.relativeModuleId} > ${test.fullName}: ${reasons.join('; ')}`);
  }

  onTestRunEnd(): void {
    if (this.#found.length === 0) return;
    console.log(`\n${this.#found.length} passed only when run a second time:`);
    for (const line of this.#found) console.log(`  ${line}`);
  }
}

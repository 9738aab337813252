// Prints `N passed, N failed` for .ci/run and sets the exit code.
// Arguments: vitest's JSON report, exit code of the test command, number of other steps that passed, names of
// the other steps that failed.

import { readFileSync } from 'node:fs';
import { argv } from 'node:process';

const [reportPath, testsExit, passedSteps, ...failedSteps] = argv.slice(2);
const tests = readTests(reportPath);
const problems = failedSteps.map((step) => `step failed: ${step}`);
if (tests.passed + tests.failed === 0) problems.push('no test ran');
else if (testsExit !== '0' && tests.failed === 0) problems.push(`the test command ended with ${testsExit}`);

for (const problem of problems) console.log(problem);
const failed = tests.failed + problems.length;
console.log(`${tests.passed + Number(passedSteps)} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

/** Counts of vitest's report; a missing report means that no test ran. A skipped test counts as failed. */
function readTests(path) {
  try {
    const report = JSON.parse(readFileSync(path, 'utf8'));
    return { passed: report.numPassedTests, failed: report.numTotalTests - report.numPassedTests };
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
    return { passed: 0, failed: 0 };
  }
}

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { compareRuns } from '../../src/compare/compare.ts';
import { comparisonPage } from '../../src/report/comparison/page.ts';
import { launchBrowser } from '../support/browser.ts';
import { named, runOf, runsOf } from '../support/sample-runs.ts';

let browser: Browser;
let directory = '';
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'relay-bench-comparison-'));
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
  await rm(directory, { recursive: true, force: true });
});

test.each([
  ['one run a side', () => compareRuns([named('a.json', runOf(1))], [named('b.json', runOf(1.5))]), 3],
  ['many runs a side', () => compareRuns(runsOf(4, 1, 0.01, 1), runsOf(4, 1.3, 0.01, 2)), 3],
] as const)(
  'the page of %s asks for nothing, complains of nothing and draws',
  async (_, compare, atLeast) => {
    const file = join(directory, 'comparison.html');
    await writeFile(file, comparisonPage(compare()));
    const page = await browser.newPage();
    const complaints: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('request', (request) => {
      if (!request.url().startsWith('file:')) complaints.push(request.url());
    });
    await page.goto(pathToFileURL(file).href);
    await page.waitForSelector('.interactive canvas', { state: 'attached' });
    expect(await page.locator('figure').count()).toBeGreaterThan(atLeast);
    expect(await page.locator('h1').textContent()).toMatch(/^quick: candidate .* against base /);
    expect(complaints).toEqual([]);
    await page.close();
  },
);

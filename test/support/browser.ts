import { type Browser, chromium } from 'playwright-core';
import { chromiumOptions } from '../../scripts/chromium.mjs';

/** The system's Chromium without a window; the caller closes it. @throws Error naming the package where there is none */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch(chromiumOptions());
}

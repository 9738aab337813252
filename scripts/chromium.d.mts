/** Names under which a system has Chromium. */
export const BROWSER_NAMES: readonly string[];

/**
 * How `playwright-core` starts the system's Chromium.
 * @throws Error naming the package where there is none
 */
export function chromiumOptions(): { readonly executablePath: string; readonly args: string[] };

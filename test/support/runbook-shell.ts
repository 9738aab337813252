import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { execPath } from 'node:process';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { processesIn } from '../../src/observe/process-identity.ts';
import { takeDown } from '../../src/stack/lifecycle/down.ts';
import type { StackStatus } from '../../src/stack/status.ts';
import { runCli } from './run-cli.ts';
import { isLook, type Step } from './runbook-steps.ts';

const BIN = fileURLToPath(new URL('../../bin/relay-bench.js', import.meta.url));

/**
 * `npx` of the documentation: this program at once, and runs that are as short as can be, whose verdict is left open, because a busy
 * machine decides it, and that are audited where a page audits them.
 */
const NPX = `#!/bin/bash
shift
if [ "$1" != run ]; then exec '${execPath}' '${BIN}' "$@"; fi
audit=--no-audit
for folder in $AUDITED; do case "$*" in *"$folder"*) audit=--audit;; esac; done
rm -f "$PROGRESS"
'${execPath}' '${BIN}' "$@" --duration 3s --warmup 0s --workers 1 --no-default-gates $audit --progress json 2> "$PROGRESS"
code=$?
if [ $code = 99 ] || [ $code = 103 ]; then exit 0; fi
grep -v '^{' "$PROGRESS" >&2
exit $code
`;

/** `sleep 8` of the documentation waits until the load is there, which takes longer on a machine that is busy. */
const SLEEP = `#!/bin/bash
if [ "$1" != 8 ]; then exec /bin/sleep "$1"; fi
for attempt in {1..600}; do
  if grep -q '"started"' "$PROGRESS" 2> /dev/null; then exec /bin/sleep 0.5; fi
  /bin/sleep 0.1
done
echo 'the load did not begin' >&2
exit 1
`;

/** Steps that only look are taken so many at a time. */
const AT_ONCE = 3;

interface Typed {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A shell in a folder of its own, which holds the stack that commands take by themselves. */
export class RunbookShell {
  readonly #parent: string;
  readonly #audited: readonly string[];

  private constructor(parent: string, audited: readonly string[]) {
    this.#parent = parent;
    this.#audited = audited;
  }

  /** @param steps what will be typed: runs whose folder one of them audits are audited */
  static async open(steps: readonly Step[]): Promise<RunbookShell> {
    const parent = await mkdtemp(join(tmpdir(), 'relay-bench-runbooks-'));
    await chmod(parent, 0o755);
    await mkdir(join(parent, 'bin'));
    await writeFile(join(parent, 'bin', 'npx'), NPX, { mode: 0o755 });
    await writeFile(join(parent, 'bin', 'sleep'), SLEEP, { mode: 0o755 });
    const audited = steps.flatMap(({ script }) => /\baudit (reports\/[\w-]+)\//.exec(script)?.[1] ?? []);
    return new RunbookShell(parent, audited);
  }

  get stackDir(): string {
    return join(this.#parent, 'relay-bench', 'stack');
  }

  /** Brings up the stack. @param args of `stack up` */
  async up(...args: readonly string[]): Promise<void> {
    const up = await runCli(['stack', 'up', ...args], { env: this.#environment() });
    expect(up, up.stderr).toMatchObject({ exitCode: 0 });
  }

  async status(): Promise<StackStatus> {
    const { stdout } = await runCli(['stack', 'status', '--json'], { env: this.#environment() });
    return JSON.parse(stdout) as StackStatus;
  }

  /** Takes the stack down, and leaves nothing. */
  async close(): Promise<void> {
    await takeDown(this.stackDir, { keep: false });
    expect(processesIn(this.stackDir)).toEqual([]);
    await rm(this.#parent, { recursive: true, force: true });
  }

  /** A file that a step has written. */
  path(name: string): string {
    return join(this.#parent, name);
  }

  /** Types a step, and tells what it has printed. */
  async take({ where, script }: Step): Promise<string> {
    const { exitCode, stdout, stderr } = await this.#typed(script);
    expect(exitCode, `${where}: ${script}\n${stdout}${stderr}`).toBe(0);
    expect(stderr, where).not.toMatch(/^error:|Warning:/m);
    return stdout;
  }

  /** Types steps one after the other, those that only look side by side. @returns what each has printed, by its script */
  async takeAll(steps: readonly Step[]): Promise<ReadonlyMap<string, string>> {
    const printed = new Map<string, string>();
    const looks: Step[] = [];
    const look = async (): Promise<void> => {
      const texts = await Promise.all(
        looks.map(async (step) => [step.script, await this.take(step)] as const),
      );
      for (const [script, text] of texts) printed.set(script, text);
      looks.length = 0;
    };
    for (const step of steps) {
      if (isLook(step)) looks.push(step);
      if (isLook(step) && looks.length < AT_ONCE) continue;
      await look();
      if (!isLook(step)) printed.set(step.script, await this.take(step));
    }
    await look();
    return printed;
  }

  #environment(): Record<string, string> {
    return {
      PATH: [join(this.#parent, 'bin'), process.env['PATH'] ?? ''].join(delimiter),
      XDG_STATE_HOME: this.#parent,
      AUDITED: this.#audited.join(' '),
      PROGRESS: join(this.#parent, 'progress'),
    };
  }

  /** What a shell says that stops at the first command that fails. */
  async #typed(script: string): Promise<Typed> {
    const child = spawn('bash', ['-e', '-c', script], {
      cwd: this.#parent,
      env: { HOME: process.env['HOME'] ?? '', ...this.#environment() },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const texts = { stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      texts.stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      texts.stderr += text;
    });
    try {
      await once(child, 'close');
      return { exitCode: child.exitCode, ...texts };
    } finally {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
    }
  }
}

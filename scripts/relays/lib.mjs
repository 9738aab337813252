// What the launchers of other relays share: they run in the foreground until SIGTERM, and then end what they started.

import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { env, exit, stderr } from 'node:process';

const STOP_GRACE_MS = 8_000;

/** The path in an environment variable; ends the process where it is not set. */
export function requireProgram(name, what) {
  const path = env[name];
  if (path !== undefined && path !== '') return path;
  stderr.write(`set ${name} to ${what}\n`);
  return exit(2);
}

/** Starts a program whose output goes to a file of its name. */
export function start({ name, command, args, ...options }, dir) {
  const log = createWriteStream(join(dir, `${name}.log`), { flags: 'a' });
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
  child.stdout.pipe(log);
  child.stderr.pipe(log);
  child.on('error', (error) => stderr.write(`${name}: ${error.message}\n`));
  return child;
}

/** Carries out a command to its end; throws where it fails. */
export async function carryOut(step, dir) {
  const child = start(step, dir);
  const [code] = await new Promise((resolve) => child.on('exit', (...ended) => resolve(ended)));
  if (code !== 0) throw new Error(`${step.name} ended with ${code}: see ${step.name}.log`);
}

async function stop(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.on('exit', resolve));
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_GRACE_MS);
  await ended;
  clearTimeout(timer);
}

/** Starts programs in their order; ends them in the reverse one at SIGTERM, or when the last of them ends. */
export async function holdUntilStopped(programs, dir, running = []) {
  running.push(...programs.map((program) => start(program, dir)));
  const last = running.at(-1);
  await new Promise((resolve) => {
    process.once('SIGTERM', resolve);
    process.once('SIGINT', resolve);
    last.on('exit', resolve);
  });
  for (const child of running.reverse()) await stop(child);
  exit(0);
}

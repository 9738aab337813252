import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { launch } from '../processes.ts';
import { putFile } from '../service-files.ts';
import { portOf, type Service, type StackState } from '../state.ts';
import { prometheusConfig } from './config.ts';

/** As they are documented; the servers' user may not read this package, so it gets a copy. */
const RULES = fileURLToPath(new URL('../../../docs/grafana/alerts.yaml', import.meta.url));

/** Starts the Prometheus of a stack, of which only this machine can ask anything. What it keeps is bounded. */
export async function launchPrometheus(state: StackState, prometheus: Service): Promise<void> {
  const at = (name: string): string => join(prometheus.dir, name);
  await putFile(at('alerts.yaml'), await readFile(RULES, 'utf8'), state);
  await putFile(at('prometheus.yml'), prometheusConfig(state, prometheus, at('alerts.yaml')), state);
  await launch(prometheus, {
    program: state.binaries['prometheus'] ?? 'prometheus',
    args: [
      `--config.file=${at('prometheus.yml')}`,
      `--storage.tsdb.path=${at('data')}`,
      '--storage.tsdb.retention.time=1d',
      '--storage.tsdb.retention.size=512MB',
      `--web.listen-address=127.0.0.1:${portOf(prometheus, 'http')}`,
      '--log.level=warn',
    ],
    owner: state.owner,
  });
}

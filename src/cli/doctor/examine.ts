import type { Limit, PortRange } from '../../observe/limits.ts';
import { SPARE_DESCRIPTORS } from '../limit-check.ts';

/** What `doctor` knows of this machine. */
export interface MachineFacts {
  /** As `process.version`, for example `v20.19.0`. */
  readonly node: string;
  readonly openFiles: Limit | null;
  readonly ports: PortRange | null;
  readonly cpus: number;
  readonly memoryBytes: number;
  /** Load average of the last minute. */
  readonly load1: number;
  /** Whether CPU and memory of other processes can be read. */
  readonly canReadProcesses: boolean;
}

/** One examined thing. A `problem` prevents runs, a `warning` makes some impossible or less telling. */
export interface MachineCheck {
  readonly verdict: 'ok' | 'warning' | 'problem';
  readonly name: string;
  readonly value: string;
  /** What it allows. */
  readonly allows: string;
  /** What to do about it. */
  readonly advice?: string;
}

/** Oldest Node that relay-bench runs on, see `engines` in package.json. */
const NODE_MIN = [20, 19] as const;
/** The headline scenario `standard` holds this many connections. */
const STANDARD_CONNECTIONS = 1_000;
/** Below this not even the default scenario runs. */
const FILES_MIN = 2 * SPARE_DESCRIPTORS;

/** Judges a machine by its facts; pure. */
export function examine(facts: MachineFacts): MachineCheck[] {
  return [
    examineNode(facts),
    examineOpenFiles(facts),
    examinePorts(facts),
    examineCores(facts),
    examineMemory(facts),
    examineLoad(facts),
    examineProc(facts),
  ];
}

function examineNode({ node }: MachineFacts): MachineCheck {
  const [major = 0, minor = 0] = node.replace(/^v/, '').split('.').map(Number);
  const isOld = major < NODE_MIN[0] || (major === NODE_MIN[0] && minor < NODE_MIN[1]);
  const base = { name: 'Node', value: node, allows: `needs ${NODE_MIN.join('.')} or newer` };
  return isOld
    ? { ...base, verdict: 'problem', advice: 'install a newer Node: https://nodejs.org' }
    : { ...base, verdict: 'ok' };
}

function examineOpenFiles({ openFiles }: MachineFacts): MachineCheck {
  const name = 'open files';
  if (openFiles === null) {
    return { verdict: 'warning', name, value: 'unknown', allows: 'connections per worker unknown' };
  }
  const room = Math.max(0, openFiles.soft - SPARE_DESCRIPTORS);
  const value = Number.isFinite(openFiles.soft) ? `${grouped(openFiles.soft)} per process` : 'unlimited';
  const allows = Number.isFinite(room) ? `up to ${grouped(room)} connections per worker` : 'no limit';
  if (room >= STANDARD_CONNECTIONS) return { verdict: 'ok', name, value, allows };
  const verdict = openFiles.soft < FILES_MIN ? 'problem' : 'warning';
  return { verdict, name, value, allows, advice: raiseOpenFiles(openFiles) };
}

function raiseOpenFiles({ soft, hard }: Limit): string {
  const wanted = 65_536;
  if (hard > soft) return `run \`ulimit -n ${Math.min(hard, wanted)}\` in this shell first`;
  return `raise the hard limit: nofile in /etc/security/limits.conf, LimitNOFILE= of the service, or --ulimit nofile=${wanted} of the container`;
}

function examinePorts({ ports }: MachineFacts): MachineCheck {
  const name = 'local ports';
  if (ports === null) {
    return { verdict: 'ok', name, value: 'unknown', allows: 'connections to one address unknown' };
  }
  const count = ports.last - ports.first + 1;
  const check = {
    name,
    value: `${ports.first} to ${ports.last}`,
    allows: `up to ${grouped(count)} connections to one relay address`,
  };
  return count >= 10_000
    ? { ...check, verdict: 'ok' }
    : { ...check, verdict: 'warning', advice: 'sysctl -w net.ipv4.ip_local_port_range="10240 65535"' };
}

function examineCores({ cpus }: MachineFacts): MachineCheck {
  const check = { name: 'cores', value: String(cpus) };
  if (cpus >= 4) {
    return { ...check, verdict: 'ok', allows: `${cpus - 1} workers beside a relay on this machine` };
  }
  return {
    ...check,
    verdict: cpus >= 2 ? 'ok' : 'warning',
    allows: cpus >= 2 ? '1 worker beside a relay on this machine' : 'generator and relay share one core',
    advice: 'for rates near the limit of a relay, run relay-bench on a machine of its own',
  };
}

function examineMemory({ memoryBytes }: MachineFacts): MachineCheck {
  const gib = memoryBytes / 1024 ** 3;
  const check = { name: 'memory', value: `${gib.toPrecision(3)} GiB` };
  return gib >= 1
    ? { ...check, verdict: 'ok', allows: 'every built-in scenario' }
    : { ...check, verdict: 'warning', allows: 'small runs', advice: 'use fewer connections and workers' };
}

function examineLoad({ load1, cpus }: MachineFacts): MachineCheck {
  const check = { name: 'load average', value: load1.toFixed(2) };
  return load1 < cpus * 0.5
    ? { ...check, verdict: 'ok', allows: 'undisturbed measurements' }
    : {
        ...check,
        verdict: 'warning',
        allows: 'disturbed measurements',
        advice: 'other programs are using the cores; latencies will contain their noise',
      };
}

function examineProc({ canReadProcesses }: MachineFacts): MachineCheck {
  const name = 'process figures';
  return canReadProcesses
    ? { verdict: 'ok', name, value: '/proc', allows: 'CPU and memory of the relay in the record' }
    : { verdict: 'ok', name, value: 'none', allows: 'CPU and memory of the relay stay unmeasured' };
}

/** 19744 as `19,744`. */
function grouped(value: number): string {
  return value.toLocaleString('en-US');
}

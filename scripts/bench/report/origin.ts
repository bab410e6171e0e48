import { execFileSync } from 'node:child_process';
import { cpus, release, totalmem } from 'node:os';
import { version as parley } from '../../../package.json';
import { SETTINGS } from '../../../src/config/settings';

/** What was measured, and on which machine. */
export type Origin = {
  readonly machine: {
    readonly processor: string;
    readonly cores: number;
    readonly memoryMb: number;
    readonly kernel: string;
  };
  readonly versions: { readonly parley: string; readonly node: string; readonly asterisk: string };
  /** `+` behind it: with changes that are in no commit. Null where there is no repository. */
  readonly commit: string | null;
  /** Of the service. */
  readonly logLevel: string;
};

/** What the service is made of. */
const SOURCES = ['src', 'scripts', 'asterisk-config', 'package.json', 'package-lock.json'];

export function originHere(projectRoot: string, asterisk: string): Origin {
  return {
    machine: {
      processor: cpus()[0]?.model ?? 'unknown',
      cores: cpus().length,
      memoryMb: Math.round(totalmem() / 1e6),
      kernel: release(),
    },
    versions: { parley, node: process.version, asterisk },
    commit: commitOf(projectRoot),
    logLevel: SETTINGS.PARLEY_LOG_LEVEL.fallback, // The benchmark sets no other.
  };
}

export function commitOf(projectRoot: string): string | null {
  const git = (...given: readonly string[]): string =>
    execFileSync('git', given, { cwd: projectRoot, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  try {
    const commit = git('rev-parse', '--short=12', 'HEAD');
    return git('status', '--porcelain', '--', ...SOURCES) === '' ? commit : `${commit}+`;
  } catch {
    return null;
  }
}

/** As part of a sentence. */
export function told({ machine, versions, commit, logLevel }: Origin): string {
  const of = [
    `${machine.processor}, ${machine.cores} cores, ${machine.memoryMb} MB, Linux ${machine.kernel}`,
    commit === null ? 'no repository' : `commit ${commit}`,
    `Parley ${versions.parley}`,
    `Node ${versions.node}`,
    versions.asterisk,
    `log at ${logLevel}`,
  ];
  return of.join('; ');
}

import { constants } from 'node:os';

/**
 * From now on the first of these signals ends the process at once, with the exit code that shells give to it. By itself, as
 * nothing else does in a container: there it is process 1, which a signal ends only if it wants that.
 */
export function endAtNext(signals: readonly NodeJS.Signals[]): void {
  for (const each of signals) process.removeAllListeners(each).on(each, endAtOnce);
}

function endAtOnce(signal: NodeJS.Signals): void {
  process.exit(128 + constants.signals[signal]);
}

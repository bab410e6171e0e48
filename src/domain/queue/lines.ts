import { entryOf } from '../entry-of';
import type { AppId } from '../ids';
import { indexIn } from '../in-order';
import type { Target } from './enqueue';
import { keyOf, type TargetKey } from './fitting';
import { inOrder, placeIn, waitsOf, type Place, type QueueTask } from './queue-task';

/** Those who wait for the same, in order. */
export type Line = readonly Place[];

/** Those who wait for a condition: one at least. */
export type ConditionLine = { readonly target: Target; readonly line: Line };

const NOBODY: Line = [];
const NO_LINES: readonly ConditionLine[] = [];

/** Who waits for what: under each target's key those who wait for it, in order. */
export class Lines {
  private readonly lines = new Map<TargetKey, Place[]>();
  /** The lines for conditions, in the order of those who are first in each. */
  private readonly forConditions = new Map<AppId, ConditionLine[]>();

  /** How many tasks wait. */
  count = 0;

  for(key: TargetKey): Line {
    return this.lines.get(key) ?? NOBODY;
  }

  ofConditions(app: AppId): readonly ConditionLine[] {
    return this.forConditions.get(app) ?? NO_LINES;
  }

  follow(before: QueueTask | undefined, after: QueueTask | undefined): void {
    if (before?.phase.at === 'waiting' && after !== undefined && waitsAlike(before, after)) return;
    this.count += countOf(after) - countOf(before);
    for (const { key, place, target } of placesOf(before)) {
      this.change(before!.app, key, target, (line) => line.splice(indexIn(line, place, inOrder), 1));
    }
    for (const { key, place, target } of placesOf(after)) {
      this.change(after!.app, key, target, (line) => line.splice(indexIn(line, place, inOrder), 0, place));
    }
  }

  private change(app: AppId, key: TargetKey, target: Target, change: (line: Place[]) => void): void {
    const line = entryOf(this.lines, key, (): Place[] => []);
    const lines = entryOf(this.forConditions, app, (): ConditionLine[] => []);
    const isListed = target.kind === 'condition';
    if (isListed && line.length > 0) lines.splice(indexIn(lines, { target, line }, byFirst), 1);
    change(line);
    if (line.length === 0) this.lines.delete(key);
    else if (isListed) lines.splice(indexIn(lines, { target, line }, byFirst), 0, { target, line });
  }
}

function byFirst({ line: [one] }: ConditionLine, { line: [other] }: ConditionLine): number {
  return inOrder(one!, other!);
}

function countOf(task: QueueTask | undefined): number {
  return task?.phase.at === 'waiting' ? 1 : 0;
}

/** Nothing has changed that has a say in where it waits. */
function waitsAlike(one: QueueTask, other: QueueTask): boolean {
  return (
    other.phase.at === 'waiting' &&
    one.route === other.route &&
    one.waits === other.waits &&
    one.priority === other.priority &&
    one.enqueue === other.enqueue
  );
}

type Standing = { readonly key: TargetKey; readonly place: Place; readonly target: Target };

function placesOf(task: QueueTask | undefined): readonly Standing[] {
  if (task?.phase.at !== 'waiting') return [];
  return waitsOf(task).map((wait, index) => ({
    key: keyOf(task.app, wait.target),
    place: placeIn(task, wait, index),
    target: wait.target,
  }));
}

import type { AppId, Instant, QueueTaskId } from '../domain/ids';
import { keyOf, type TargetKey } from '../domain/queue/fitting';
import { inOrder, isOpen, placeIn, waitsOf, type Place, type QueueTask } from '../domain/queue/queue-task';
import type { World } from '../domain/world';
import type { QueuedTask, WaitEstimate } from '../ports/call-center';
import type { Handled } from './handled';
import { WaitingLine } from './waiting-line';

/** Lines in which nobody stands and that are remembered, because somebody may come soon. */
const MAX_QUIET_LINES = 5_000;

/** `keys`: for each target of the route that is tried, where it stands by that. */
type WatchedTask = { readonly task: QueueTask; readonly keys: readonly TargetKey[] };
type Positions = ReadonlyMap<QueueTaskId, number>;

/**
 * Tells who stands where in the queue, and about how long it still takes. It has seen nothing when the process starts, so
 * for a while after that there are no estimates.
 */
export class QueueWatch {
  private readonly waiting = new Map<QueueTaskId, WatchedTask>();
  private readonly lines = new Map<TargetKey, WaitingLine>();
  /** Nobody stands in these. The longer that is so, the further in front. */
  private readonly quiet = new Map<TargetKey, WaitingLine>();

  /** `world`: as it was restored. */
  constructor(
    private readonly world: World,
    at: Instant,
  ) {
    for (const task of world.queueTasks.values()) this.see(task, true, at);
  }

  follow({ changes, at }: Handled): void {
    for (const { kind, value, live } of changes) if (kind === 'queueTasks') this.see(value, live, at);
  }

  /** Everything of the application that waits or rings, in the one order: by the best of its places. */
  queue(app: AppId, at: Instant): readonly QueuedTask[] {
    const tasks = [...this.world.queueTasks.values()].filter((task) => task.app === app);
    const placed = tasks.map((task) => ({ task, place: bestPlace(task, at) }));
    placed.sort((one, other) => inOrder(one.place, other.place));
    const positionsIn = new Map<TargetKey, Positions>();
    return placed.map(({ task, place }) => ({
      task,
      priority: place.priority,
      ...this.outlook(task, at, positionsIn),
      waitedSeconds: Math.max(0, Math.floor((at - task.queuedAt) / 1000)),
    }));
  }

  /** By the line in which it stands furthest in front, and by the one that takes least. */
  private outlook(
    task: QueueTask,
    at: Instant,
    positionsIn: Map<TargetKey, Positions>,
  ): Pick<QueuedTask, 'position' | 'estimate'> {
    const watched = this.waiting.get(task.id);
    if (watched === undefined) return { position: null, estimate: null };
    let position = Infinity;
    let estimate: WaitEstimate | null = null;
    for (const key of openKeysOf(watched, at)) {
      let positions = positionsIn.get(key);
      if (positions === undefined) positionsIn.set(key, (positions = this.positions(key, at)));
      const there = positions.get(task.id)!;
      const given = this.lines.get(key)!.estimate(there, at);
      position = Math.min(position, there);
      if (given !== null && (estimate === null || given.seconds < estimate.seconds)) estimate = given;
    }
    return { position, estimate };
  }

  /** Whoever has timed out there, and waits for something else only, is in nobody's way. */
  private positions(key: TargetKey, at: Instant): Positions {
    const positions = new Map<QueueTaskId, number>();
    let inFront = 0;
    for (const { taskId, target } of this.world.pools.waitingFor(key)) {
      if (positions.has(taskId)) continue;
      positions.set(taskId, inFront + 1);
      const { task } = this.waiting.get(taskId)!;
      if (isOpen(task, waitsOf(task)[target]!, at)) inFront += 1;
    }
    return positions;
  }

  private see(task: QueueTask, live: boolean, at: Instant): void {
    const before = this.waiting.get(task.id);
    if (!live || task.phase.at !== 'waiting') {
      this.waiting.delete(task.id);
      // Who rings by a later route was not taken from the line of the one before: there it has timed out.
      if (before !== undefined) this.leave(before, live && before.task.route === task.route, at);
    } else if (before?.task.route === task.route) {
      this.waiting.set(task.id, { ...before, task });
    } else {
      if (before !== undefined) this.leave(before, false, at);
      const keys = waitsOf(task).map(({ target }) => keyOf(task.app, target));
      this.waiting.set(task.id, { task, keys });
      for (const key of new Set(keys)) this.enter(key, at);
    }
  }

  private enter(key: TargetKey, at: Instant): void {
    let line = this.lines.get(key);
    if (line === undefined) {
      line = this.quiet.get(key) ?? new WaitingLine(at);
      this.quiet.delete(key);
      this.lines.set(key, line);
    }
    line.enter(at);
  }

  /** `taken`: it rings now, rather than that it is over or stands elsewhere. */
  private leave(watched: WatchedTask, taken: boolean, at: Instant): void {
    const takenFrom = new Set(taken ? openKeysOf(watched, at) : []);
    for (const key of new Set(watched.keys)) {
      const line = this.lines.get(key)!;
      line.leave(at, takenFrom.has(key));
      if (!line.isEmpty) continue;
      this.lines.delete(key);
      this.quiet.set(key, line);
    }
    this.forget(at);
  }

  private forget(at: Instant): void {
    for (const [key, line] of this.quiet) {
      if (this.quiet.size <= MAX_QUIET_LINES && !line.isForgotten(at)) return;
      this.quiet.delete(key);
    }
  }
}

/** By what it has not timed out of, if there is anything; while it rings, nothing times out. */
function bestPlace(task: QueueTask, at: Instant): Place {
  const waits = waitsOf(task);
  const places = waits.map((wait, index) => placeIn(task, wait, index));
  const isWaiting = task.phase.at === 'waiting';
  const open = isWaiting ? places.filter(({ target }) => isOpen(task, waits[target]!, at)) : places;
  return (open.length === 0 ? places : open).reduce((best, each) => (inOrder(each, best) < 0 ? each : best));
}

/** Where it has not timed out; everywhere, if it has in all and goes on to the next route at any moment. */
function openKeysOf({ task, keys }: WatchedTask, at: Instant): readonly TargetKey[] {
  const waits = waitsOf(task);
  const open = keys.filter((_, index) => isOpen(task, waits[index]!, at));
  return open.length === 0 ? keys : open;
}

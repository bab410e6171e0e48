import type { AppId, Instant, QueueTaskId } from '../domain/ids';
import { keyOf, type TargetKey } from '../domain/queue/fitting';
import { inOrder, isOpen, placeIn, waitsOf, type Place, type QueueTask } from '../domain/queue/queue-task';
import type { World } from '../domain/world';
import type { QueuedTask, WaitEstimate } from '../ports/call-center';
import type { Handled } from './handled';
import { WaitingLine } from './waiting-line';

/** Lines in which nobody stands and that are remembered, because somebody may come soon. */
const MAX_QUIET_LINES = 5_000;

/**
 * Tells who stands where in the queue, and about how long it still takes. It has seen nothing when the process starts, so
 * for a while after that there are no estimates.
 */
export class QueueWatch {
  private readonly waiting = new Map<QueueTaskId, QueueTask>();
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
    const positionsIn = new Map<TargetKey, ReadonlyMap<QueueTaskId, number>>();
    const positionIn = (key: TargetKey, { id }: QueueTask): number => {
      let positions = positionsIn.get(key);
      if (positions === undefined) positionsIn.set(key, (positions = this.positions(key, at)));
      return positions.get(id)!;
    };
    const tasks = [...this.world.queueTasks.values()].filter((task) => task.app === app);
    const placed = tasks.map((task) => ({ task, place: bestPlace(task) }));
    placed.sort((one, other) => inOrder(one.place, other.place));
    return placed.map(({ task }) => ({
      task,
      ...this.outlook(task, at, positionIn),
      waitedSeconds: Math.max(0, Math.floor((at - task.queuedAt) / 1000)),
    }));
  }

  /** By the line in which it stands furthest in front, and by the one that takes least. */
  private outlook(
    task: QueueTask,
    at: Instant,
    positionIn: (key: TargetKey, task: QueueTask) => number,
  ): Pick<QueuedTask, 'position' | 'estimate'> {
    if (task.phase.at === 'ringing') return { position: null, estimate: null };
    let position = Infinity;
    let estimate: WaitEstimate | null = null;
    for (const key of linesOf(task, at)) {
      const there = positionIn(key, task);
      const given = this.lines.get(key)?.estimate(there, at) ?? null;
      position = Math.min(position, there);
      if (given !== null && (estimate === null || given.seconds < estimate.seconds)) estimate = given;
    }
    return { position, estimate };
  }

  /** Whoever has timed out there, and waits for something else only, is in nobody's way. */
  private positions(key: TargetKey, at: Instant): ReadonlyMap<QueueTaskId, number> {
    const positions = new Map<QueueTaskId, number>();
    let inFront = 0;
    for (const { taskId, target } of this.world.pools.waitingFor(key)) {
      if (positions.has(taskId)) continue;
      positions.set(taskId, inFront + 1);
      const task = this.world.queueTasks.get(taskId)!;
      if (isOpen(task, waitsOf(task)[target]!, at)) inFront += 1;
    }
    return positions;
  }

  private see(task: QueueTask, live: boolean, at: Instant): void {
    const before = this.waiting.get(task.id);
    const waits = live && task.phase.at === 'waiting';
    if (waits) this.waiting.set(task.id, task);
    else this.waiting.delete(task.id);
    if (waits && before?.route === task.route) return;
    if (before !== undefined) this.leave(before, live && task.phase.at === 'ringing', at);
    if (waits) for (const key of keysOf(task)) this.enter(key, at);
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

  private leave(task: QueueTask, taken: boolean, at: Instant): void {
    const takenFrom = taken ? linesOf(task, at) : new Set();
    for (const key of keysOf(task)) {
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

function bestPlace(task: QueueTask): Place {
  return waitsOf(task)
    .map((wait, index) => placeIn(task, wait, index))
    .reduce((best, each) => (inOrder(each, best) < 0 ? each : best));
}

/** All in which it stands as long as it is on this route. */
function keysOf(task: QueueTask): ReadonlySet<TargetKey> {
  return new Set(waitsOf(task).map(({ target }) => keyOf(task.app, target)));
}

/** Those in which it has not timed out; all, if it has in all and goes on to the next route at any moment. */
function linesOf(task: QueueTask, at: Instant): ReadonlySet<TargetKey> {
  const open = waitsOf(task).filter((wait) => isOpen(task, wait, at));
  return open.length === 0 ? keysOf(task) : new Set(open.map(({ target }) => keyOf(task.app, target)));
}

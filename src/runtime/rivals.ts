import type { Agent } from '../domain/agent/agent';
import { entryOf } from '../domain/entry-of';
import { later, type AgentId, type Instant, type QueueTaskId } from '../domain/ids';
import { indexIn } from '../domain/in-order';
import type { Target } from '../domain/queue/enqueue';
import { waitsOf, type QueueTask } from '../domain/queue/queue-task';

/** What counts for who comes first: the more urgent, and of those as urgent who waits for longer. */
export type Claim = { readonly priority: number; readonly queuedAt: Instant };

/** One of the targets that a task waits for. */
type RivalWait = Claim & { readonly target: Target; readonly until: Instant | null };

/** A task as far as it counts for who comes first. */
export type Rival = {
  readonly id: QueueTaskId;
  readonly queuedAt: Instant;
  readonly givenAwayBy: AgentId | null;
  readonly waits: readonly RivalWait[];
};

/** `index`: of the wait. */
type RivalPlace = { readonly rival: Rival; readonly wait: RivalWait; readonly index: number };

/** Those who wait for the same, in order. */
type RivalLine = RivalPlace[];

/**
 * All who wait in one application, by what they wait for. Kept for the check alone: the lines by which the rules choose may be
 * wrong.
 */
export class Rivals {
  private readonly places = new Map<QueueTaskId, readonly RivalPlace[]>();
  private readonly lines: Readonly<Record<Target['kind'], Map<string, RivalLine>>> = {
    agent: new Map(),
    skill: new Map(),
    condition: new Map(),
  };

  has(id: QueueTaskId): boolean {
    return this.places.has(id);
  }

  /** Also in the place of what it was before. */
  enter(rival: Rival): void {
    this.leave(rival.id);
    const places = rival.waits.map((wait, index) => ({ rival, wait, index }));
    this.places.set(rival.id, places);
    for (const each of places) {
      const { target } = each.wait;
      const line = entryOf(this.lines[target.kind], nameOf(target), (): RivalLine => []);
      line.splice(indexIn(line, each, inOrder), 0, each);
    }
  }

  leave(id: QueueTaskId): void {
    for (const each of this.places.get(id) ?? []) {
      const { target } = each.wait;
      const lines = this.lines[target.kind];
      const line = lines.get(nameOf(target));
      if (line === undefined) continue;
      const index = indexIn(line, each, inOrder);
      if (line[index] === each) line.splice(index, 1);
      if (line.length === 0) lines.delete(nameOf(target));
    }
    this.places.delete(id);
  }

  /** How many lines have to be looked at for this agent. */
  linesFor({ skills }: Agent): number {
    return 1 + skills.length + this.lines.condition.size;
  }

  /**
   * Who comes first of those who come before `claim` and wait for something that the agent fits. In each line it looks at the
   * first who could be served, and at those before it, who have timed out or were given away by the agent. The former
   * leave the line by that: they are looked at once, unless they change.
   *
   * @param fits whether the agent fits a condition; asked only where somebody waits for it who comes before.
   */
  firstBefore(
    claim: Claim,
    { id, name, skills }: Agent,
    fits: (condition: Target) => boolean,
    at: Instant,
  ): Rival | undefined {
    const { lines } = this;
    let first: Claim & { readonly rival?: Rival } = claim;
    const look = (line: RivalLine | undefined, isFitting: (target: Target) => boolean): void => {
      const found = line && firstIn(line, first, id, at);
      if (found && isFitting(found.wait.target)) first = { ...found.wait, rival: found.rival };
    };
    look(lines.agent.get(name), () => true);
    for (const skill of skills) if (skill.enabled) look(lines.skill.get(skill.name), () => true);
    for (const line of lines.condition.values()) look(line, fits);
    return first.rival;
  }
}

export function rivalOf(task: QueueTask): Rival {
  const { id, queuedAt, givenAwayBy, priority, enqueue, routeSince } = task;
  const waits = waitsOf(task).map(({ target, waiting }) => ({
    target,
    queuedAt,
    priority: priority + enqueue.priority + waiting.priority,
    until: waiting.queueTimeoutSeconds === null ? null : later(routeSince, waiting.queueTimeoutSeconds),
  }));
  return { id, queuedAt, givenAwayBy, waits };
}

function firstIn(line: RivalLine, claim: Claim, agent: AgentId, at: Instant): RivalPlace | undefined {
  let found: RivalPlace | undefined;
  let looked = 0;
  const open: RivalPlace[] = [];
  for (const each of line) {
    const { wait, rival } = each;
    if (byClaim(wait, claim) >= 0) break;
    looked++;
    if (wait.until !== null && wait.until <= at) continue;
    open.push(each);
    if (rival.givenAwayBy === agent) continue;
    found = each;
    break;
  }
  if (open.length < looked) line.splice(0, looked, ...open);
  return found;
}

function nameOf(target: Target): string {
  return target.kind === 'condition' ? target.id : target.name;
}

/** Below 0: `one` comes before. */
function byClaim(one: Claim, other: Claim): number {
  return other.priority === one.priority ? one.queuedAt - other.queuedAt : other.priority - one.priority;
}

function inOrder(one: RivalPlace, other: RivalPlace): number {
  const byTask =
    one.rival.id === other.rival.id ? one.index - other.index : one.rival.id < other.rival.id ? -1 : 1;
  return byClaim(one.wait, other.wait) || byTask;
}
